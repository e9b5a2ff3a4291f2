import type { VirtualNetworkView } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import { ownershipTag, type PlannedChange, type VirtualNetworkTarget } from '../../model/plan.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import type { StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { findCreator } from '../planning/creator.ts';
import { type Activity, changeOf, note } from '../step.ts';
import { creationOf, effectOfPut, isOwnedBy, takesFromAll } from './ownership.ts';

/** Looks whether nothing of this request is left: no VNet of ours, and no association in any pool. */
export const confirmRelease: Activity<'confirmRelease'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const change = await changeOf(dependencies, input.requestId);
  const { target, allocations } = change;
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (found.value) {
    if (await isOwnedBy(ledger, input.requestId, found.value)) return success({ done: false });
    const claim = await claimOn(ledger, change, found.value);
    // Nobody but a person may delete what does not prove to be ours (rules 4 and 5).
    if (claim === 'ours') return failure(tagIsGone(target));
    if (claim === 'perhaps ours') {
      if (!(await isKept(dependencies, input, found.value))) return failure(perhapsOurs(target));
      const message = `The VNet '${target.virtualNetwork}' stays: it may be of this request, an operator was told so, and has resumed it.`;
      await note(dependencies, input, 'information', message);
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

/** What the request may have to do with a VNet that is not proven to be its own. */
async function claimOn(
  ledger: Ledger,
  { requestId, target, allocations }: PlannedChange,
  view: VirtualNetworkView,
): Promise<'ours' | 'perhaps ours' | 'none'> {
  const created = await creationOf(ledger, requestId);
  if (created?.resourceGuid !== undefined) {
    return isSameId(created.resourceGuid, view.resourceGuid) ? 'ours' : 'none';
  }
  // A VNet stays in its region for life, and in the ledger of the request that is known to have made it.
  if (!isSameId(view.location, target.location)) return 'none';
  if ((await findCreator(ledger, view)).createdBy !== undefined) return 'none';
  if (created !== undefined) return 'perhaps ours';
  switch (await effectOfPut(ledger, requestId)) {
    case 'none':
      return 'none';
    case 'by another run':
      return takesFromAll(view, allocations) ? 'perhaps ours' : 'none';
    case 'unknown':
      return 'perhaps ours';
  }
}

/**
 * Whether an operator was told of this very VNet and has resumed the request since: then it is to stay. Told is
 * who reads why the request parked.
 */
async function isKept(
  { ledger }: Dependencies,
  { requestId, resumption = 0 }: StepInput,
  { resourceGuid }: VirtualNetworkView,
): Promise<boolean> {
  const told = await ledger.getStepState(requestId, toldStep);
  if (told !== undefined && isSameId(told['resourceGuid'] ?? '', resourceGuid)) {
    return Number(told['resumption']) < resumption;
  }
  await ledger.putStepState(requestId, toldStep, { resourceGuid, resumption: String(resumption) });
  return false;
}

/** Step of the ledger's step state that says of which VNet the operators were told, and before which resumption. */
const toldStep = 'compensate-confirm';

const tagIsGone = ({ virtualNetwork, resourceGroup }: VirtualNetworkTarget): VendingError =>
  vendingError(
    'VirtualNetworkExists',
    `the VNet '${virtualNetwork}' in '${resourceGroup}' does not carry the tag ${ownershipTag} of this request, so it was not deleted`,
    {
      kind: 'operator',
      cause: 'Somebody changed the tag of the VNet that this request created.',
      remedy: `Delete the VNet, or give it back the tag ${ownershipTag}; then resume the request.`,
    },
  );

const perhapsOurs = ({ virtualNetwork, resourceGroup }: VirtualNetworkTarget): VendingError =>
  vendingError(
    'VirtualNetworkExists',
    `the VNet '${virtualNetwork}' in '${resourceGroup}' may be the one that this request created, but does not prove to be, so it was not deleted`,
    {
      kind: 'operator',
      cause: `The answer to its creation was lost, and by now it lacks the tag ${ownershipTag} of this request, or the prefixes of its pools.`,
      remedy:
        'Delete the VNet if this request created it, leave it if somebody else did; then resume the request, which does not touch it any more.',
    },
  );
