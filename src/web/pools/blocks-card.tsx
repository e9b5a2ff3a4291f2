import { Card } from '../components/card.tsx';
import { replaceQuery } from '../shell/router.ts';
import { piecesIn } from './address-map.ts';
import type { AddressSpace, Piece } from './address-space.ts';
import { BlockTable } from './block-table.tsx';
import { readMapQuery, type TableFilter, tableFilters } from './map-query.ts';
import type { Prefix } from './prefix.ts';
import { writePrefix } from './write-prefix.ts';

const filterWords: Readonly<Record<TableFilter, string>> = {
  used: 'In use',
  free: 'Free',
  all: 'All blocks',
};

const fits = ({ kind }: Piece, filter: TableFilter): boolean =>
  filter === 'all' || (filter === 'free') === (kind === 'free');

interface Props {
  readonly space: AddressSpace;
  readonly window: Prefix;
  readonly query: URLSearchParams;
  readonly found: ReadonlySet<Piece> | undefined;
}

/** The blocks of the window as a table, or of the whole pool while one looks for something. */
export function BlocksCard({ space, window, query, found }: Props) {
  const { show, find } = readMapQuery(query);
  const pieces =
    found === undefined ? piecesIn(space, window).filter((piece) => fits(piece, show)) : [...found];
  const title =
    found === undefined ? `Blocks in ${writePrefix(window)}` : `Blocks that match “${find.trim()}”`;
  return (
    <Card
      title={title}
      beside={
        <span class="muted small" role="status">
          {pieces.length} {pieces.length === 1 ? 'block' : 'blocks'}
        </span>
      }
    >
      {found === undefined && (
        <label class="inline-field">
          Show
          <select
            value={show}
            onChange={(event) => replaceQuery({ show: event.currentTarget.value })}
          >
            {tableFilters.map((filter) => (
              <option key={filter} value={filter}>
                {filterWords[filter]}
              </option>
            ))}
          </select>
        </label>
      )}
      <BlockTable key={title} space={space} query={query} pieces={pieces} caption={title} />
    </Card>
  );
}
