import { vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import { verifyAllocation } from '../../model/verify-allocation.ts';
import { observePools } from '../associate/observe-pools.ts';
import { type Activity, changeOf, deploymentOf, isCancelled, note } from '../step.ts';
import { creationOf, isOwnedBy, recordCreation } from './ownership.ts';

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
  // From here on it may be told from another one in its place.
  if ((await creationOf(ledger, input.requestId))?.resourceGuid === undefined) {
    await recordCreation(ledger, input.requestId, { resourceGuid: found.value.resourceGuid });
  }
  const pools = await observePools(azure, allocations);
  if (!pools.ok) return pools;
  const verified = verifyAllocation(deployment, {
    virtualNetwork: found.value,
    pools: pools.value,
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
      `VNet and ${allocations.length === 1 ? 'pool' : 'pools'} agree on ${prefixes.join(', ')}.`,
    );
    return success({ done: true, value: verified.value });
  }
  if (verified.error.code !== 'AllocationNotConfirmed') return verified;
  await note(dependencies, input, 'waiting', verified.error.message);
  return success({
    done: false,
    waitsFor: verified.error.message,
    cancelRequested: await isCancelled(dependencies, input.requestId),
  });
};
