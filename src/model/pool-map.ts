import { type AddressRange, isPrefix, prefixesOf, rangeOf, summarize } from './prefixes.ts';

/** Space of a pool that is not free, and who has it. */
export interface MapEntry<H> {
  readonly kind: 'allocated' | 'reserved';
  readonly prefixes: readonly string[];
  readonly holder?: H;
}

/** One piece of the address map of a pool. */
export interface MapBlock<H> {
  readonly prefix: string;
  readonly kind: 'allocated' | 'reserved' | 'free';
  readonly holder?: H;
}

/** Addresses that one entry has. */
interface Taken<H> {
  start: bigint;
  end: bigint;
  readonly entry: MapEntry<H>;
}

/**
 * The address map of a pool: aligned blocks that cover its prefixes, in order and without overlap. What
 * no entry has is free. Where entries overlap (pools are known to list the same space twice) the one
 * that comes first has it; what lies outside the pool, or is no prefix, is left out.
 */
export function mapPool<H>(
  poolPrefixes: readonly string[],
  entries: readonly MapEntry<H>[],
): MapBlock<H>[] {
  const pool = summarize(poolPrefixes).map(rangeOf);
  const family = pool[0]?.family;
  const taken: Taken<H>[] = [];
  for (const entry of entries) {
    for (const prefix of entry.prefixes.filter(isPrefix)) {
      const range = rangeOf(prefix);
      if (range.family === family) take(taken, range, entry);
    }
  }
  return pool.flatMap((range) => blocksOf(range, taken));
}

/** Adds what of a range nobody has yet; `taken` stays in order and without overlap. */
function take<H>(taken: Taken<H>[], { start, end }: AddressRange, entry: MapEntry<H>): void {
  const first = firstEndingAt(taken, start);
  const added: Taken<H>[] = [];
  let next = start;
  let index = first;
  for (; index < taken.length; index++) {
    const other = taken[index];
    if (other === undefined || other.start > end) break;
    if (other.start > next) added.push({ start: next, end: other.start - 1n, entry });
    added.push(other);
    next = other.end + 1n;
  }
  if (next <= end) added.push({ start: next, end, entry });
  taken.splice(first, index - first, ...added);
}

/** Index of the first piece that ends at the address or after it. */
function firstEndingAt<H>(taken: readonly Taken<H>[], address: bigint): number {
  let [low, high] = [0, taken.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    const piece = taken[middle];
    if (piece !== undefined && piece.end < address) low = middle + 1;
    else high = middle;
  }
  return low;
}

function blocksOf<H>(pool: AddressRange, taken: readonly Taken<H>[]): MapBlock<H>[] {
  const { family, end } = pool;
  const blocks: MapBlock<H>[] = [];
  const add = (from: bigint, to: bigint, block: Omit<MapBlock<H>, 'prefix'>) => {
    for (const prefix of prefixesOf({ family, start: from, end: to })) {
      blocks.push({ prefix, ...block });
    }
  };
  let next = pool.start;
  for (let index = firstEndingAt(taken, next); index < taken.length; index++) {
    const piece = taken[index];
    if (piece === undefined || piece.start > end) break;
    if (piece.start > next) add(next, piece.start - 1n, { kind: 'free' });
    const from = piece.start > next ? piece.start : next;
    const to = piece.end < end ? piece.end : end;
    const { kind, holder } = piece.entry;
    add(from, to, holder === undefined ? { kind } : { kind, holder });
    next = to + 1n;
  }
  if (next <= end) add(next, end, { kind: 'free' });
  return blocks;
}
