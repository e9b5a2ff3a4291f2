import type { Prefix } from './prefix.ts';
import { readPrefix } from './read-prefix.ts';
import { writePrefix } from './write-prefix.ts';

/** What the address of a pool's page says about its map, so that it can be sent to somebody. */
export interface MapQuery {
  /** The window that is shown. */
  readonly at: string | undefined;
  /** The block that was chosen in it. */
  readonly block: Prefix | undefined;
  readonly find: string;
  readonly show: TableFilter;
}

export const tableFilters = ['used', 'free', 'all'] as const;
export type TableFilter = (typeof tableFilters)[number];

export const readMapQuery = (query: URLSearchParams): MapQuery => ({
  at: query.get('at') ?? undefined,
  block: readPrefix(query.get('block') ?? ''),
  find: query.get('find') ?? '',
  show: tableFilters.find((each) => each === query.get('show')) ?? 'used',
});

/** The same page with another window, or another block chosen. */
export function mapHref(query: URLSearchParams, window: Prefix, block?: Prefix): string {
  const next = new URLSearchParams(query);
  next.set('at', writePrefix(window));
  next.delete('block');
  if (block !== undefined) next.set('block', writePrefix(block));
  return `?${[...next].map(([name, value]) => `${name}=${readable(value)}`).join('&')}`;
}

/** The page of a pool, with a block shown on its map. */
export function poolHref(alias: string, block?: string): string {
  const path = `/pools/${encodeURIComponent(alias)}`;
  return block === undefined ? path : `${path}?block=${readable(block)}`;
}

/** Colons and slashes are allowed in a query, and people read and edit this one. */
const readable = (text: string): string =>
  encodeURIComponent(text).replaceAll('%2F', '/').replaceAll('%3A', ':');
