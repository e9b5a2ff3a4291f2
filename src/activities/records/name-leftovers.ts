import type { VirtualNetworkView } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { VendingError } from '../../model/errors.ts';
import { type Outcome, success } from '../../model/outcome.ts';
import { includesName, remoteOf } from '../../model/peering-document.ts';
import type { Association, Deployment, Removal } from '../../model/plan.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import { creationOf, isOwnedBy } from '../allocate/ownership.ts';
import type { Dependencies } from '../dependencies.ts';
import { detachedPeeringsOf } from '../remove/detached-peerings.ts';
import { type Activity, changeOf } from '../step.ts';

/**
 * What a compensation that failed left behind, as both tenants show it now, in words that an operator can
 * act on. What cannot be looked at is named as well, because it may be there.
 */
export const nameLeftovers: Activity<'nameLeftovers'> = async (input, dependencies) => {
  const change = await changeOf(dependencies, input.requestId);
  switch (change.operation) {
    case 'allocate':
      return success(await leftOfDeployment(dependencies, change));
    case 'associate':
      return success(await leftOfAssociation(dependencies, change));
    case 'remove':
      return success(
        change.mode === 'delete'
          ? await missingPeerings(dependencies, change)
          : await missingAssociations(dependencies, change),
      );
  }
};

/** The VNet, and what each pool holds for it. */
async function leftOfDeployment(
  dependencies: Dependencies,
  { requestId, target, allocations }: Deployment,
): Promise<readonly string[]> {
  const id = target.virtualNetworkId;
  const found = await dependencies.azure.getVirtualNetwork(target);
  const leftovers: string[] = [];
  if (!found.ok) leftovers.push(`perhaps the VNet ${id}: ${found.error.message}`);
  else if (found.value) {
    const isKnown = await isKnownAsOurs(dependencies.ledger, requestId, found.value);
    leftovers.push(
      isKnown
        ? `the VNet ${id}`
        : `perhaps the VNet ${id}: it does not prove to be of this request`,
    );
  }
  for (const { poolId, poolAlias } of allocations) {
    const listed = await listedPrefixes(dependencies, poolId, id);
    if (!listed.ok) leftovers.push(perhapsAllocation(poolAlias, 'it', listed.error));
    else if (listed.value.length > 0) {
      leftovers.push(`the allocation ${told(listed.value)} of the pool ${poolAlias} for it`);
    }
  }
  return leftovers;
}

/** Whether it is the VNet that the request created, with its tag or without. */
async function isKnownAsOurs(
  ledger: Ledger,
  requestId: string,
  view: VirtualNetworkView,
): Promise<boolean> {
  const created = await creationOf(ledger, requestId);
  return created?.resourceGuid === undefined
    ? await isOwnedBy(ledger, requestId, view)
    : isSameId(created.resourceGuid, view.resourceGuid);
}

/** Each association that VNet or pool still shows. */
async function leftOfAssociation(
  dependencies: Dependencies,
  { target, allocations }: Association,
): Promise<readonly string[]> {
  const id = target.virtualNetworkId;
  const found = await dependencies.azure.getVirtualNetwork(target);
  const leftovers: string[] = found.ok
    ? []
    : [`perhaps an association of the VNet ${id}: ${found.error.message}`];
  for (const { poolId, poolAlias } of allocations) {
    const shown = found.ok && found.value ? shownPrefixes(found.value, poolId) : undefined;
    if (shown) {
      leftovers.push(`the VNet ${id} shows the allocation ${told(shown)} of the pool ${poolAlias}`);
    }
    const listed = await listedPrefixes(dependencies, poolId, id);
    if (!listed.ok) leftovers.push(perhapsAllocation(poolAlias, `the VNet ${id}`, listed.error));
    else if (listed.value.length > 0) {
      leftovers.push(`the pool ${poolAlias} lists the allocation ${told(listed.value)} for ${id}`);
    }
  }
  return leftovers;
}

/** Our side of each peering that was taken off and is not back. */
async function missingPeerings(
  { azure, ledger }: Dependencies,
  { requestId, target, resourceGuid }: Removal,
): Promise<readonly string[]> {
  const id = target.virtualNetworkId;
  const bodies = Object.entries(await detachedPeeringsOf(ledger, requestId));
  const found = await azure.getVirtualNetwork(target);
  if (found.ok && !isStill(found.value, resourceGuid)) return [];
  const there = found.ok && found.value ? found.value.peerings.map(({ name }) => name) : [];
  return bodies
    .filter(([name]) => !includesName(there, name))
    .map(([name, body]) => {
      const missing = `the peering '${name}' of the VNet ${id} with ${remoteOf(body)} is missing`;
      return found.ok ? missing : `perhaps ${missing}: ${found.error.message}`;
    });
}

/** Each association that the VNet had and that VNet or pool do not show. */
async function missingAssociations(
  dependencies: Dependencies,
  { target, resourceGuid, allocations }: Removal,
): Promise<readonly string[]> {
  const id = target.virtualNetworkId;
  const found = await dependencies.azure.getVirtualNetwork(target);
  if (found.ok && !isStill(found.value, resourceGuid)) return [];
  const leftovers: string[] = [];
  for (const { poolId, poolAlias, prefixes } of allocations) {
    const missing = `the association of the VNet ${id} with the pool ${poolAlias} (${told(prefixes)})`;
    const listed = await listedPrefixes(dependencies, poolId, id);
    const unread = [found, listed].find((read) => !read.ok);
    if (unread && !unread.ok) {
      leftovers.push(`perhaps ${missing} is missing: ${unread.error.message}`);
    } else if (!found.ok || !found.value || !shownPrefixes(found.value, poolId)) {
      leftovers.push(`${missing} is missing`);
    } else if (listed.ok && listed.value.length === 0) {
      leftovers.push(`${missing} is shown by the VNet, but not by the pool`);
    }
  }
  return leftovers;
}

/** A VNet that is gone, or another one in its place, misses nothing. */
const isStill = (view: VirtualNetworkView | null, resourceGuid: string | undefined): boolean =>
  view !== null && isSameId(view.resourceGuid, resourceGuid ?? '');

/** What the VNet, or else its subnets, show of the pool; undefined for no allocation at all. */
function shownPrefixes(view: VirtualNetworkView, poolId: string): readonly string[] | undefined {
  for (const holders of [[view], view.subnets]) {
    const shown = holders
      .flatMap(({ allocations }) => allocations)
      .filter((allocation) => isSameId(allocation.poolId, poolId));
    if (shown.length > 0) return shown.flatMap(({ prefixes }) => prefixes);
  }
  return undefined;
}

async function listedPrefixes(
  { azure }: Dependencies,
  poolId: string,
  id: string,
): Promise<Outcome<readonly string[]>> {
  const associations = await azure.listPoolAssociations(poolId);
  if (!associations.ok) return associations;
  return success(
    associations.value
      .filter(({ resourceId }) => isWithin(resourceId, id))
      .flatMap(({ prefixes }) => prefixes),
  );
}

const perhapsAllocation = (poolAlias: string, whom: string, { message }: VendingError): string =>
  `perhaps an allocation of the pool ${poolAlias} for ${whom}: ${message}`;

const told = (prefixes: readonly string[]): string => prefixes.join(', ') || 'without a prefix';
