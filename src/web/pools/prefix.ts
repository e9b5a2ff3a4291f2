import type { PoolSummary } from '../../model/api/pool-views.ts';

export type Family = PoolSummary['family'];

/** A block of addresses that starts on its boundary. Numbers of IPv6 exceed 2^53, hence BigInt. */
export interface Prefix {
  readonly family: Family;
  readonly start: bigint;
  readonly length: number;
}

export const bitsOf = (family: Family): number => (family === 'IPv4' ? 32 : 128);

export const addressCountOf = ({ family, length }: Prefix): bigint =>
  1n << BigInt(bitsOf(family) - length);

export const lastAddressOf = (prefix: Prefix): bigint => prefix.start + addressCountOf(prefix) - 1n;

export const contains = (outer: Prefix, inner: Prefix): boolean =>
  outer.family === inner.family &&
  outer.length <= inner.length &&
  outer.start <= inner.start &&
  lastAddressOf(inner) <= lastAddressOf(outer);

/** The block of the given length that an address lies in. */
export function prefixAround(family: Family, address: bigint, length: number): Prefix {
  const hostBits = BigInt(bitsOf(family) - length);
  return { family, start: (address >> hostBits) << hostBits, length };
}

/** The smallest block that holds both addresses. */
export function prefixSpanning(family: Family, first: bigint, last: bigint): Prefix {
  const differing = first === last ? 0 : (first ^ last).toString(2).length;
  return prefixAround(family, first, bitsOf(family) - differing);
}
