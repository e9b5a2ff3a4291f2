export type AddressFamily = 'IPv4' | 'IPv6';

const bitsOf = { IPv4: 32, IPv6: 128 } as const;

/** Azure keeps five addresses of every subnet. */
const reservedInSubnet = 5n;

/** How many addresses a block of this length holds. */
export const addressCount = (family: AddressFamily, length: number): bigint =>
  1n << BigInt(bitsOf[family] - length);

/** The length of the smallest block that holds so many addresses. */
export function prefixLengthFor(family: AddressFamily, count: bigint): number {
  const hostBits = count <= 1n ? 0 : (count - 1n).toString(2).length;
  return bitsOf[family] - hostBits;
}

/** What can be used when the whole block is one subnet. */
export const usableCount = (family: AddressFamily, length: number): bigint => {
  const count = addressCount(family, length);
  return count > reservedInSubnet ? count - reservedInSubnet : 0n;
};

/** A positive whole number as people write it, thousands separated by comma, space or apostrophe. */
export function parseCount(text: string): bigint | undefined {
  const digits = text.trim().replaceAll(/[\s,'’]/g, '');
  return /^[1-9]\d{0,38}$/.test(digits) ? BigInt(digits) : undefined;
}

const grouped = new Intl.NumberFormat('en');
const compact = new Intl.NumberFormat('en', { notation: 'scientific', maximumFractionDigits: 1 });

/** Thousands separated; what nobody can read any more in scientific notation. */
export function formatCount(count: bigint | string | number): string {
  const value = BigInt(count);
  return value < 10n ** 15n ? grouped.format(value) : compact.format(value);
}

/** `a /24: 256 addresses, 251 usable in one subnet`. */
export function describeBlock(family: AddressFamily, length: number): string {
  if (family === 'IPv6') {
    const subnets = length <= 64 ? 1n << BigInt(64 - length) : 0n;
    return `a /${length}: room for ${formatCount(subnets)} ${subnets === 1n ? 'subnet' : 'subnets'} of /64`;
  }
  const count = formatCount(addressCount(family, length));
  return `a /${length}: ${count} addresses, ${formatCount(usableCount(family, length))} usable in one subnet`;
}

/** `1,024 addresses`; of IPv6 `4,294,967,296 subnets of /64`, for nobody counts its addresses. */
export function describeCount(family: AddressFamily, count: bigint | string): string {
  const value = BigInt(count);
  if (family === 'IPv6' && value >= 1n << 64n) {
    const subnets = value >> 64n;
    return `${formatCount(subnets)} ${subnets === 1n ? 'subnet' : 'subnets'} of /64`;
  }
  return `${formatCount(value)} ${value === 1n ? 'address' : 'addresses'}`;
}

/** How much of a whole a part is, between 0 and 1, for drawing. */
export const shareOf = (part: bigint, whole: bigint): number =>
  whole <= 0n ? 0 : Math.min(1, Math.max(0, Number((part * 1_000_000n) / whole) / 1_000_000));
