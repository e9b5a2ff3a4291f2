import type { AddressMap } from './address-map.ts';
import { piecesIn } from './address-map.ts';
import type { AddressSpace } from './address-space.ts';
import {
  addressCountOf,
  bitsOf,
  contains,
  lastAddressOf,
  type Prefix,
  prefixAround,
  prefixSpanning,
} from './prefix.ts';
import { readPrefix } from './read-prefix.ts';

/** A row of a map is this much longer than its window; breadcrumbs go in the same steps. */
export const zoomStep = 4;

/**
 * The window that an address of the page asks for, or one that shows the block that it names; the first
 * prefix of the pool when neither is one of its own.
 */
export function windowOf(
  space: AddressSpace,
  asked: string | undefined,
  block?: Prefix,
): Prefix | undefined {
  const prefix = asked === undefined ? undefined : readPrefix(asked);
  if (prefix !== undefined && rootOf(space, prefix) !== undefined) return prefix;
  if (block !== undefined && rootOf(space, block) !== undefined) return windowAround(space, block);
  return space.roots[0];
}

export const rootOf = (space: AddressSpace, prefix: Prefix): Prefix | undefined =>
  space.roots.find((root) => contains(root, prefix));

/** The windows on the way in, the pool's prefix first and the window itself last. */
export function pathTo(space: AddressSpace, window: Prefix): Prefix[] {
  const root = rootOf(space, window);
  if (root === undefined) return [];
  const path: Prefix[] = [];
  for (let length = root.length; length < window.length; length += zoomStep) {
    path.push(prefixAround(window.family, window.start, length));
  }
  return [...path, window];
}

/** The smallest window that holds everything in use, where that is a smaller one than this. */
export function usedWindowOf(space: AddressSpace, window: Prefix): Prefix | undefined {
  const used = piecesIn(space, window).filter(({ kind }) => kind !== 'free');
  const [first, last] = [used[0], used.at(-1)];
  if (first === undefined || last === undefined) return undefined;
  const spanning = prefixSpanning(window.family, first.prefix.start, lastAddressOf(last.prefix));
  // On a step of the path, and never so small that a single block fills it.
  const room = Math.max(window.length, spanning.length - 1);
  const length = room - ((room - window.length) % zoomStep);
  return length >= window.length + zoomStep
    ? prefixAround(window.family, spanning.start, length)
    : undefined;
}

/** A block so much longer than its window is a tile of its own, on narrow screens too. */
const shownBits = zoomStep + 2;

/** The window to look at one block in, with its neighbours. */
export function windowAround(space: AddressSpace, prefix: Prefix): Prefix {
  const root = rootOf(space, prefix) ?? prefix;
  const steps = Math.ceil((prefix.length - shownBits - root.length) / zoomStep);
  const length = root.length + Math.max(0, steps) * zoomStep;
  return prefixAround(prefix.family, prefix.start, length);
}

/** Whether a window can be looked into: a single address cannot. */
export const canZoom = (prefix: Prefix): boolean => addressCountOf(prefix) > 1n;

/** The prefix of each row of a map. */
export function rowPrefixes({ window, columns, rows, cellLength }: AddressMap): Prefix[] {
  const length = cellLength - Math.log2(columns);
  const size = 1n << BigInt(bitsOf(window.family) - length);
  return Array.from({ length: rows }, (_, row) => ({
    family: window.family,
    start: window.start + BigInt(row) * size,
    length,
  }));
}
