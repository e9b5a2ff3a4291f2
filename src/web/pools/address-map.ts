import type { AddressSpace, Piece, PieceKind } from './address-space.ts';
import { addressCountOf, bitsOf, contains, type Prefix, prefixAround } from './prefix.ts';

/**
 * What one rectangle of the map stands for: a piece (or the part of it inside the window), or, where
 * pieces are smaller than a cell, a cell with several of them (`mixed`), to be looked at by zooming in.
 */
export interface Tile {
  readonly prefix: Prefix;
  readonly kind: PieceKind | 'mixed';
  /** The pieces in it, whole; one unless `mixed`. */
  readonly pieces: readonly Piece[];
  /** Position in the grid, in cells. A block that starts on its boundary is always a rectangle. */
  readonly column: number;
  readonly row: number;
  readonly columns: number;
  readonly rows: number;
}

export interface AddressMap {
  readonly window: Prefix;
  /** Length of the prefix of one cell. */
  readonly cellLength: number;
  readonly columns: number;
  readonly rows: number;
  /** In order; they cover the window exactly. */
  readonly tiles: readonly Tile[];
}

/** First index whose piece ends behind `address`. */
function firstPieceAt(pieces: readonly Piece[], address: bigint): number {
  let [low, high] = [0, pieces.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = pieces[middle];
    if (piece !== undefined && piece.prefix.start + addressCountOf(piece.prefix) <= address) {
      low = middle + 1;
    } else high = middle;
  }
  return low;
}

/** The pieces that have addresses in the window, whole. */
export function piecesIn(space: AddressSpace, window: Prefix): Piece[] {
  const found: Piece[] = [];
  const end = window.start + addressCountOf(window);
  for (let at = firstPieceAt(space.pieces, window.start); at < space.pieces.length; at += 1) {
    const piece = space.pieces[at];
    if (piece === undefined || piece.prefix.start >= end) break;
    found.push(piece);
  }
  return found;
}

function placed(
  prefix: Prefix,
  kind: Tile['kind'],
  pieces: readonly Piece[],
  map: Omit<AddressMap, 'tiles' | 'rows'>,
): Tile {
  const hostBits = BigInt(bitsOf(prefix.family) - map.cellLength);
  const first = Number((prefix.start - map.window.start) >> hostBits);
  const cells = Number(addressCountOf(prefix) >> hostBits);
  return {
    prefix,
    kind,
    pieces,
    column: first % map.columns,
    row: Math.floor(first / map.columns),
    columns: Math.min(cells, map.columns),
    rows: Math.ceil(cells / map.columns),
  };
}

/**
 * The map of a window: rows of cells, read like lines of text. It has 2^`rowBits` rows of 2^`columnBits`
 * cells, or as many as there are addresses. Sixteen rows by sixteen cells are read at a glance; narrow
 * screens have room for four cells.
 */
export function addressMapOf(
  space: AddressSpace,
  window: Prefix,
  columnBits: number,
  rowBits = 4,
): AddressMap {
  const cellLength = Math.min(bitsOf(window.family), window.length + rowBits + columnBits);
  const columns = 2 ** Math.min(columnBits, cellLength - window.length);
  const rows = 2 ** (cellLength - window.length) / columns;
  const shape = { window, cellLength, columns };
  const tiles: Tile[] = [];
  let cell: { prefix: Prefix; pieces: Piece[] } | undefined;
  const flush = (): void => {
    if (cell !== undefined) tiles.push(placed(cell.prefix, 'mixed', cell.pieces, shape));
    cell = undefined;
  };
  for (const piece of piecesIn(space, window)) {
    if (piece.prefix.length > cellLength) {
      const prefix = prefixAround(window.family, piece.prefix.start, cellLength);
      if (cell?.prefix.start !== prefix.start) {
        flush();
        cell = { prefix, pieces: [] };
      }
      cell?.pieces.push(piece);
      continue;
    }
    flush();
    const prefix = contains(piece.prefix, window) ? window : piece.prefix;
    tiles.push(placed(prefix, piece.kind, [piece], shape));
  }
  flush();
  return { ...shape, rows, tiles };
}
