import type { PoolAssociation, VirtualNetworkView } from '../../azure/azure.ts';
import type { VendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { PlannedAssociation, Removal, RemovalResult } from '../../model/plan.ts';
import { containsAll, isPrefix, overlaps } from '../../model/prefixes.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import { sentUpdate, virtualNetworkChanged } from '../associate/update-virtual-network.ts';
import type { Dependencies } from '../dependencies.ts';
import { poolsOfRegion } from '../planning/plan-release.ts';
import { isSettled } from '../settled.ts';
import { type Activity, changeOf, isCancelled, note, removalOf } from '../step.ts';
import { disassociateStep } from './disassociate-virtual-network.ts';
import { noteLateCancellation } from './removal-under-way.ts';
import { removeStep } from './remove-virtual-network.ts';

/**
 * Steps 7 and 8 of `remove`: one look at both sides. Done when the managed tenant shows what was to be,
 * and no pool holds what was to be released.
 */
export const confirmRemoval: Activity<'confirmRemoval'> = async (input, dependencies) => {
  const removal = removalOf(await changeOf(dependencies, input.requestId));
  if (removal.mode === 'delete' && removal.resourceGuid !== undefined) {
    await noteLateCancellation(dependencies, input);
  }
  const found = await dependencies.azure.getVirtualNetwork(removal.target);
  if (!found.ok) return found;
  const view = found.value;
  const changed = whyChanged(removal, view);
  if (changed) return failure(changed);
  const waitsFor =
    leftInManagedTenant(removal, view) ??
    (await leftInPools(dependencies, removal, view)) ??
    (await leftInOtherPools(dependencies, removal, view));
  if (typeof waitsFor === 'object') return failure(waitsFor.error);
  const cancelRequested =
    removal.mode === 'disassociate' && (await isCancelled(dependencies, input.requestId));
  if (waitsFor !== undefined || cancelRequested) {
    if (waitsFor !== undefined) await note(dependencies, input, 'waiting', waitsFor);
    return success({
      done: false,
      cancelRequested,
      ...(waitsFor === undefined ? {} : { waitsFor }),
    });
  }
  if (view !== null && removal.mode === 'delete') {
    const message = 'There is another VNet of the same name now; it stays as it is.';
    await note(dependencies, input, 'information', message);
  }
  await note(dependencies, input, 'succeeded', 'Nothing is left in either tenant.');
  return success({ done: true, value: resultOf(removal) });
};

function resultOf({ target, mode, resourceGuid, allocations }: Removal): RemovalResult {
  return {
    virtualNetworkId: target.virtualNetworkId,
    mode,
    alreadyGone: resourceGuid === undefined,
    released: allocations.map(({ poolAlias, poolId, prefixes }) => ({
      poolAlias,
      poolId,
      prefixes,
    })),
  };
}

/** A VNet that is only disassociated must be without association, and stay as it was otherwise. */
function whyChanged(
  { mode, target, resourceGuid, allocations }: Removal,
  view: VirtualNetworkView | null,
): VendingError | undefined {
  if (mode === 'delete') return undefined;
  const changed = (what: string) => virtualNetworkChanged(target, what);
  if (resourceGuid !== undefined) {
    if (view === null) return changed('is gone, although only its association was to be removed');
    if (!isSameId(view.resourceGuid, resourceGuid))
      return changed('is another one of its name now');
    const lost = allocations
      .flatMap(({ prefixes }) => prefixes)
      .filter((prefix) => !containsAll(view.addressPrefixes.filter(isPrefix), [prefix]));
    if (lost.length > 0) return changed(`has lost ${lost.join(', ')}`);
  }
  // Azure had accepted it; a change of somebody else must end before it can be judged.
  return view && isAssociated(view) && isSettled(view) ? changed('is associated again') : undefined;
}

const isAssociated = (view: VirtualNetworkView): boolean =>
  [view, ...view.subnets].some(({ allocations }) => allocations.length > 0);

/** What in the managed tenant is still waited for. */
function leftInManagedTenant(
  { mode, resourceGuid }: Removal,
  view: VirtualNetworkView | null,
): string | undefined {
  if (view === null) return undefined;
  if (mode === 'delete') {
    return resourceGuid !== undefined && isSameId(view.resourceGuid, resourceGuid)
      ? 'Azure still shows the VNet.'
      : undefined;
  }
  return isAssociated(view) ? 'The VNet still shows an association.' : undefined;
}

/** What a pool is still waited for with; an error where a pool cannot be asked. */
async function leftInPools(
  { azure }: Dependencies,
  removal: Removal,
  view: VirtualNetworkView | null,
): Promise<string | undefined | Extract<Outcome<never>, { ok: false }>> {
  for (const allocation of removal.allocations) {
    const { poolId, poolAlias, prefixes } = allocation;
    const associations = await azure.listPoolAssociations(poolId);
    if (!associations.ok) return associations;
    const { virtualNetworkId } = removal.target;
    const [own, others] = partition(associations.value, virtualNetworkId);
    if (own.some((association) => !belongsTo(view, allocation, association))) {
      return `The pool ${poolAlias} still lists the VNet.`;
    }
    const stale = others.find((association) => isHeldSinceBefore(removal, allocation, association));
    if (stale) {
      return `The pool ${poolAlias} lists ${stale.prefixes.join(', ')} for ${stale.resourceId}, and did so before.`;
    }
    const usage = await azure.getPoolUsage(poolId);
    if (!usage.ok) return usage;
    // What is not free again may have been given to somebody else meanwhile.
    const accounted = [
      ...usage.value.availableAddressPrefixes,
      ...[...own, ...others].flatMap((association) => association.prefixes),
    ];
    if (!containsAll(accounted.filter(isPrefix), prefixes)) {
      return `The pool ${poolAlias} does not show ${prefixes.join(', ')} as free yet.`;
    }
  }
  return undefined;
}

/**
 * Whether a pool that was not planned for lists the VNet. Where our own DELETE or PUT took it away, it had what was
 * planned; but what somebody else has taken away may have joined other pools since the plan was made.
 */
async function leftInOtherPools(
  { azure, landscape, ledger }: Dependencies,
  { requestId, mode, target, allocations }: Removal,
  view: VirtualNetworkView | null,
): Promise<string | undefined | Extract<Outcome<never>, { ok: false }>> {
  const sent =
    mode === 'delete'
      ? (await ledger.getStepState(requestId, removeStep))?.['sent']
      : await sentUpdate(ledger, requestId, disassociateStep);
  if (sent !== undefined) return undefined;
  const others = poolsOfRegion(landscape.pools, target).filter(
    ({ id }) => !allocations.some(({ poolId }) => isSameId(poolId, id)),
  );
  const listed = await Promise.all(
    others.map(async (pool) => ({ pool, answer: await azure.listPoolAssociations(pool.id) })),
  );
  for (const { pool, answer } of listed) {
    // A pool that is gone holds nothing.
    if (!answer.ok && answer.error.code === 'NotFound') continue;
    if (!answer.ok) return answer;
    const [own] = partition(answer.value, target.virtualNetworkId);
    if (own.some((association) => !belongsTo(view, { poolId: pool.id }, association))) {
      return `The pool ${pool.alias} still lists the VNet, which joined it after the plan was made.`;
    }
  }
  return undefined;
}

function partition(
  associations: readonly PoolAssociation[],
  id: string,
): readonly [readonly PoolAssociation[], readonly PoolAssociation[]] {
  const isOwn = ({ resourceId }: PoolAssociation) => isWithin(resourceId, id);
  return [associations.filter(isOwn), associations.filter((association) => !isOwn(association))];
}

/** Whether an entry of another id keeps what was to go back: it was there when the removal was planned. */
const isHeldSinceBefore = (
  { otherHolders = [] }: Removal,
  { prefixes }: PlannedAssociation,
  association: PoolAssociation,
): boolean =>
  otherHolders.some((id) => isSameId(id, association.resourceId)) &&
  overlaps(association.prefixes.filter(isPrefix), prefixes);

/**
 * Whether a VNet that was created in the place of the deleted one holds what the pool lists under their
 * common id. A pool gives no prefix twice, so what the new one shows as its own is no longer the old one's.
 */
function belongsTo(
  successor: VirtualNetworkView | null,
  { poolId }: Pick<PlannedAssociation, 'poolId'>,
  { prefixes }: PoolAssociation,
): boolean {
  const allocations = (successor?.allocations ?? []).filter((own) => isSameId(own.poolId, poolId));
  const shown = allocations.flatMap((allocation) => allocation.prefixes).filter(isPrefix);
  return allocations.length > 0 && containsAll(shown, prefixes.filter(isPrefix));
}
