import type { AddressMap } from './address-map.ts';
import { type MapGeometry, rectangleOf } from './map-geometry.ts';

interface Props {
  readonly map: AddressMap;
  readonly geometry: MapGeometry;
  /** Indexes of tiles, or -1. */
  readonly focused: number;
  readonly selected: number;
}

/** Rings over the tiles: an outline of the tile itself would be hidden by its neighbours. */
export function MapRings({ map, geometry, focused, selected }: Props) {
  const ring = (index: number, name: string) => {
    const tile = map.tiles[index];
    if (tile === undefined) return null;
    const { x, y, width, height } = rectangleOf(tile, geometry);
    const place = { x: x + 1, y: y + 1, width: width - 2, height: height - 2, rx: 4 };
    return (
      <g class={name}>
        <rect class="ring-halo" {...place} />
        <rect class="ring" {...place} />
      </g>
    );
  };
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus
    <g class="map-rings" aria-hidden="true">
      {ring(selected, 'ring-selected')}
      {ring(focused, 'ring-focused')}
    </g>
  );
}
