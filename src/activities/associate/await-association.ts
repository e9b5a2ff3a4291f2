import { failure, success } from '../../model/outcome.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { type Activity, associationOf, changeOf, isCancelled, note } from '../step.ts';
import { lookAtAssociation } from './look-at-association.ts';
import { virtualNetworkChanged } from './update-virtual-network.ts';

/**
 * Steps 7 and 8 of `associate`: one look at both sides. Done when VNet and pools agree on exactly the
 * prefixes that were planned.
 */
export const awaitAssociation: Activity<'awaitAssociation'> = async (input, dependencies) => {
  const { azure } = dependencies;
  const association = associationOf(await changeOf(dependencies, input.requestId));
  const { target, resourceGuid, allocations } = association;
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  const view = found.value;
  if (!view) return failure(virtualNetworkChanged(target, 'was associated, but is gone'));
  if (!isSameId(view.resourceGuid, resourceGuid)) {
    return failure(
      virtualNetworkChanged(target, 'is another one than the one that was associated'),
    );
  }
  const looked = await lookAtAssociation(azure, association, view);
  if (!looked.ok && looked.error.code !== 'AllocationNotConfirmed') return looked;
  // A cancellation that was accepted before the end counts, however far the request got.
  const cancelRequested = await isCancelled(dependencies, input.requestId);
  if (!looked.ok) {
    await note(dependencies, input, 'waiting', looked.error.message);
    return success({ done: false, cancelRequested, waitsFor: looked.error.message });
  }
  if (cancelRequested) return success({ done: false, cancelRequested });
  const prefixes = allocations.flatMap((allocation) => allocation.prefixes);
  await note(
    dependencies,
    input,
    'succeeded',
    `VNet and ${allocations.length === 1 ? 'pool' : 'pools'} agree on ${prefixes.join(', ')}.`,
  );
  return success({ done: true, value: looked.value });
};
