import { useLayoutEffect, useRef, useState } from 'preact/hooks';
import type { AddressMap } from './address-map.ts';
import { lastAddressOf, type Prefix } from './prefix.ts';

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

  const focusTile = (index: number): void => {
    root()?.querySelector<SVGElement>(`[data-tile="${index}"]`)?.focus();
  };
  useLayoutEffect(() => {
    if (!wanted.current) return;
    wanted.current = false;
    focusTile(active);
  }, [map]);

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
