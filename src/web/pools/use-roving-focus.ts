import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AddressMap } from './address-map.ts';
import { contains, lastAddressOf, type Prefix } from './prefix.ts';
import { writePrefix } from './write-prefix.ts';

export interface RovingFocus {
  /** Index of the tile that has the focus, or gets it when the map is entered. */
  readonly active: number;
  /** Whether the focus is in the map and was brought there by keyboard, so that it must be seen. */
  readonly isFocusSeen: boolean;
  readonly focusTile: (index: number) => void;
  /** After the next change of the map the focus goes on in it. */
  readonly keepFocus: () => void;
  readonly onFocusIn: (index: number) => void;
  readonly onFocusOut: () => void;
}

/**
 * One stop of the tab key for the whole map. The place is remembered as an address, so that it stays when one zooms in,
 * out, or when blocks change.
 */
export function useRovingFocus(
  map: AddressMap,
  root: () => Element | null,
  /** The block that was chosen. */
  start: Prefix | undefined,
): RovingFocus {
  const [address, setAddress] = useState<bigint | undefined>(start?.start);
  const [isFocusSeen, setFocusSeen] = useState(false);
  const wanted = useRef(false);
  const found = map.tiles.findIndex(
    ({ prefix }) =>
      address !== undefined && prefix.start <= address && address <= lastAddressOf(prefix),
  );
  const active = Math.max(0, found);

  const tileAt = (index: number): SVGElement | null =>
    root()?.querySelector<SVGElement>(`[data-tile="${index}"]`) ?? null;
  const focusTile = (index: number): void => tileAt(index)?.focus();
  const isShown = useRef(false);
  const selected = start === undefined ? '' : writePrefix(start);

  useLayoutEffect(() => {
    // A link that led to another window may be gone with the old one, and the focus with it.
    const isLost = isShown.current && document.activeElement === document.body;
    if (wanted.current || isLost) focusTile(active);
    wanted.current = false;
  }, [writePrefix(map.window)]);
  useLayoutEffect(() => {
    const chosen = map.tiles.findIndex(({ prefix }) => start && contains(prefix, start));
    const tile = tileAt(chosen);
    if (tile !== null && tile !== document.activeElement) {
      // Who follows a link to a block goes on there; who opens an address only sees it.
      if (isShown.current) tile.focus({ preventScroll: true });
      tile.scrollIntoView({ block: 'center' });
    }
    isShown.current = true;
  }, [selected]);

  return {
    active,
    isFocusSeen,
    focusTile,
    keepFocus: () => {
      wanted.current = root()?.contains(document.activeElement) ?? false;
    },
    onFocusIn: (index) => {
      setAddress(map.tiles[index]?.prefix.start);
      setFocusSeen(document.activeElement?.matches(':focus-visible') ?? false);
    },
    onFocusOut: () => setFocusSeen(false),
  };
}
