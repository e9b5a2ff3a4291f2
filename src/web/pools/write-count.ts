import type { Family } from './prefix.ts';

const exact = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', {
  notation: 'compact',
  compactDisplay: 'long',
  maximumFractionDigits: 1,
});

const oneSubnetOfIPv6 = 1n << 64n;
const million = 1_000_000n;
const quadrillion = million * 1_000_000_000n;

/** `2^40` when it is a power of two and otherwise the nearest one from above. */
function writePower(count: bigint): string {
  const exponent = (count - 1n).toString(2).length;
  return `${1n << BigInt(exponent) === count ? '' : '≈ '}2^${exponent}`;
}

/** Exactly, as long as people can read it. */
export function writeLarge(count: bigint): string {
  if (count < million) return exact.format(count);
  return count < quadrillion ? compact.format(count) : writePower(count);
}

/**
 * A number of addresses as people speak of it: IPv4 exactly; IPv6 in subnets (`/64s`), the unit that
 * is planned with, where it is made up of whole ones.
 */
export function writeCount(family: Family, count: bigint): string {
  if (family === 'IPv4') return `${exact.format(count)} ${count === 1n ? 'address' : 'addresses'}`;
  if (count === 0n) return '0 /64s';
  if (count % oneSubnetOfIPv6 !== 0n) {
    return `${writeLarge(count)} ${count === 1n ? 'address' : 'addresses'}`;
  }
  const subnets = count / oneSubnetOfIPv6;
  return `${writeLarge(subnets)} ${subnets === 1n ? '/64' : '/64s'}`;
}

/** A share in percent for people; what is not nothing is never shown as 0%, nor what is not all as 100%. */
export function writeShare(part: bigint, whole: bigint): string {
  if (whole <= 0n || part <= 0n) return '0%';
  if (part >= whole) return '100%';
  const tenths = Number((part * 1000n + whole / 2n) / whole);
  if (tenths < 1) return '< 0.1%';
  if (tenths > 999) return '> 99.9%';
  const isFine = tenths < 100 || tenths >= 990;
  return `${isFine ? tenths / 10 : Math.round(tenths / 10)}%`;
}
