import type { Azure } from '../../azure/azure.ts';
import { type Outcome, success } from '../../model/outcome.ts';
import type { PlannedAllocation } from '../../model/plan.ts';
import type { ObservedAllocation } from '../../model/verify-allocation.ts';

/** What each pool shows now; the first one that cannot be looked at is the error. */
export async function observePools(
  azure: Azure,
  pools: readonly Pick<PlannedAllocation, 'poolId'>[],
): Promise<Outcome<ObservedAllocation['pools']>> {
  const observed = await Promise.all(pools.map(({ poolId }) => observePool(azure, poolId)));
  const failed = observed.find((pool) => !pool.ok);
  if (failed && !failed.ok) return failed;
  return success(observed.flatMap((pool) => (pool.ok ? [pool.value] : [])));
}

async function observePool(
  azure: Azure,
  poolId: string,
): Promise<Outcome<ObservedAllocation['pools'][number]>> {
  const usage = await azure.getPoolUsage(poolId);
  if (!usage.ok) return usage;
  const associations = await azure.listPoolAssociations(poolId);
  if (!associations.ok) return associations;
  return success({
    poolId,
    addressPrefixes: usage.value.addressPrefixes,
    associations: associations.value,
  });
}
