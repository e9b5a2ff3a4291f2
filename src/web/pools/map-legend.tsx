import { useId } from 'preact/hooks';
import { MapPatterns } from './map-patterns.tsx';
import { kindWords } from './tile-words.ts';

export type LegendKind = 'allocated' | 'reserved' | 'free' | 'mixed' | 'unknown';

const box = { x: 0.75, y: 0.75, width: 16.5, height: 12.5, rx: 2.5 };

/** How a kind of addresses is drawn. */
export function Swatch({ kind }: { kind: LegendKind }) {
  const patterns = useId();
  return (
    <svg class="swatch" width="18" height="14" aria-hidden="true" focusable="false">
      {kind === 'free' && <rect class="fill-free" {...box} />}
      {kind === 'free' && <rect class="map-free" {...box} />}
      {kind === 'allocated' && <rect class="fill-allocated" {...box} />}
      {kind === 'mixed' && <rect class="map-mixed" {...box} />}
      {kind === 'mixed' && <rect class="fill-allocated" x="4" y="4" width="5" height="3.5" />}
      {(kind === 'reserved' || kind === 'unknown') && (
        <>
          <MapPatterns id={patterns} />
          <rect fill={`url(#${patterns}-${kind})`} {...box} />
        </>
      )}
    </svg>
  );
}

/** What the colours and patterns of a map mean. */
export function MapLegend({ kinds }: { kinds: readonly LegendKind[] }) {
  return (
    <ul class="map-legend">
      {kinds.map((kind) => (
        <li key={kind}>
          <Swatch kind={kind} />
          {kindWords[kind]}
        </li>
      ))}
    </ul>
  );
}
