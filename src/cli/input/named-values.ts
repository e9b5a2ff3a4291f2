import { InvalidArgumentError } from 'commander';
import { parseSize, type Size } from './parse-size.ts';

/** A parser of commander for an option that may be given several times. */
type Collect<T> = (text: string, previous: readonly T[] | undefined) => readonly T[];

export interface NamedSize {
  readonly name: string;
  readonly size: Size;
}

export interface PoolChoice {
  readonly pool: string;
  /** Absent: that of `--size` or `--prefix-length`. */
  readonly size?: Size;
}

/** `app=128` or `app=/25`. */
export const collectSubnet: Collect<NamedSize> = (text, previous = []) => {
  const [name, value] = split(text, 'A subnet is NAME=SIZE, such as app=128 or app=/25.');
  return [...previous, { name, size: parseSize(value) }];
};

/** `corp-centralus`, or with a size of its own: `corp-centralus=256`. */
export const collectPool: Collect<PoolChoice> = (text, previous = []) => {
  if (!text.includes('=')) return [...previous, { pool: text }];
  const [pool, value] = split(text, 'A pool is ALIAS, or ALIAS=SIZE.');
  return [...previous, { pool, size: parseSize(value) }];
};

/** `costCentre=1234`; the value may be empty. */
export const collectTag: Collect<readonly [string, string]> = (text, previous = []) => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('A tag is NAME=VALUE, such as costCentre=1234.');
  return [...previous, [text.slice(0, at), text.slice(at + 1)]];
};

/** `servicenow=RITM0012345`. */
export function parseTicket(text: string): { readonly system: string; readonly id: string } {
  const [system, id] = split(text, 'A ticket is SYSTEM=ID, such as servicenow=RITM0012345.');
  return { system, id };
}

function split(text: string, remedy: string): readonly [string, string] {
  const at = text.indexOf('=');
  if (at < 1 || at === text.length - 1) throw new InvalidArgumentError(remedy);
  return [text.slice(0, at), text.slice(at + 1)];
}
