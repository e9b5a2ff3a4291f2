import type { AddressMap, Tile } from './address-map.ts';
import { rowPrefixes } from './window-path.ts';
import { writePrefix } from './write-prefix.ts';

/** Where things are in the drawing of a map, in pixels. */
export interface MapGeometry {
  readonly width: number;
  readonly height: number;
  /** Room for the prefixes of the rows at the left. */
  readonly left: number;
  /** Room for the labels of the columns at the top. */
  readonly top: number;
  readonly cellWidth: number;
  readonly rowHeight: number;
}

export interface Rectangle {
  readonly x: number;
  readonly y: number;
  readonly width: number;
  readonly height: number;
}

/** Narrower than this, sixteen cells are too small for a finger. */
const narrowBelow = 620;

/** How many bits the columns of a map show in the given width. */
export const columnBitsFor = (width: number): number => (width < narrowBelow ? 2 : 4);

/** Width of a character of the map's labels, about. */
export const characterWidth = 6.7;

export function mapGeometry(map: AddressMap, width: number): MapGeometry {
  const longest = rowPrefixes(map).reduce(
    (most, prefix) => Math.max(most, writePrefix(prefix).length),
    0,
  );
  const left = Math.ceil(longest * characterWidth) + 10;
  const top = 20;
  // A map of few rows is drawn in higher ones.
  const rowHeight = map.rows > 8 ? 34 : 44;
  return {
    width,
    height: top + map.rows * rowHeight,
    left,
    top,
    cellWidth: Math.max(8, (width - left) / map.columns),
    rowHeight,
  };
}

export const rectangleOf = (
  { column, row, columns, rows }: Tile,
  { left, top, cellWidth, rowHeight }: MapGeometry,
): Rectangle => ({
  x: left + column * cellWidth,
  y: top + row * rowHeight,
  width: columns * cellWidth,
  height: rows * rowHeight,
});

/** Room beside the text of a tile. */
const padding = 6;

/**
 * What is written on a tile: its name and its prefix, or the length of the prefix, as far as there is room. A name that is
 * too long is cut off by the drawing, a prefix never: half an address would be a wrong one.
 */
export function tileLabel(tile: Tile, { width, height }: Rectangle): readonly string[] {
  const holder = tile.pieces[0]?.holder?.name;
  const name = tile.kind === 'allocated' && holder !== undefined ? holder : tile.kind;
  const prefix = writePrefix(tile.prefix);
  const length = `/${tile.prefix.length}`;
  const room = Math.floor((width - padding) / characterWidth);
  const fits = (text: string): boolean => text.length <= room;
  if (tile.kind === 'mixed' || !fits(length)) return [];
  if (fits(`${name}  ${prefix}`)) return [`${name} ${prefix}`];
  const second = fits(prefix) ? prefix : length;
  // That it is free is seen; a hundred times the word would hide the names.
  return tile.kind === 'free' || height < 30 || room < 5 ? [second] : [name, second];
}
