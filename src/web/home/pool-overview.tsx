import type { PoolPage, PoolSummary } from '../../model/api/pool-views.ts';
import { getJson } from '../api/client.ts';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { useResource } from '../hooks/use-resource.ts';
import { poolHref } from '../pools/map-query.ts';
import { poolUsageOf } from '../pools/pool-usage.ts';
import { UsageBar } from '../pools/usage-bar.tsx';
import { LevelBadge } from '../pools/usage-words.tsx';
import { writeShare } from '../pools/write-count.ts';

/** How full the pools are. */
export function PoolOverview() {
  const pools = useResource('/api/pools', (signal) => getJson<PoolPage>('/api/pools', signal));
  return (
    <Card
      title="Pools"
      beside={
        <a class="small" href="/pools">
          All pools
        </a>
      }
    >
      <ResourceView resource={pools} label="Reading the pools">
        {(page) =>
          page.pools.length === 0 ? (
            <EmptyState icon="pool" title="The landscape has no pools" />
          ) : (
            <ul class="lines">
              {page.pools.map((pool) => (
                <PoolLine key={pool.alias} pool={pool} />
              ))}
            </ul>
          )
        }
      </ResourceView>
    </Card>
  );
}

function PoolLine({ pool }: { pool: PoolSummary }) {
  const { alias, location } = pool;
  const usage = poolUsageOf(pool);
  return (
    <li class="line">
      <div class="line-main">
        <a class="strong" href={poolHref(alias)}>
          <bdi>{alias}</bdi>
        </a>{' '}
        <span class="muted small">{location}</span>
      </div>
      <div class="line-beside pool-share">
        {usage === undefined ? (
          <span class="muted small">cannot be read</span>
        ) : (
          <>
            <UsageBar usage={usage} />
            <LevelBadge usage={usage} />{' '}
            <span class="muted small">{writeShare(usage.allocated, usage.total)} allocated</span>
          </>
        )}
      </div>
    </li>
  );
}
