import { CopyButton } from '../components/copy-button.tsx';
import type { Tile } from './address-map.ts';
import { Swatch } from './map-legend.tsx';
import { addressCountOf, lastAddressOf } from './prefix.ts';
import { countKinds, holderKind, kindWords } from './tile-words.ts';
import { writeCount, writeShare } from './write-count.ts';
import { writeAddress, writePrefix } from './write-prefix.ts';

/** What is under the pointer, has the focus or was chosen; hints while nothing is. */
export function MapDetails({ tile }: { tile: Tile | undefined }) {
  return (
    <div class="map-details">{tile === undefined ? <Hints /> : <TileDetails tile={tile} />}</div>
  );
}

function Hints() {
  return (
    <p class="muted small">
      Point at a block to see who holds it; click a partly used block to look into it, or the prefix
      of a row.{' '}
      <span class="keyboard-hint">
        With the keyboard: arrow keys move, <kbd>Enter</kbd> looks into a block, <kbd>+</kbd> into
        its row, <kbd>-</kbd> goes back out.
      </span>
    </p>
  );
}

function TileDetails({ tile }: { tile: Tile }) {
  const { prefix, kind, pieces } = tile;
  const text = writePrefix(prefix);
  const last = writeAddress(prefix.family, lastAddressOf(prefix));
  return (
    <>
      <div>
        <Swatch kind={kind} /> <strong class="mono">{text}</strong>
        <CopyButton text={text} label="prefix" />
        <div class="small muted">
          {kindWords[kind]}, {writeCount(prefix.family, addressCountOf(prefix))} up to{' '}
          <span class="mono">{last}</span>
        </div>
      </div>
      {kind === 'mixed' && <MixedDetails tile={tile} />}
      {kind !== 'mixed' && <HolderDetails piece={pieces[0]} />}
    </>
  );
}

function MixedDetails({ tile }: { tile: Tile }) {
  const total = addressCountOf(tile.prefix);
  return (
    <ul class="plain-list small">
      {countKinds(tile.pieces).map(({ kind, blocks, addresses }) => (
        <li key={kind}>
          <Swatch kind={kind} /> {blocks} {kindWords[kind].toLowerCase()},{' '}
          {writeShare(addresses, total)}
        </li>
      ))}
    </ul>
  );
}

function HolderDetails({ piece }: { piece: Tile['pieces'][number] | undefined }) {
  const holder = piece?.holder;
  if (holder === undefined) {
    return piece?.kind === 'allocated' ? (
      <p class="muted small">Who holds it is not for you to see.</p>
    ) : null;
  }
  const { name, tenant, requestId, resourceId } = holder;
  return (
    <div>
      <strong>
        <bdi>{name}</bdi>
      </strong>
      <CopyButton text={resourceId} label="resource id" />
      <div class="small muted">
        {holderKind(resourceId)}
        {tenant !== undefined && (
          <>
            Tenant <bdi>{tenant}</bdi>
          </>
        )}
        {tenant !== undefined && requestId !== undefined && ' · '}
        {requestId !== undefined && (
          <>
            Request <a href={`/requests/${encodeURIComponent(requestId)}`}>{requestId}</a>
          </>
        )}
      </div>
    </div>
  );
}
