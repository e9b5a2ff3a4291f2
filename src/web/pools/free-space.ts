import type { AddressSpace } from './address-space.ts';
import { addressCountOf, bitsOf, type Prefix } from './prefix.ts';

export interface Fit {
  readonly length: number;
  /** How many blocks of this length still fit, each in one piece. */
  readonly count: bigint;
}

export interface FreeSpace {
  readonly total: bigint;
  /** The first of the largest free blocks; undefined when nothing is free. */
  readonly largest: Prefix | undefined;
  /** Share of the free addresses that lies in the largest block, in percent: low means fragmented. */
  readonly percentInLargest: number;
  /** From the largest block that fits, in steps that people think in. */
  readonly fits: readonly Fit[];
}

/** How many steps are told; more is a list that nobody reads. */
const fitSteps = 6;

/** What is free, and in what pieces. */
export function freeSpaceOf({ pieces }: AddressSpace): FreeSpace {
  const free = pieces.filter(({ kind }) => kind === 'free').map(({ prefix }) => prefix);
  const total = free.reduce((sum, prefix) => sum + addressCountOf(prefix), 0n);
  const largest = free.reduce<Prefix | undefined>(
    (best, prefix) => (best === undefined || prefix.length < best.length ? prefix : best),
    undefined,
  );
  if (largest === undefined) return { total, largest, percentInLargest: 0, fits: [] };
  return {
    total,
    largest,
    percentInLargest: Number((addressCountOf(largest) * 1000n) / total) / 10,
    fits: stepsFrom(largest).map((length) => ({ length, count: fitCount(free, length) })),
  };
}

/** Down to what a VNet can have at least: /29, and /64 of IPv6. */
function stepsFrom({ family, length }: Prefix): number[] {
  const smallest = Math.max(length, family === 'IPv4' ? 29 : 64);
  const step = family === 'IPv4' ? 2 : 4;
  const lengths = [length];
  for (let next = length + step - (length % step); next <= smallest; next += step) {
    lengths.push(next);
  }
  return lengths.filter((each) => each <= bitsOf(family)).slice(0, fitSteps);
}

function fitCount(free: readonly Prefix[], length: number): bigint {
  return free.reduce(
    (sum, prefix) => (prefix.length > length ? sum : sum + (1n << BigInt(length - prefix.length))),
    0n,
  );
}
