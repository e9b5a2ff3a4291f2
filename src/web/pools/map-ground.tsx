import type { AddressMap } from './address-map.ts';
import { columnLabels } from './column-labels.ts';
import type { MapGeometry } from './map-geometry.ts';

/** The ground of a map: cells, so that one sees how large a free block is, and the labels of the columns. */
export function MapGround({ map, geometry }: { map: AddressMap; geometry: MapGeometry }) {
  const { left, top, cellWidth, rowHeight, width, height } = geometry;
  const lines = [
    ...Array.from(
      { length: map.columns - 1 },
      (_, at) => `M${left + (at + 1) * cellWidth} ${top}V${height}`,
    ),
    ...Array.from(
      { length: map.rows - 1 },
      (_, at) => `M${left} ${top + (at + 1) * rowHeight}H${width}`,
    ),
  ];
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus
    <g aria-hidden="true">
      <rect class="fill-free" x={left} y={top} width={width - left} height={height - top} rx="4" />
      <path class="map-lines" d={lines.join('')} />
      {columnLabels(map).map((label, column) => (
        <text
          key={label}
          class="map-axis"
          x={left + (column + 0.5) * cellWidth}
          y={top - 7}
          text-anchor="middle"
        >
          {label}
        </text>
      ))}
    </g>
  );
}
