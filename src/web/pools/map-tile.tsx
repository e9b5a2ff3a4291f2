import { useMemo } from 'preact/hooks';
import { addressMapOf, type Tile } from './address-map.ts';
import type { AddressSpace } from './address-space.ts';
import { type MapGeometry, type Rectangle, rectangleOf, tileLabel } from './map-geometry.ts';
import { tileWords } from './tile-words.ts';

interface Props {
  readonly space: AddressSpace;
  readonly tile: Tile;
  readonly index: number;
  readonly geometry: MapGeometry;
  readonly patterns: string;
  /** The one that takes the focus when the map is entered. */
  readonly isActive: boolean;
  readonly isSelected: boolean;
  /** Does not match what is looked for. */
  readonly isDimmed: boolean;
}

const gap = 1;

/** One rectangle of the map. It is drawn anew only when something about itself changes. */
export function MapTile(props: Props) {
  const { space, tile, index, geometry, patterns, isActive, isSelected, isDimmed } = props;
  return useMemo(() => {
    const outer = rectangleOf(tile, geometry);
    const zooms = tile.kind === 'mixed';
    const label = tileLabel(tile, outer);
    return (
      // biome-ignore lint/a11y/useSemanticElements: a drawing has no table cells
      <g
        role="gridcell"
        class={`map-tile ${isDimmed ? 'map-dimmed' : ''} ${zooms ? 'map-zooms' : ''}`}
        data-tile={index}
        tabindex={isActive ? 0 : -1}
        aria-label={`${tileWords(tile, label)}${zooms ? '. Enter looks into it' : ''}`}
        aria-selected={isSelected ? true : undefined}
      >
        <rect class="map-hit" {...outer} />
        <TileBody space={space} tile={tile} outer={outer} patterns={patterns} />
        <TileLabel kind={tile.kind} lines={label} outer={outer} />
      </g>
    );
  }, [space, tile, index, geometry, patterns, isActive, isSelected, isDimmed]);
}

interface BodyProps {
  readonly space: AddressSpace;
  readonly tile: Tile;
  readonly outer: Rectangle;
  readonly patterns: string;
}

function TileBody({ space, tile, outer, patterns }: BodyProps) {
  const { x, y, width, height } = outer;
  const inner = { x: x + gap, y: y + gap, width: width - 2 * gap, height: height - 2 * gap };
  switch (tile.kind) {
    case 'mixed':
      return (
        <>
          <rect class="map-mixed" {...inner} rx="3" />
          <MiniMap space={space} tile={tile} outer={inner} patterns={patterns} />
        </>
      );
    case 'allocated':
      return <rect class="fill-allocated" {...inner} rx="3" />;
    case 'free':
      return <rect class="map-free" {...inner} rx="3" />;
    default:
      return <rect fill={`url(#${patterns}-${tile.kind})`} {...inner} rx="3" />;
  }
}

interface LabelProps {
  readonly kind: Tile['kind'];
  readonly lines: readonly string[];
  readonly outer: Rectangle;
}

/** Text in a drawing of its own, which cuts off what is too long. */
function TileLabel({ kind, lines, outer }: LabelProps) {
  const [first, second] = lines;
  if (first === undefined) return null;
  const { width, height } = outer;
  const middle = height / 2;
  return (
    <svg
      class={`map-label map-label-${kind}`}
      {...outer}
      width={width - 3}
      aria-hidden="true"
      focusable="false"
    >
      <text class="map-name" x="6" y={second === undefined ? middle + 4 : middle - 2}>
        {first}
      </text>{' '}
      {second !== undefined && (
        <text x="6" y={middle + 12}>
          {second}
        </text>
      )}
    </svg>
  );
}

/** What lies in a mixed tile, small: enough to see how full it is, and where. */
function MiniMap({ space, tile, outer, patterns }: BodyProps) {
  const map = addressMapOf(space, tile.prefix, 2, 2);
  const border = 2;
  const cellWidth = (outer.width - 2 * border) / map.columns;
  const rowHeight = (outer.height - 2 * border) / map.rows;
  return (
    // biome-ignore lint/a11y/noAriaHiddenOnFocusable: a group of a drawing takes no focus
    <g aria-hidden="true">
      {map.tiles.map((each) => {
        const rectangle = rectangleOf(each, {
          ...{ width: outer.width, height: outer.height },
          ...{ left: outer.x + border, top: outer.y + border, cellWidth, rowHeight },
        });
        const { kind, prefix } = each;
        // What is finer still is hinted at by a speck in the middle.
        const margin = kind === 'mixed' ? Math.min(rectangle.width, rectangle.height) / 3.2 : 0.5;
        const shown = {
          x: rectangle.x + margin,
          y: rectangle.y + margin,
          width: rectangle.width - 2 * margin,
          height: rectangle.height - 2 * margin,
        };
        if (kind === 'free') return null;
        return kind === 'allocated' || kind === 'mixed' ? (
          <rect key={prefix.start} class="fill-allocated" {...shown} />
        ) : (
          <rect key={prefix.start} fill={`url(#${patterns}-${kind})`} {...shown} />
        );
      })}
    </g>
  );
}
