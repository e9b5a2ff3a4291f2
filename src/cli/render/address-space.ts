/** A prefix as numbers; enough to draw it. The API has checked that it is one. */
export interface Span {
  readonly family: 'IPv4' | 'IPv6';
  readonly first: bigint;
  readonly size: bigint;
}

export function spanOfPrefix(prefix: string): Span | undefined {
  const [address = '', length = ''] = prefix.split('/');
  const isIPv6 = address.includes(':');
  const first = isIPv6 ? readIPv6(address) : readIPv4(address);
  const bits = isIPv6 ? 128 : 32;
  if (first === undefined || !/^\d{1,3}$/.test(length) || Number(length) > bits) return undefined;
  return { family: isIPv6 ? 'IPv6' : 'IPv4', first, size: 1n << BigInt(bits - Number(length)) };
}

function readIPv4(address: string): bigint | undefined {
  const octets = address.split('.');
  if (octets.length !== 4 || !octets.every((octet) => /^\d{1,3}$/.test(octet))) return undefined;
  return octets.reduce((sum, octet) => sum * 256n + BigInt(octet), 0n);
}

function readIPv6(address: string): bigint | undefined {
  const [head = '', tail] = address.split('::');
  const before = head === '' ? [] : head.split(':');
  const after = tail === undefined || tail === '' ? [] : tail.split(':');
  const zeros = tail === undefined ? 0 : 8 - before.length - after.length;
  if (zeros < 0) return undefined;
  const groups = [...before, ...Array<string>(zeros).fill('0'), ...after];
  if (groups.length !== 8 || !groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group)))
    return undefined;
  return groups.reduce((sum, group) => sum * 65_536n + BigInt(Number.parseInt(group, 16)), 0n);
}
