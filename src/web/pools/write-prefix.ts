import type { Family, Prefix } from './prefix.ts';

function writeIPv4(value: bigint): string {
  return [24n, 16n, 8n, 0n].map((shift) => (value >> shift) & 255n).join('.');
}

/** RFC 5952: lower case, no leading zeros, the first longest run of two or more zero groups as `::`. */
function writeIPv6(value: bigint): string {
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((value >> BigInt(112 - 16 * index)) & 0xffffn).toString(16),
  );
  const runs = groups.join(':').match(/\b0(:0)+\b/g) ?? [];
  const longest = runs.reduce((best, run) => (run.length > best.length ? run : best), '');
  if (longest === '') return groups.join(':');
  const at = new RegExp(`(^|:)${longest}(:|$)`);
  return groups.join(':').replace(at, '::');
}

export const writeAddress = (family: Family, value: bigint): string =>
  family === 'IPv4' ? writeIPv4(value) : writeIPv6(value);

export const writePrefix = ({ family, start, length }: Prefix): string =>
  `${writeAddress(family, start)}/${length}`;
