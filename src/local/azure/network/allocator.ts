import { excludeCidr } from 'cidr-tools';
import {
  type AddressFamily,
  addressCountOf,
  comparePrefixes,
  prefixLengthFor,
  summarize,
} from '../../../model/prefixes.ts';

/** How the allocator rounds and searches; what Azure does beyond the recorded cases is a switch (azure-ipam 17.9). */
export interface AllocationRules {
  readonly rounding: 'split' | 'round-up';
  readonly fit: 'first-fit' | 'best-fit';
  /** Counts are rounded up to a multiple of this. */
  readonly granularity: bigint;
}

/** How many addresses an allocation really takes when `requested` are asked for. */
export function roundedCount(requested: bigint, rules: AllocationRules): bigint {
  const multiple = nextBlockCount(requested, rules.granularity);
  return rules.rounding === 'round-up' ? nextPowerOfTwo(multiple) : multiple;
}

/** The count, rounded up to a multiple of the smallest block. */
export const nextBlockCount = (count: bigint, smallest: bigint): bigint =>
  ((count + smallest - 1n) / smallest) * smallest;

function nextPowerOfTwo(count: bigint): bigint {
  let power = 1n;
  while (power < count) power *= 2n;
  return power;
}

/** The powers of two that add up to the count, largest first. */
function powersOfTwo(count: bigint): bigint[] {
  const powers: bigint[] = [];
  for (let power = 1n, rest = count; rest > 0n; power *= 2n, rest /= 2n) {
    if (rest % 2n === 1n) powers.unshift(power);
  }
  return powers;
}

/** What is left of a set of prefixes, canonical and in order. */
export function subtract(from: readonly string[], taken: readonly string[]): string[] {
  return excludeCidr(summarize(from), [...taken]).sort(comparePrefixes);
}

/**
 * Takes exactly `count` addresses (already rounded) out of the free space: one block for each of its
 * powers of two, largest first, each the lowest aligned block that is free (azure-ipam 10). Answers
 * the summarized prefixes, or undefined when a block does not fit; then nothing is taken.
 */
export function takePrefixes(
  free: readonly string[],
  family: AddressFamily,
  count: bigint,
  fit: AllocationRules['fit'],
): string[] | undefined {
  // Canonical blocks are maximal, so the lowest aligned place of a size is the start of the first block that is large enough.
  let remaining = summarize(free);
  const taken: string[] = [];
  for (const size of powersOfTwo(count)) {
    const block = findBlock(remaining, size, fit);
    if (block === undefined) return undefined;
    const prefix = `${block.slice(0, block.indexOf('/'))}/${prefixLengthFor(family, size)}`;
    taken.push(prefix);
    remaining = subtract(remaining, [prefix]);
  }
  return summarize(taken);
}

function findBlock(
  blocks: readonly string[],
  size: bigint,
  fit: AllocationRules['fit'],
): string | undefined {
  const fitting = blocks.filter((block) => addressCountOf(block) >= size);
  if (fit === 'first-fit') return fitting[0];
  return fitting.reduce<string | undefined>(
    (best, block) =>
      best === undefined || addressCountOf(block) < addressCountOf(best) ? block : best,
    undefined,
  );
}
