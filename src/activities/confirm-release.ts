import { vendingError } from '../model/errors.ts';
import { failure, success } from '../model/outcome.ts';
import { ownershipTag } from '../model/plan.ts';
import { isWithin } from '../model/resource-ids.ts';
import { hasCreated, isOwnedBy } from './ownership.ts';
import { type Activity, note, planOf } from './step.ts';

/** Looks whether nothing of this request is left: no VNet of ours, and no association in any pool. */
export const confirmRelease: Activity<'confirmRelease'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const { target, allocations } = (await planOf(dependencies, input.requestId)).deployment;
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (found.value) {
    if (await isOwnedBy(ledger, input.requestId, found.value)) return success({ done: false });
    // Ours without its tag, or another one in its place: only a person can tell (rules 4 and 5).
    if (await hasCreated(ledger, input.requestId)) {
      return failure(
        vendingError(
          'VirtualNetworkExists',
          `the VNet '${target.virtualNetwork}' in '${target.resourceGroup}' no longer carries the tag ${ownershipTag} of this request, so it was not deleted`,
          { kind: 'operator' },
        ),
      );
    }
    // Somebody else's VNet of this name may hold an association of its own.
    return success({ done: true, value: null });
  }
  for (const { poolId, poolAlias } of allocations) {
    const associations = await azure.listPoolAssociations(poolId);
    if (!associations.ok) return associations;
    if (
      associations.value.some(({ resourceId }) => isWithin(resourceId, target.virtualNetworkId))
    ) {
      await note(dependencies, input, 'waiting', `The pool ${poolAlias} still lists the VNet.`);
      return success({ done: false });
    }
  }
  await note(dependencies, input, 'succeeded', 'The pool has its space back.');
  return success({ done: true, value: null });
};
