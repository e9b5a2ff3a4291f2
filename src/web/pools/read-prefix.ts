import { bitsOf, type Family, type Prefix, prefixAround } from './prefix.ts';

interface Address {
  readonly family: Family;
  readonly value: bigint;
}

function readIPv4(text: string): bigint | undefined {
  if (!/^\d{1,3}(\.\d{1,3}){3}$/.test(text)) return undefined;
  const octets = text.split('.').map(Number);
  if (octets.some((octet) => octet > 255)) return undefined;
  return octets.reduce((value, octet) => (value << 8n) | BigInt(octet), 0n);
}

function readIPv6(text: string): bigint | undefined {
  const halves = text.split('::');
  const [head = [], tail = []] = halves.map((half) => (half === '' ? [] : half.split(':')));
  const missing = 8 - head.length - tail.length;
  if (halves.length > 2 || (halves.length === 2 ? missing < 1 : missing !== 0)) return undefined;
  const groups = [...head, ...Array<string>(missing).fill('0'), ...tail];
  if (!groups.every((group) => /^[0-9a-f]{1,4}$/i.test(group))) return undefined;
  return groups.reduce((value, group) => (value << 16n) | BigInt(`0x${group}`), 0n);
}

/** An address as people type it; undefined when it is none. */
export function readAddress(text: string): Address | undefined {
  const [family, value] = text.includes(':')
    ? (['IPv6', readIPv6(text)] as const)
    : (['IPv4', readIPv4(text)] as const);
  return value === undefined ? undefined : { family, value };
}

/** A prefix such as `10.0.0.0/24`; undefined when it is none, or does not start on its boundary. */
export function readPrefix(text: string): Prefix | undefined {
  const [address = '', length = '', ...rest] = text.split('/');
  const read = readAddress(address);
  if (read === undefined || rest.length > 0 || !/^\d{1,3}$/.test(length)) return undefined;
  const { family, value } = read;
  if (Number(length) > bitsOf(family)) return undefined;
  const prefix = prefixAround(family, value, Number(length));
  return prefix.start === value ? prefix : undefined;
}
