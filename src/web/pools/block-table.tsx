import { useState } from 'preact/hooks';
import { Button } from '../components/button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { type Column, Table } from '../components/table.tsx';
import type { AddressSpace, Piece } from './address-space.ts';
import { Swatch } from './map-legend.tsx';
import { mapHref } from './map-query.ts';
import { addressCountOf } from './prefix.ts';
import { holderKind, kindWords } from './tile-words.ts';
import { windowAround } from './window-path.ts';
import { writeCount } from './write-count.ts';
import { writePrefix } from './write-prefix.ts';

const first = 10;
const step = 50;

const columnsFor = (space: AddressSpace, query: URLSearchParams): Column<Piece>[] => [
  {
    key: 'prefix',
    title: 'Prefix',
    heading: true,
    cell: ({ prefix }) => (
      <a class="mono" href={mapHref(query, windowAround(space, prefix), prefix)}>
        {writePrefix(prefix)}
        <span class="visually-hidden"> on the map</span>
      </a>
    ),
  },
  {
    key: 'kind',
    title: 'Kind',
    cell: ({ kind }) => (
      <span class="nowrap">
        <Swatch kind={kind} /> {kindWords[kind]}
      </span>
    ),
  },
  {
    key: 'holder',
    title: 'Holder',
    cell: ({ holder, kind }) =>
      holder === undefined ? (
        <span class="muted">{kind === 'allocated' ? 'not for you to see' : '–'}</span>
      ) : (
        <span title={holder.resourceId}>
          <bdi>{holder.name}</bdi>
          {holderKind(holder.resourceId) !== undefined && (
            <span class="muted"> {holderKind(holder.resourceId)}</span>
          )}
          {holder.tenant !== undefined && (
            <span class="muted">
              {' '}
              of <bdi>{holder.tenant}</bdi>
            </span>
          )}
        </span>
      ),
  },
  {
    key: 'request',
    title: 'Request',
    cell: ({ holder }) =>
      holder?.requestId === undefined ? (
        <span class="muted">–</span>
      ) : (
        <a href={`/requests/${encodeURIComponent(holder.requestId)}`}>{holder.requestId}</a>
      ),
  },
  {
    key: 'size',
    title: 'Size',
    align: 'end',
    cell: ({ prefix }) => writeCount(prefix.family, addressCountOf(prefix)),
  },
];

interface Props {
  readonly space: AddressSpace;
  readonly query: URLSearchParams;
  readonly pieces: readonly Piece[];
  readonly caption: string;
}

/** The map in words: every block with its holder. */
export function BlockTable({ space, query, pieces, caption }: Props) {
  const [shown, setShown] = useState(first);
  if (pieces.length === 0) {
    return <EmptyState icon="pool" title="No block fits" />;
  }
  return (
    <>
      <div class="table-frame">
        <Table
          caption={caption}
          columns={columnsFor(space, query)}
          rows={pieces.slice(0, shown)}
          keyOf={({ prefix }) => writePrefix(prefix)}
        />
      </div>
      {shown < pieces.length && (
        <p class="table-more">
          <span class="muted small">
            {shown} of {pieces.length} blocks
          </span>
          <Button onClick={() => setShown(shown + step)}>Show more</Button>
        </p>
      )}
    </>
  );
}
