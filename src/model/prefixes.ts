import { containsCidr, mergeCidr, normalizeCidr, overlapCidr, parseCidr } from 'cidr-tools';

/** The two address families of a pool, in Azure's spelling (`ipAddressType`). */
export type AddressFamily = 'IPv4' | 'IPv6';

interface ParsedPrefix {
  readonly family: AddressFamily;
  readonly length: number;
  /** First and last address. */
  readonly start: bigint;
  readonly end: bigint;
}

const bitsOf = (family: AddressFamily): number => (family === 'IPv4' ? 32 : 128);

const isIPv4 = (address: string): boolean =>
  /^(0|[1-9]\d{0,2})(\.(0|[1-9]\d{0,2})){3}$/.test(address) &&
  address.split('.').every((octet) => Number(octet) <= 255);

/** Plain groups only; the dotted spelling of embedded IPv4 addresses is no spelling of a pool. */
function isIPv6(address: string): boolean {
  const halves = address.split('::');
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')));
  return (
    (halves.length === 2 ? groups.length <= 7 : halves.length === 1 && groups.length === 8) &&
    groups.every((group) => /^[0-9a-fA-F]{1,4}$/.test(group))
  );
}

/** Strict, because the library reads on where the text is no prefix (`10.0.0.0/33`, `1:2/64`). */
function readPrefix(text: string): ParsedPrefix | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const family = isIPv4(address) ? 'IPv4' : isIPv6(address) ? 'IPv6' : undefined;
  if (family === undefined || rest.length > 0 || !/^(0|[1-9]\d{0,2})$/.test(length)) {
    return undefined;
  }
  if (Number(length) > bitsOf(family)) {
    return undefined;
  }
  const { start, end, ip } = parseCidr(text);
  const startsOnBoundary = parseCidr(`${ip}/${bitsOf(family)}`).start === start;
  return startsOnBoundary ? { family, length: Number(length), start, end } : undefined;
}

function parsePrefix(text: string): ParsedPrefix {
  const prefix = readPrefix(text);
  if (prefix === undefined) {
    throw new RangeError(
      `'${text.slice(0, 60)}' is no prefix: an address that starts a block, '/' and the length, such as 10.0.0.0/24`,
    );
  }
  return prefix;
}

const checked = (prefixes: readonly string[]): string[] =>
  prefixes.map((prefix) => {
    parsePrefix(prefix);
    return prefix;
  });

/** Whether a text is a prefix that starts on its boundary, however spelled. The other functions throw on anything else. */
export const isPrefix = (text: string): boolean => readPrefix(text) !== undefined;

export const familyOf = (prefix: string): AddressFamily => parsePrefix(prefix).family;

/** Addresses from the first to the last, both of them in it. */
export interface AddressRange {
  readonly family: AddressFamily;
  readonly start: bigint;
  readonly end: bigint;
}

/** The addresses of a prefix. */
export function rangeOf(prefix: string): AddressRange {
  const { family, start, end } = parsePrefix(prefix);
  return { family, start, end };
}

/** The fewest prefixes that make up a range, in order. */
export function prefixesOf({ family, start, end }: AddressRange): string[] {
  const prefixes: string[] = [];
  for (let next = start; next <= end; ) {
    const length = longestStep(family, next, end);
    prefixes.push(`${addressText(family, next)}/${length}`);
    next += addressCountOfPrefixLength(family, length);
  }
  return prefixes;
}

/** The length of the largest block that begins at an address and does not reach beyond the end. */
function longestStep(family: AddressFamily, start: bigint, end: bigint): number {
  let length = bitsOf(family);
  for (let size = 1n; length > 0 && start % (size * 2n) === 0n && start + size * 2n - 1n <= end; ) {
    size *= 2n;
    length -= 1;
  }
  return length;
}

/** As Azure writes it: IPv6 in the form of RFC 5952. */
function addressText(family: AddressFamily, address: bigint): string {
  if (family === 'IPv4') {
    return [24n, 16n, 8n, 0n].map((shift) => (address >> shift) & 0xffn).join('.');
  }
  const groups = Array.from({ length: 8 }, (_, index) =>
    ((address >> BigInt(112 - index * 16)) & 0xffffn).toString(16),
  );
  return normalizeCidr(groups.join(':'));
}

/** How many addresses a prefix holds, the ones that Azure reserves included. */
export function addressCountOf(prefix: string): bigint {
  const { start, end } = parsePrefix(prefix);
  return end - start + 1n;
}

/** How many addresses a set of prefixes holds; what overlaps counts once. */
export function totalAddressCount(prefixes: readonly string[]): bigint {
  return summarize(prefixes).reduce((total, prefix) => total + addressCountOf(prefix), 0n);
}

/** Whether every address of `inner` is in `outer`, where several prefixes of `outer` may hold one of `inner` together. */
export function containsAll(outer: readonly string[], inner: readonly string[]): boolean {
  return containsCidr(summarize(outer), checked(inner));
}

/** Whether an address is in both sets. */
export function overlaps(a: readonly string[], b: readonly string[]): boolean {
  return overlapCidr(checked(a), checked(b));
}

/** Order of prefixes: IPv4 before IPv6, then by first address, then the larger block first. */
export function comparePrefixes(a: string, b: string): number {
  const [left, right] = [parsePrefix(a), parsePrefix(b)];
  if (left.family !== right.family) {
    return left.family === 'IPv4' ? -1 : 1;
  }
  if (left.start !== right.start) {
    return left.start < right.start ? -1 : 1;
  }
  return left.length - right.length;
}

/** The fewest prefixes with the same addresses, canonical and in order; equal sets of addresses give equal lists. */
export function summarize(prefixes: readonly string[]): string[] {
  return mergeCidr(checked(prefixes)).sort(comparePrefixes);
}

/** How many addresses a block of this length holds. */
export function addressCountOfPrefixLength(family: AddressFamily, length: number): bigint {
  if (!Number.isInteger(length) || length < 0 || length > bitsOf(family)) {
    throw new RangeError(`/${length} is no prefix length of ${family} (0 to ${bitsOf(family)})`);
  }
  return 1n << BigInt(bitsOf(family) - length);
}

/** The length of the smallest single block that holds so many addresses. */
export function prefixLengthFor(family: AddressFamily, count: bigint): number {
  if (count < 1n || count > addressCountOfPrefixLength(family, 0)) {
    throw new RangeError(`no ${family} block holds ${count} addresses`);
  }
  return bitsOf(family) - (count - 1n).toString(2).replace(/^0$/, '').length;
}
