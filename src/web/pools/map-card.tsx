import { useId, useMemo, useState } from 'preact/hooks';
import { Card } from '../components/card.tsx';
import { announce } from '../shell/announce.ts';
import { navigate, replaceQuery } from '../shell/router.ts';
import { addressMapOf, piecesIn, type Tile } from './address-map.ts';
import type { AddressSpace, Piece } from './address-space.ts';
import { MapDetails } from './map-details.tsx';
import { MapDrawing } from './map-drawing.tsx';
import { type LegendKind, MapLegend } from './map-legend.tsx';
import { MapPath } from './map-path.tsx';
import { mapHref, readMapQuery } from './map-query.ts';
import { contains, type Prefix } from './prefix.ts';
import { mixedWords } from './tile-words.ts';
import { pathTo, usedWindowOf } from './window-path.ts';
import { writePrefix } from './write-prefix.ts';

interface Props {
  readonly alias: string;
  readonly space: AddressSpace;
  readonly window: Prefix;
  readonly query: URLSearchParams;
  readonly found: ReadonlySet<Piece> | undefined;
}

/** The address map with the way into it and out, and what one points at. */
export function MapCard({ alias, space, window: shown, query, found }: Props) {
  const summaryId = useId();
  const [pointed, setPointed] = useState<Tile>();
  const { block } = readMapQuery(query);
  const selected = block !== undefined && contains(shown, block) ? block : undefined;
  const pieces = useMemo(() => piecesIn(space, shown), [space, writePrefix(shown)]);
  const used = usedWindowOf(space, shown);

  const zoom = (to: Prefix): void => {
    setPointed(undefined);
    navigate(mapHref(query, to));
    announce(`Showing ${writePrefix(to)}: ${summaryOf(space, to)}`);
  };
  const zoomOut = (): void => {
    const outer = pathTo(space, shown).at(-2);
    if (outer !== undefined) zoom(outer);
  };
  const select = (prefix: Prefix): void =>
    replaceQuery({ at: writePrefix(shown), block: writePrefix(prefix) });

  return (
    <Card title="Address map" class="map-card" beside={<MapLegend kinds={legendOf(pieces)} />}>
      <div class="map-head">
        <MapPath space={space} window={shown} hrefOf={(window) => mapHref(query, window)} />
        <p id={summaryId} class="small muted">
          {summaryOf(space, shown)}
        </p>
        {used !== undefined && (
          <a class="button small" href={mapHref(query, used)}>
            Zoom to what is used
          </a>
        )}
      </div>
      <MapDetails tile={pointed ?? chosenTile(space, selected)} />
      <MapDrawing
        space={space}
        window={shown}
        selected={selected}
        found={found}
        label={`Address map of ${alias}, ${writePrefix(shown)}`}
        describedBy={summaryId}
        onZoom={zoom}
        onZoomOut={zoomOut}
        onSelect={select}
        onPoint={setPointed}
      />
    </Card>
  );
}

const summaryOf = (space: AddressSpace, window: Prefix): string => {
  const words = mixedWords({ prefix: window, pieces: piecesIn(space, window) });
  return words === '' ? 'Nothing is known about it.' : `${words}.`;
};

/** The chosen block as a tile of its own. */
const chosenTile = (space: AddressSpace, selected: Prefix | undefined): Tile | undefined =>
  selected === undefined ? undefined : addressMapOf(space, selected, 0, 0).tiles[0];

function legendOf(pieces: readonly Piece[]): LegendKind[] {
  const isUnknown = pieces.some(({ kind }) => kind === 'unknown');
  return ['allocated', 'reserved', 'free', 'mixed', ...(isUnknown ? ['unknown' as const] : [])];
}
