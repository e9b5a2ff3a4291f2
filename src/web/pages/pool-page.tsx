import { useMemo } from 'preact/hooks';
import type { PoolDetail } from '../../model/api/pool-views.ts';
import { getJson } from '../api/client.ts';
import { Notice } from '../components/notice.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { calmPoll } from '../hooks/poll-plan.ts';
import { useResource } from '../hooks/use-resource.ts';
import { readAddressSpace } from '../pools/address-space.ts';
import { BlocksCard } from '../pools/blocks-card.tsx';
import { FindField } from '../pools/find-field.tsx';
import { findPieces } from '../pools/find-pieces.ts';
import { MapCard } from '../pools/map-card.tsx';
import { readMapQuery } from '../pools/map-query.ts';
import { OverviewCard } from '../pools/overview-card.tsx';
import { UsageCard } from '../pools/usage-card.tsx';
import { windowOf } from '../pools/window-path.ts';
import type { PageProps } from '../shell/router.ts';
import { hasRole, useMe } from '../shell/session.ts';

/** One pool: how full it is, who holds what, and how that changed. */
export function PoolPage({ params, query }: PageProps) {
  const alias = params['alias'] ?? '';
  const me = useMe();
  const pool = useResource<PoolDetail>(
    alias,
    (signal) => getJson(`/api/pools/${encodeURIComponent(alias)}`, signal),
    { poll: calmPoll },
  );
  const mayAsk = hasRole(me, 'Vnet.Request', 'Vnet.Operate');
  return (
    <>
      <PageHeader
        title={alias}
        parent={{ href: '/pools', label: 'Pools' }}
        lead={pool.data === undefined ? undefined : leadOf(pool.data)}
        actions={
          mayAsk && (
            <a class="button button-primary" href={`/new?pool=${encodeURIComponent(alias)}`}>
              Ask for a VNet
            </a>
          )
        }
      />
      <ResourceView resource={pool} label={`Reading the pool ${alias}`}>
        {(data) => <PoolView pool={data} query={query} />}
      </ResourceView>
    </>
  );
}

const leadOf = ({ family, location, addressPrefixes }: PoolDetail) => (
  <>
    {family} pool of {location}: <span class="mono">{addressPrefixes.join(', ')}</span>
  </>
);

function PoolView({ pool, query }: { pool: PoolDetail; query: URLSearchParams }) {
  const { addressPrefixes, blocks, error } = pool;
  const space = useMemo(() => readAddressSpace(addressPrefixes, blocks), [addressPrefixes, blocks]);
  const { at, block, find } = readMapQuery(query);
  const found = useMemo(
    () => (find.trim() === '' ? undefined : new Set(findPieces(space.pieces, find))),
    [space, find],
  );
  const shown = windowOf(space, at, block);
  return (
    <>
      {error !== undefined && (
        <Notice tone="warning" title="The pool could not be read as a whole" role="status">
          <p>{error.message}</p>
          <p>
            <strong>What to do:</strong> {error.remedy}
          </p>
        </Notice>
      )}
      <OverviewCard pool={pool} space={space} query={query} />
      {shown !== undefined && blocks.length > 0 && (
        <>
          <FindField find={find} matches={found?.size} />
          <MapCard alias={pool.alias} space={space} window={shown} query={query} found={found} />
          <BlocksCard space={space} window={shown} query={query} found={found} />
        </>
      )}
      <UsageCard family={pool.family} samples={pool.usage} />
    </>
  );
}
