import type { PoolBlock } from '../../model/api/pool-views.ts';
import { addressCountOf, contains, type Prefix, prefixAround } from './prefix.ts';
import { readPrefix } from './read-prefix.ts';

export type Holder = NonNullable<PoolBlock['holder']>;

/** `unknown`: the answer says nothing about it. Nobody should take such addresses for free. */
export type PieceKind = PoolBlock['kind'] | 'unknown';

/** A part of a pool that has one kind and one holder. */
export interface Piece {
  readonly prefix: Prefix;
  readonly kind: PieceKind;
  readonly holder?: Holder;
}

/** A pool's addresses: its own prefixes, and the pieces that cover them exactly, in order. */
export interface AddressSpace {
  readonly roots: readonly Prefix[];
  readonly pieces: readonly Piece[];
}

/** Largest block that starts here and ends before `end` (exclusive). */
function largestBlock(at: Prefix, end: bigint): Prefix {
  let block = at;
  for (let length = at.length - 1; length >= 0; length -= 1) {
    const larger = prefixAround(at.family, at.start, length);
    if (larger.start !== at.start || larger.start + addressCountOf(larger) > end) break;
    block = larger;
  }
  return block;
}

/** The fewest blocks from `start` up to `end` (exclusive). */
function blocksBetween(family: Prefix['family'], start: bigint, end: bigint): Prefix[] {
  const blocks: Prefix[] = [];
  for (let at = start; at < end; ) {
    const block = largestBlock({ family, start: at, length: family === 'IPv4' ? 32 : 128 }, end);
    blocks.push(block);
    at += addressCountOf(block);
  }
  return blocks;
}

const byAddress = (a: { prefix: Prefix }, b: { prefix: Prefix }): number => {
  if (a.prefix.start !== b.prefix.start) return a.prefix.start < b.prefix.start ? -1 : 1;
  return a.prefix.length - b.prefix.length;
};

interface Run {
  readonly kind: 'free' | 'unknown';
  readonly start: bigint;
}

/** What lies under one prefix of the pool; stretches of free blocks become the fewest blocks. */
function piecesUnder(root: Prefix, told: readonly Piece[]): Piece[] {
  const pieces: Piece[] = [];
  const end = root.start + addressCountOf(root);
  let at = root.start;
  let run: Run | undefined;
  const flush = (upTo: bigint): void => {
    if (run === undefined) return;
    for (const prefix of blocksBetween(root.family, run.start, upTo)) {
      pieces.push({ prefix, kind: run.kind });
    }
    run = undefined;
  };
  const extend = (kind: Run['kind']): void => {
    if (run?.kind === kind) return;
    flush(at);
    run = { kind, start: at };
  };
  for (const piece of told) {
    // What lies in a block that was told already says nothing new.
    if (piece.prefix.start < at || !contains(root, piece.prefix)) continue;
    if (piece.prefix.start > at) {
      extend('unknown');
      at = piece.prefix.start;
    }
    if (piece.kind === 'free') extend('free');
    else {
      flush(at);
      pieces.push(piece);
    }
    at = piece.prefix.start + addressCountOf(piece.prefix);
  }
  if (at < end) extend('unknown');
  flush(end);
  return pieces;
}

/**
 * Reads what the API says about a pool. Whatever it says, the pieces cover the pool's prefixes exactly
 * and none overlaps another: a gap is `unknown`, a block inside another is left out.
 */
export function readAddressSpace(
  addressPrefixes: readonly string[],
  blocks: readonly PoolBlock[],
): AddressSpace {
  const roots = addressPrefixes
    .flatMap((text) => readPrefix(text) ?? [])
    .map((prefix) => ({ prefix }))
    .sort(byAddress)
    .map(({ prefix }) => prefix)
    .filter((prefix, at, all) => !all.slice(0, at).some((earlier) => contains(earlier, prefix)));
  const told = blocks
    .flatMap(({ prefix: text, kind, holder }): Piece[] => {
      const prefix = readPrefix(text);
      if (prefix === undefined) return [];
      return [{ prefix, kind, ...(holder !== undefined && { holder }) }];
    })
    .sort(byAddress);
  return { roots, pieces: roots.flatMap((root) => piecesUnder(root, told)) };
}
