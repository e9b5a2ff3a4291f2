import { createHash } from 'node:crypto';

/**
 * Row keys of the ledger's one partition. The letter before the first ':' tells what an entity is; parts
 * are escaped, so that a ':' always separates. The entities of one kind, or of one request, are a range.
 */
export const rowKeys = {
  head: 'h',
  audit: (sequence: number) => `a:${padded(sequence)}`,
  /** From a request's id to its place in the list. */
  pointer: (id: string) => `p:${escapeKey(id)}`,
  /** The newest first: the place counts down. */
  record: (place: number) => `r:${padded(lastPlace - place)}`,
  /** Requests whose workflow has something to do, oldest first. */
  unfinished: (place: number) => `u:${padded(place)}`,
  decision: (requestId: string, id: string) => `d:${escapeKey(requestId)}:${escapeKey(id)}`,
  timeline: (requestId: string, key: string) => `t:${escapeKey(requestId)}:${escapeKey(key)}`,
  stepState: (requestId: string, step: string) => `s:${escapeKey(requestId)}:${escapeKey(step)}`,
  claim: (virtualNetworkId: string) => `v:${sha256(virtualNetworkId.toLowerCase())}`,
  quotaUsage: (virtualNetworkId: string) => `n:${sha256(virtualNetworkId.toLowerCase())}`,
  quotaTotal: (key: string) => `q:${escapeKey(key)}`,
  poolUsage: (pool: string, at: string) => `w:${escapeKey(pool)}:${escapeKey(at)}`,
} as const;

/** Row keys from one on, up to another one, which is none of them. */
export interface KeyRange {
  readonly from: string;
  readonly before: string;
}

/** All row keys that begin with these parts. ';' comes right after ':'. */
export const keyRange = (...parts: readonly [string, ...string[]]): KeyRange => {
  const prefix = parts.map((part, index) => (index === 0 ? part : escapeKey(part))).join(':');
  return { from: `${prefix}:`, before: `${prefix};` };
};

/** The place that a row key of a record tells. */
export const placeOf = (recordKey: string): number => lastPlace - Number(recordKey.slice(2));

/** The number that a row key counts up by: of an audit entry, or of an unfinished request. */
export const sequenceOf = (rowKey: string): number => Number(rowKey.slice(2));

const digits = 15;
const lastPlace = 10 ** digits - 1;
const padded = (sequence: number): string => String(sequence).padStart(digits, '0');

/** A key may have 512 characters; ours have two escaped parts at most. */
const mostCharacters = 240;

/**
 * A part of a row key that holds any text. Table Storage refuses '/', '\', '#', '?' and control characters,
 * and some of its clients are at odds about '%': everything but plain letters and digits is written as '~'
 * and its code. What would be too long is told by its hash; no escaped text begins with '~~'.
 */
function escapeKey(text: string): string {
  const escaped = text.replace(
    /[^A-Za-z0-9._-]/g,
    (unit) => `~${unit.charCodeAt(0).toString(16).padStart(4, '0')}`,
  );
  return escaped.length <= mostCharacters ? escaped : `~~${sha256(text)}`;
}

const sha256 = (text: string): string => createHash('sha256').update(text).digest('hex');
