import { InvalidArgumentError } from 'commander';

/** A size as the API takes it. */
export type Size =
  | { readonly numberOfIpAddresses: number | string }
  | { readonly prefixLength: number };

/** `256` (addresses) or `/24` (prefix length). */
export function parseSize(text: string): Size {
  const trimmed = text.trim();
  if (trimmed.startsWith('/')) return { prefixLength: parsePrefixLength(trimmed.slice(1)) };
  return { numberOfIpAddresses: parseCount(trimmed) };
}

/** Counts of IPv6 addresses exceed what a number of JSON holds; those are sent as text. */
export function parseCount(text: string): number | string {
  if (!/^[1-9]\d{0,38}$/.test(text)) {
    throw new InvalidArgumentError(
      'A size is a number of addresses such as 256, or a prefix length such as /24.',
    );
  }
  const count = Number(text);
  return Number.isSafeInteger(count) ? count : text;
}

export function parsePrefixLength(text: string): number {
  const length = /^\/?\d{1,3}$/.test(text) ? Number(text.replace('/', '')) : 0;
  if (length < 1 || length > 128) {
    throw new InvalidArgumentError('A prefix length is a number from 1 to 128, such as 24.');
  }
  return length;
}
