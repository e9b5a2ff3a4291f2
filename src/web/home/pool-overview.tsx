import type { PoolPage, PoolSummary } from '../../model/api/pool-views.ts';
import { getJson } from '../api/client.ts';
import { Card } from '../components/card.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { useResource } from '../hooks/use-resource.ts';
import { shareOf } from '../sizes.ts';

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
  const { alias, location, totalIpAddresses, allocatedIpAddresses } = pool;
  const share =
    totalIpAddresses === undefined || allocatedIpAddresses === undefined
      ? undefined
      : shareOf(BigInt(allocatedIpAddresses), BigInt(totalIpAddresses));
  return (
    <li class="line">
      <div class="line-main">
        <a class="strong" href={`/pools/${encodeURIComponent(alias)}`}>
          <bdi>{alias}</bdi>
        </a>{' '}
        <span class="muted small">{location}</span>
      </div>
      <div class="line-beside pool-share">
        {share === undefined ? (
          <span class="muted small">cannot be read</span>
        ) : (
          <>
            <svg viewBox="0 0 100 8" preserveAspectRatio="none" aria-hidden="true">
              <rect class="bar-free" width="100" height="8" />
              <rect
                class="bar-part"
                width={share === 0 ? 0 : Math.max(1, share * 100)}
                height="8"
              />
            </svg>
            <span class="muted small">{percent(share)} used</span>
          </>
        )}
      </div>
    </li>
  );
}

const percent = (share: number): string =>
  share > 0 && share < 0.001
    ? 'under 0.1%'
    : `${(share * 100).toFixed(share > 0 && share < 0.1 ? 1 : 0)}%`;
