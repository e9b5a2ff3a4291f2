import type { VirtualNetworkView } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import { ownershipTag, type PlannedChange } from '../../model/plan.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import { type Activity, changeOf, note } from '../step.ts';
import { creationOf, isOwnedBy, mayHaveCreated } from './ownership.ts';

/** Looks whether nothing of this request is left: no VNet of ours, and no association in any pool. */
export const confirmRelease: Activity<'confirmRelease'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const { target, allocations } = await changeOf(dependencies, input.requestId);
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (found.value) {
    if (await isOwnedBy(ledger, input.requestId, found.value)) return success({ done: false });
    // Ours without its tag: nobody but a person may delete it (rules 4 and 5).
    if (await isPerhapsOurs(ledger, input.requestId, found.value, allocations)) {
      return failure(
        vendingError(
          'VirtualNetworkExists',
          `the VNet '${target.virtualNetwork}' in '${target.resourceGroup}' does not carry the tag ${ownershipTag} of this request, so it was not deleted`,
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
      const waitsFor = `The pool ${poolAlias} still lists the VNet.`;
      await note(dependencies, input, 'waiting', waitsFor);
      return success({ done: false, waitsFor });
    }
  }
  await note(dependencies, input, 'succeeded', 'The pool has its space back.');
  return success({ done: true, value: null });
};

/**
 * With another guid than the known one it is another VNet. Where no PUT was answered, the guid is not
 * known: then a VNet with allocations of our pools may be what the PUT made.
 */
async function isPerhapsOurs(
  ledger: Ledger,
  requestId: string,
  { resourceGuid, allocations: shown }: VirtualNetworkView,
  planned: PlannedChange['allocations'],
): Promise<boolean> {
  const created = await creationOf(ledger, requestId);
  if (created) return isSameId(created.resourceGuid ?? resourceGuid, resourceGuid);
  const isAllocated = planned.every(({ poolId }) =>
    shown.some((own) => isSameId(own.poolId, poolId)),
  );
  return isAllocated && (await mayHaveCreated(ledger, requestId));
}
