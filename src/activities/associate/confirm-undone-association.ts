import type { VirtualNetworkView } from '../../azure/azure.ts';
import { success } from '../../model/outcome.ts';
import type { Association } from '../../model/plan.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import { type Activity, associationOf, changeOf, note } from '../step.ts';
import { associateStep } from './associate-virtual-network.ts';
import { sentUpdate } from './update-virtual-network.ts';

/** Looks whether nothing of the association is left, in the VNet or in any pool. */
export const confirmUndoneAssociation: Activity<'confirmUndoneAssociation'> = async (
  input,
  dependencies,
) => {
  const { azure, ledger } = dependencies;
  const association = associationOf(await changeOf(dependencies, input.requestId));
  const { target, allocations } = association;
  const done = success({ done: true, value: null } as const);
  const waiting = async (waitsFor: string) => {
    await note(dependencies, input, 'waiting', waitsFor);
    return success({ done: false, waitsFor } as const);
  };
  // What the VNet has then is not of this request.
  if (!(await sentUpdate(ledger, input.requestId, associateStep))) return done;
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (found.value && !isSameId(found.value.resourceGuid, association.resourceGuid)) return done;
  if (found.value && hasAllocation(association, found.value)) {
    return await waiting('The VNet still shows the association.');
  }
  for (const { poolId, poolAlias } of allocations) {
    const listed = await azure.listPoolAssociations(poolId);
    if (!listed.ok) return listed;
    if (listed.value.some(({ resourceId }) => isWithin(resourceId, target.virtualNetworkId))) {
      return await waiting(`The pool ${poolAlias} still lists the VNet.`);
    }
  }
  await note(
    dependencies,
    input,
    'succeeded',
    'Neither side shows the association of this request any more.',
  );
  return done;
};

const hasAllocation = ({ allocations }: Association, view: VirtualNetworkView): boolean =>
  [view, ...view.subnets]
    .flatMap((holder) => holder.allocations)
    .some(({ poolId }) => allocations.some((planned) => isSameId(planned.poolId, poolId)));
