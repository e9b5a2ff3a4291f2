import type { AddressMap } from './address-map.ts';

/** Where an arrow key leads from one tile: the index of another one; undefined when the key moves nothing. */
export function moveInMap(
  map: AddressMap,
  from: number,
  key: string,
  withControl: boolean,
): number | undefined {
  const tile = map.tiles[from];
  if (tile === undefined) return map.tiles.length > 0 ? 0 : undefined;
  const last = map.tiles.length - 1;
  const at = (row: number, column: number): number =>
    map.tiles.findIndex(
      (each) =>
        each.row <= row &&
        row < each.row + each.rows &&
        each.column <= column &&
        column < each.column + each.columns,
    );
  switch (key) {
    case 'ArrowRight':
      return Math.min(last, from + 1);
    case 'ArrowLeft':
      return Math.max(0, from - 1);
    case 'ArrowDown':
      return orStay(at(tile.row + tile.rows, tile.column), from);
    case 'ArrowUp':
      return orStay(at(tile.row - 1, tile.column), from);
    case 'Home':
      return withControl ? 0 : at(tile.row, 0);
    case 'End':
      return withControl ? last : at(tile.row, map.columns - 1);
    default:
      return undefined;
  }
}

const orStay = (found: number, from: number): number => (found === -1 ? from : found);
