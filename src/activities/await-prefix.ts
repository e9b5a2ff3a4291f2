import { vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { PlannedAllocation } from '../model/plan.ts';
import { type ObservedAllocation, verifyAllocation } from '../model/verify-allocation.ts';
import type { Dependencies } from './dependencies.ts';
import { isOwnedBy } from './ownership.ts';
import { type Activity, changeOf, deploymentOf, isCancelled, note } from './step.ts';

/**
 * Steps 7 and 8: one look at both sides. Done when the VNet shows its prefixes, the pools list the
 * VNet with the same ones, and they are what was asked for.
 */
export const awaitPrefix: Activity<'awaitPrefix'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const deployment = deploymentOf(await changeOf(dependencies, input.requestId));
  const { target, allocations } = deployment;
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (!found.value || !(await isOwnedBy(ledger, input.requestId, found.value))) {
    return failure(
      vendingError(
        'OperationFailed',
        `The VNet '${target.virtualNetwork}' was deployed, but ${found.value ? 'is no longer ours' : 'is gone'}.`,
        { cause: 'Somebody deleted, replaced or retagged it while the workflow ran.' },
      ),
    );
  }
  const pools = await Promise.all(allocations.map((entry) => observePool(dependencies, entry)));
  for (const pool of pools) {
    if (!pool.ok) return pool;
  }
  const verified = verifyAllocation(deployment, {
    virtualNetwork: found.value,
    pools: pools.flatMap((pool) => (pool.ok ? [pool.value] : [])),
  });
  if (verified.ok) {
    // A cancellation that was accepted before the end counts, however far the request got.
    if (await isCancelled(dependencies, input.requestId)) {
      return success({ done: false, cancelRequested: true });
    }
    const prefixes = verified.value.allocations.flatMap((allocation) => allocation.prefixes);
    await note(
      dependencies,
      input,
      'succeeded',
      `VNet and ${pools.length === 1 ? 'pool' : 'pools'} agree on ${prefixes.join(', ')}.`,
    );
    return success({ done: true, value: verified.value });
  }
  if (verified.error.code !== 'AllocationNotConfirmed') return verified;
  await note(dependencies, input, 'waiting', verified.error.message);
  return success({
    done: false,
    cancelRequested: await isCancelled(dependencies, input.requestId),
  });
};

async function observePool(
  { azure }: Dependencies,
  { poolId }: PlannedAllocation,
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
