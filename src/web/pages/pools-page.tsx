import type { PoolPage, PoolSummary } from '../../model/api/pool-views.ts';
import { getJson } from '../api/client.ts';
import { Badge } from '../components/badge.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { type Column, Table } from '../components/table.tsx';
import { calmPoll } from '../hooks/poll-plan.ts';
import { useResource } from '../hooks/use-resource.ts';
import { MapLegend } from '../pools/map-legend.tsx';
import { poolHref } from '../pools/map-query.ts';
import { poolUsageOf } from '../pools/pool-usage.ts';
import { UsageBar } from '../pools/usage-bar.tsx';
import { LevelBadge } from '../pools/usage-words.tsx';
import { writeCount, writeShare } from '../pools/write-count.ts';

/** Every pool and how full it is. */
export function PoolsPage() {
  const pools = useResource<PoolPage>('pools', (signal) => getJson('/api/pools', signal), {
    poll: calmPoll,
  });
  return (
    <>
      <PageHeader
        title="Pools"
        lead="Where VNets get their prefixes from. Open one to see who holds what."
      />
      <ResourceView resource={pools} label="Reading the pools">
        {({ pools: found }) => <PoolList pools={found} />}
      </ResourceView>
    </>
  );
}

function PoolList({ pools }: { pools: readonly PoolSummary[] }) {
  if (pools.length === 0) {
    return (
      <EmptyState icon="pool" title="The landscape has no pools">
        The network platform team adds pools to the landscape file of the service.
      </EmptyState>
    );
  }
  return (
    <>
      <MapLegend kinds={['allocated', 'reserved', 'free']} />
      <div class="table-frame pools-table">
        <Table caption="Pools" columns={columns} rows={pools} keyOf={({ alias }) => alias} />
      </div>
    </>
  );
}

const columns: readonly Column<PoolSummary>[] = [
  {
    key: 'alias',
    title: 'Pool',
    heading: true,
    cell: (pool) => (
      <>
        <a href={poolHref(pool.alias)}>
          <bdi>{pool.alias}</bdi>
        </a>
        <div class="muted small">
          {pool.location} · {pool.family}
        </div>
      </>
    ),
  },
  {
    key: 'prefixes',
    title: 'Prefixes',
    cell: ({ addressPrefixes }) => (
      <ul class="plain-list mono small">
        {addressPrefixes.map((prefix) => (
          <li key={prefix}>{prefix}</li>
        ))}
      </ul>
    ),
  },
  { key: 'usage', title: 'Usage', cell: (pool) => <UsageCell pool={pool} /> },
  {
    key: 'free',
    title: 'Free',
    align: 'end',
    cell: (pool) => {
      const usage = poolUsageOf(pool);
      return usage === undefined ? (
        <span class="muted">–</span>
      ) : (
        <span class="nowrap">{writeCount(pool.family, usage.free)}</span>
      );
    },
  },
];

function UsageCell({ pool }: { pool: PoolSummary }) {
  const usage = poolUsageOf(pool);
  if (usage === undefined) {
    return (
      <>
        <Badge tone="warning" icon="warning">
          Not readable
        </Badge>
        <div class="small muted">{pool.error?.message}</div>
      </>
    );
  }
  const { total, allocated, reserved } = usage;
  return (
    <div class="usage-cell">
      <UsageBar usage={usage} />
      <div class="usage-line small">
        <span>
          <strong>{writeShare(allocated, total)}</strong> allocated
          {reserved > 0n && `, ${writeShare(reserved, total)} reserved`}
          <span class="muted"> · {writeCount(pool.family, allocated)}</span>
        </span>
        <LevelBadge usage={usage} />
      </div>
    </div>
  );
}
