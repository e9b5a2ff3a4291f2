import { useId, useMemo } from 'preact/hooks';
import { useWidth } from '../hooks/use-width.ts';
import { type AddressMap, addressMapOf, type Tile } from './address-map.ts';
import type { AddressSpace, Piece } from './address-space.ts';
import { columnBitsFor, type MapGeometry, mapGeometry } from './map-geometry.ts';
import { MapGround } from './map-ground.tsx';
import { MapPatterns } from './map-patterns.tsx';
import { MapRings } from './map-rings.tsx';
import { MapRowHeader } from './map-row-header.tsx';
import { MapTile } from './map-tile.tsx';
import { moveInMap } from './move-in-map.ts';
import { contains, type Prefix } from './prefix.ts';
import { useRovingFocus } from './use-roving-focus.ts';
import { rowPrefixes } from './window-path.ts';
import { writePrefix } from './write-prefix.ts';

interface Props {
  readonly space: AddressSpace;
  readonly window: Prefix;
  readonly selected: Prefix | undefined;
  /** What was looked for and found; undefined when nothing is looked for. */
  readonly found: ReadonlySet<Piece> | undefined;
  readonly label: string;
  readonly describedBy: string;
  readonly onZoom: (window: Prefix) => void;
  readonly onZoomOut: () => void;
  readonly onSelect: (prefix: Prefix) => void;
  /** The tile under the pointer, or with the focus. */
  readonly onPoint: (tile: Tile | undefined) => void;
}

const indexOf = (event: Event): number => {
  const element = event.target instanceof Element ? event.target.closest('[data-tile]') : null;
  return Number(element?.getAttribute('data-tile') ?? -1);
};

/**
 * The address map of a window: a grid in the sense of ARIA, so that arrow keys go through it and it is
 * one stop of the tab key.
 */
export function MapDrawing(props: Props) {
  const { space, window: shown, selected, onZoom, onZoomOut, onSelect, onPoint } = props;
  const [frame, width] = useWidth<HTMLDivElement>(960);
  const columnBits = columnBitsFor(width);
  const map = useMemo(
    () => addressMapOf(space, shown, columnBits),
    [space, writePrefix(shown), columnBits],
  );
  const geometry = useMemo(() => mapGeometry(map, width), [map, width]);
  const focus = useRovingFocus(map, () => frame.current, selected);

  const zoomTo = (prefix: Prefix): void => {
    focus.keepFocus();
    onZoom(prefix);
  };
  const activate = (index: number): void => {
    const tile = map.tiles[index];
    if (tile?.kind === 'mixed') zoomTo(tile.prefix);
    else if (tile !== undefined) onSelect(tile.prefix);
  };
  const actions: Readonly<Record<string, (index: number) => void>> = {
    Enter: activate,
    ' ': activate,
    '+': (index) => {
      const row = rowPrefixes(map)[map.tiles[index]?.row ?? 0];
      if (row !== undefined && canZoomTo(map, row)) zoomTo(row);
    },
    '-': () => {
      focus.keepFocus();
      onZoomOut();
    },
  };
  const onKeyDown = (event: KeyboardEvent): void => {
    const index = indexOf(event);
    if (index < 0 || event.altKey || event.metaKey) return;
    const next = moveInMap(map, index, event.key, event.ctrlKey);
    const action = event.ctrlKey ? undefined : actions[event.key === 'Escape' ? '-' : event.key];
    if (next !== undefined) focus.focusTile(next);
    else if (action !== undefined) action(index);
    else return;
    event.preventDefault();
  };

  return (
    <div class="map-frame" ref={frame}>
      {/* biome-ignore-start lint/a11y/useSemanticElements: a drawing is no table */}
      {/* biome-ignore-start lint/a11y/noNoninteractiveElementToInteractiveRole: but it is a grid */}
      {/* biome-ignore-start lint/a11y/useKeyWithMouseEvents: onFocusIn does it */}
      <svg
        class="map"
        role="grid"
        aria-label={props.label}
        aria-describedby={props.describedBy}
        width={geometry.width}
        height={geometry.height}
        viewBox={`0 0 ${geometry.width} ${geometry.height}`}
        onClick={(event) => activate(indexOf(event))}
        onMouseOver={(event) => onPoint(map.tiles[indexOf(event)])}
        onMouseLeave={() => onPoint(undefined)}
        onFocusIn={(event) => {
          focus.onFocusIn(indexOf(event));
          onPoint(map.tiles[indexOf(event)]);
        }}
        onFocusOut={() => {
          focus.onFocusOut();
          onPoint(undefined);
        }}
        onKeyDown={onKeyDown}
      >
        <MapRows
          map={map}
          geometry={geometry}
          drawing={props}
          active={focus.active}
          onZoom={zoomTo}
        />
        <MapRings
          map={map}
          geometry={geometry}
          focused={focus.isFocusSeen ? focus.active : -1}
          selected={map.tiles.findIndex(({ prefix }) => isAt(prefix, selected))}
        />
      </svg>
      {/* biome-ignore-end lint/a11y/useKeyWithMouseEvents: onFocusIn does it */}
      {/* biome-ignore-end lint/a11y/noNoninteractiveElementToInteractiveRole: but it is a grid */}
      {/* biome-ignore-end lint/a11y/useSemanticElements: a drawing is no table */}
    </div>
  );
}

const isAt = (prefix: Prefix, selected: Prefix | undefined): boolean =>
  selected !== undefined && contains(prefix, selected);

/** A row that lies in one tile shows nothing more from near; nor is the only row another window. */
const canZoomTo = ({ rows, tiles }: AddressMap, row: Prefix): boolean =>
  rows > 1 && !tiles.some(({ prefix }) => contains(prefix, row));

interface RowsProps {
  readonly map: AddressMap;
  readonly geometry: MapGeometry;
  readonly drawing: Pick<Props, 'space' | 'selected' | 'found'>;
  readonly active: number;
  readonly onZoom: (row: Prefix) => void;
}

function MapRows({ map, geometry, drawing, active, onZoom }: RowsProps) {
  const { space, selected, found } = drawing;
  const patterns = useId();
  return (
    <>
      <MapPatterns id={patterns} />
      <MapGround map={map} geometry={geometry} />
      {rowPrefixes(map).map((row, index) => (
        // biome-ignore lint/a11y/useSemanticElements: a drawing has no table rows
        <g key={writePrefix(row)} role="row">
          <MapRowHeader
            prefix={row}
            index={index}
            geometry={geometry}
            onZoom={canZoomTo(map, row) ? () => onZoom(row) : undefined}
          />
          {map.tiles.map((tile, at) =>
            tile.row === index ? (
              <MapTile
                key={writePrefix(tile.prefix)}
                space={space}
                tile={tile}
                index={at}
                geometry={geometry}
                patterns={patterns}
                isActive={at === active}
                isSelected={isAt(tile.prefix, selected)}
                isDimmed={found !== undefined && !tile.pieces.some((piece) => found.has(piece))}
              />
            ) : null,
          )}
        </g>
      ))}
    </>
  );
}
