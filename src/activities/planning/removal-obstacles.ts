import type { Azure, LockView, VirtualNetworkView } from '../../azure/azure.ts';
import { scopeOfLock } from '../../azure/locks.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { AllocationResult, RemovalMode, VirtualNetworkTarget } from '../../model/plan.ts';
import { isPrefix, overlaps } from '../../model/prefixes.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import { describeSubnetUsers } from '../../model/subnet-users.ts';
import { isSameSpace } from '../../model/verify-allocation.ts';
import type { CreatorAnswer } from './creator.ts';
import { type CheckResult, type DependentCheck, judge } from './findings.ts';

const subjectOf = ({ virtualNetwork }: VirtualNetworkTarget): string => `VNet ${virtualNetwork}`;

/** Tag and ledger must prove that a request created the VNet. */
export const ownership = (target: VirtualNetworkTarget, creator: CreatorAnswer): CheckResult =>
  judge('ownership', subjectOf(target), success(creator), (answer) =>
    answer.createdBy === undefined ? notOwned(target, answer.reason) : undefined,
  );

export const notOwned = ({ virtualNetwork }: VirtualNetworkTarget, reason: string): VendingError =>
  vendingError(
    'VirtualNetworkNotOwned',
    `Nothing proves that a request created the VNet '${virtualNetwork}': ${reason}.`,
  );

/** The VNet, and what its pools list for it, must still be what the request made of it that created it. */
export async function managedState(
  azure: Azure,
  target: VirtualNetworkTarget,
  view: VirtualNetworkView,
  { createdBy, result }: Extract<CreatorAnswer, { createdBy: string }>,
): Promise<CheckResult> {
  const listed = await listedFor(azure, view.id, result);
  const checked = judge('managed-state', subjectOf(target), listed, (pools) => {
    const differences = [...differencesOfVirtualNetwork(view, result), ...pools];
    if (differences.length === 0) return undefined;
    return vendingError(
      'VirtualNetworkNotManaged',
      `The VNet '${target.virtualNetwork}' is no longer what the request ${createdBy} made of it: ${differences.join('; ')}.`,
    );
  });
  // A pool that cannot be asked proves nothing; why not, is told by the checks of the pool.
  return checked.finding.status === 'failed' && !listed.ok
    ? { ...checked, finding: { ...checked.finding, status: 'unknown' } }
    : checked;
}

/** In what the pools list something else for the VNet than they gave the request. */
async function listedFor(
  azure: Azure,
  id: string,
  { allocations }: AllocationResult,
): Promise<Outcome<readonly string[]>> {
  const differences: string[] = [];
  for (const { poolAlias, poolId, prefixes } of allocations) {
    const associations = await azure.listPoolAssociations(poolId);
    if (!associations.ok) return failure(associations.error);
    const listed = associations.value
      .filter(({ resourceId }) => isSameId(resourceId, id))
      .flatMap((association) => association.prefixes);
    if (!isSameSpace(listed.filter(isPrefix), prefixes)) {
      differences.push(
        `the pool ${poolAlias} lists ${told(listed)} for it, where it gave ${told(prefixes)}`,
      );
    }
  }
  return success(differences);
}

function differencesOfVirtualNetwork(
  { allocations, addressPrefixes }: VirtualNetworkView,
  created: AllocationResult,
): readonly string[] {
  const differences: string[] = [];
  for (const { poolAlias, poolId, prefixes } of created.allocations) {
    const shown = allocations.filter((allocation) => isSameId(allocation.poolId, poolId));
    const now = shown.flatMap((allocation) => allocation.prefixes);
    if (shown.length === 0) {
      differences.push(`it is no longer associated with the pool ${poolAlias}`);
    } else if (!isSameSpace(now, prefixes)) {
      differences.push(
        `it has ${told(now)} of the pool ${poolAlias}, where it got ${told(prefixes)}`,
      );
    }
  }
  for (const { poolId, prefixes } of allocations) {
    if (!created.allocations.some((known) => isSameId(known.poolId, poolId))) {
      differences.push(`it also has ${told(prefixes)} of ${poolId}`);
    }
  }
  const given = created.allocations.flatMap(({ prefixes }) => prefixes);
  const beside = addressPrefixes.filter((prefix) => !overlaps(given, [prefix]));
  if (beside.length > 0) {
    differences.push(`it has the address prefixes ${told(beside)} beside those of the request`);
  } else if (!isSameSpace(addressPrefixes, given)) {
    differences.push(`its address prefixes are ${told(addressPrefixes)}, not ${told(given)}`);
  }
  return differences;
}

const told = (prefixes: readonly string[]): string => prefixes.join(', ') || 'no prefix';

/** Azure deletes no VNet with a subnet that something lives in. */
export const inUse = (target: VirtualNetworkTarget, { subnets }: VirtualNetworkView): CheckResult =>
  judge('in-use', subjectOf(target), success(subnets), () => {
    const used = subnets
      .filter(({ users }) => users.length > 0)
      .map(({ name, users }) => `in the subnet '${name}' ${describeSubnetUsers(users).join(', ')}`);
    if (used.length === 0) return undefined;
    return vendingError(
      'VirtualNetworkInUse',
      `The VNet '${target.virtualNetwork}' is in use: ${used.join('; ')}.`,
    );
  });

/** Peerings cut others off; our side of them is taken off only when the request asks for it. */
export const peerings = (
  target: VirtualNetworkTarget,
  view: VirtualNetworkView,
  isDetaching: boolean,
): CheckResult =>
  judge('peerings', subjectOf(target), success(view), () =>
    isDetaching ? undefined : peered(target, view),
  );

export function peered(
  { virtualNetwork }: VirtualNetworkTarget,
  view: VirtualNetworkView,
): VendingError | undefined {
  if (view.peerings.length === 0) return undefined;
  const named = view.peerings.map(({ name, remoteId }) => `'${name}' with ${remoteId}`).sort();
  return vendingError(
    'VirtualNetworkPeered',
    `The VNet '${virtualNetwork}' is peered: ${named.join(', ')}.`,
  );
}

/** A deletion is forbidden by every lock, also by one on a subnet; a change by those that forbid writes. */
export const locks = (
  azure: Azure,
  target: VirtualNetworkTarget,
  mode: RemovalMode,
): DependentCheck => ({
  check: 'locks',
  subject: subjectOf(target),
  run: async () =>
    judge('locks', subjectOf(target), await azure.listLocks(target), (found) => {
      const forbidding =
        mode === 'delete' ? found : found.filter((lock) => forbidsWrite(lock, target));
      if (forbidding.length === 0) return undefined;
      const named = forbidding
        .map((lock) => `'${lock.name}' (${lock.level}) on ${scopeInWords(lock)}`)
        .sort();
      return vendingError(
        'VirtualNetworkLocked',
        `${forbidding.length === 1 ? 'A management lock forbids' : 'Management locks forbid'} the removal: ${named.join(', ')}.`,
      );
    }),
});

const forbidsWrite = (lock: LockView, { virtualNetworkId }: VirtualNetworkTarget): boolean =>
  lock.level === 'ReadOnly' && isWithin(virtualNetworkId, scopeOfLock(lock));

function scopeInWords(lock: LockView): string {
  const scope = scopeOfLock(lock);
  const [, subscriptionId, resourceGroup, resource] =
    /^\/subscriptions\/([^/]+)(?:\/resourceGroups\/([^/]+)(\/providers\/.+)?)?$/i.exec(scope) ?? [];
  if (resource !== undefined || subscriptionId === undefined) return scope;
  return resourceGroup === undefined
    ? `the subscription ${subscriptionId}`
    : `the resource group '${resourceGroup}'`;
}
