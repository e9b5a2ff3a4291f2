import type { VirtualNetworkReading, VirtualNetworkView } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import type { Removal } from '../../model/plan.ts';
import { isPrefix } from '../../model/prefixes.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { isSameSpace } from '../../model/verify-allocation.ts';
import { dropAllocations, droppedAllocations } from '../../model/virtual-network-document.ts';
import {
  requireSettled,
  sendUpdate,
  sentUpdate,
  virtualNetworkChanged,
} from '../associate/update-virtual-network.ts';
import { type Activity, isCancelled, note } from '../step.ts';
import { removalUnderWay, replaced } from './removal-under-way.ts';

/** Step of the ledger's step state that keeps what was dropped, for the compensation. */
export const disassociateStep = 'disassociate';

/**
 * `remove` in mode `disassociate`: the one PUT that keeps the prefixes and drops the allocations of the VNet
 * and all its subnets. Reads before it writes; what is dropped is kept before, so that it can be put back.
 */
export const disassociateVirtualNetwork: Activity<'disassociateVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { requestId } = input;
  const underWay = await removalUnderWay(dependencies, input);
  if (!underWay.ok) return underWay;
  const removal = underWay.value;
  if (await isCancelled(dependencies, requestId)) {
    return failure(
      vendingError('Cancelled', 'The request was cancelled before the association was dropped.'),
    );
  }
  const { target } = removal;
  const read = await dependencies.azure.readVirtualNetwork(target);
  if (!read.ok) return read;
  const changed = whyChanged(removal, read.value?.view ?? null);
  if (changed) return failure(changed);
  const reading = read.value as VirtualNetworkReading;
  const dropped = droppedAllocations(reading.document);
  if (dropped.virtualNetwork.length === 0 && dropped.subnets.length === 0) {
    // An earlier run did it, or somebody else.
    if (!(await sentUpdate(dependencies.ledger, requestId, disassociateStep))) {
      const message = 'The VNet has no association any more; there is nothing to drop.';
      await note(dependencies, input, 'information', message);
    }
    return success({});
  }
  const unsettled = requireSettled(reading);
  if (unsettled) return failure(unsettled);
  const sent = await sendUpdate(dependencies, {
    requestId,
    step: disassociateStep,
    target,
    view: reading.view,
    document: dropAllocations(reading.document),
    memory: { dropped: JSON.stringify(dropped) },
  });
  if (sent.ok) {
    const message = `Azure accepted to drop the association of ${target.virtualNetwork}.`;
    await note(dependencies, input, 'succeeded', message);
  }
  return sent;
};

/** The VNet must be the one that was planned for, with no other allocations than those that were. */
function whyChanged(removal: Removal, view: VirtualNetworkView | null): VendingError | undefined {
  const { target, resourceGuid, allocations } = removal;
  if (!view) return virtualNetworkChanged(target, 'is gone since it was planned for');
  if (resourceGuid === undefined || !isSameId(view.resourceGuid, resourceGuid)) {
    return replaced(removal);
  }
  const other = view.allocations.find((own) => {
    const planned = allocations.find(({ poolId }) => isSameId(poolId, own.poolId));
    return !planned || !isSameSpace(own.prefixes.filter(isPrefix), planned.prefixes);
  });
  return (
    other &&
    virtualNetworkChanged(
      target,
      `has ${other.prefixes.join(', ') || 'an allocation'} of ${other.poolId} now, which was not planned for`,
    )
  );
}
