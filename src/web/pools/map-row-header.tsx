import type { MapGeometry } from './map-geometry.ts';
import type { Prefix } from './prefix.ts';
import { writePrefix } from './write-prefix.ts';

interface Props {
  readonly prefix: Prefix;
  readonly index: number;
  readonly geometry: MapGeometry;
  /** Absent where a look into the row would show no more. */
  readonly onZoom: (() => void) | undefined;
}

/** The prefix of a row; a click zooms in to it, as `+` does on the keyboard. */
export function MapRowHeader({ prefix, index, geometry, onZoom }: Props) {
  const { left, top, rowHeight } = geometry;
  return (
    // biome-ignore lint/a11y/useSemanticElements: a drawing has no table cells
    <g
      role="rowheader"
      class={`map-row-header ${onZoom === undefined ? '' : 'map-zooms'}`}
      onClick={onZoom}
    >
      <rect class="map-hit" x="0" y={top + index * rowHeight} width={left} height={rowHeight} />
      <text class="map-axis" x={left - 8} y={top + (index + 0.5) * rowHeight + 4} text-anchor="end">
        {writePrefix(prefix)}
      </text>
    </g>
  );
}
