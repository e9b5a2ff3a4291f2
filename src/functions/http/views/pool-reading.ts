import type { PoolUsage } from '../../../azure/azure.ts';
import type { PoolBlock, PoolSummary } from '../../../model/api/pool-views.ts';
import type { LandscapePool } from '../../../model/landscape.ts';
import type { Outcome } from '../../../model/outcome.ts';
import { entriesOf } from '../../../model/pool-entries.ts';
import { mapPool } from '../../../model/pool-map.ts';
import type { ApiApp } from '../../app.ts';
import { errorView } from './error-view.ts';
import type { HolderOf } from './pool-holders.ts';

/** How full a pool is, or why that cannot be told. */
export const poolSummary = (
  { alias, id, location, family }: LandscapePool,
  usage: Outcome<PoolUsage>,
): PoolSummary => ({
  alias,
  id,
  location,
  family,
  ...(usage.ok
    ? {
        addressPrefixes: [...usage.value.addressPrefixes],
        totalIpAddresses: usage.value.totalNumberOfIpAddresses,
        allocatedIpAddresses: usage.value.numberOfAllocatedIpAddresses,
        availableIpAddresses: usage.value.numberOfAvailableIpAddresses,
      }
    : { addressPrefixes: [], error: errorView(usage.error) }),
});

/** A pool with its address map; without one when it cannot be read. */
export async function readPoolMap(
  { azure }: Pick<ApiApp, 'azure'>,
  pool: LandscapePool,
  holderOf: HolderOf,
): Promise<PoolSummary & { readonly blocks: PoolBlock[] }> {
  const [usage, associations, staticCidrs] = await Promise.all([
    azure.getPoolUsage(pool.id),
    azure.listPoolAssociations(pool.id),
    azure.listStaticCidrs(pool.id),
  ]);
  const summary = poolSummary(pool, usage);
  if (!usage.ok) return { ...summary, blocks: [] };
  if (!associations.ok) return { ...summary, error: errorView(associations.error), blocks: [] };
  const entries = entriesOf({
    usage: usage.value,
    associations: associations.value,
    // IPAM Pool User may not read them; the map then shows their space as allocated.
    ...(staticCidrs.ok ? { staticCidrs: staticCidrs.value } : {}),
  });
  const blocks = mapPool(usage.value.addressPrefixes, entries).map(({ prefix, kind, holder }) => {
    const shown = holder === undefined ? undefined : holderOf(holder);
    return { prefix, kind, ...(shown === undefined ? {} : { holder: shown }) };
  });
  return { ...summary, blocks };
}
