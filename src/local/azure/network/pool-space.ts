import { containsAll, overlaps, summarize, totalAddressCount } from '../../../model/prefixes.ts';
import type { AzureServices } from '../contracts.ts';
import { type AllocationRules, subtract, takePrefixes } from './allocator.ts';
import { nameOf, parentIdOf, sameId } from './arm-ids.ts';
import {
  type AllocationRecord,
  collections,
  type PoolRecord,
  type StaticCidrRecord,
} from './records.ts';

export const poolOf = (services: AzureServices, id: string): PoolRecord | undefined =>
  services.store.get<PoolRecord>(collections.pools, id);

export const poolsOf = (services: AzureServices, networkManagerId: string): readonly PoolRecord[] =>
  services.store.list<PoolRecord>(collections.pools, `${networkManagerId}/ipamPools/`);

export const childPoolsOf = (services: AzureServices, pool: PoolRecord): readonly PoolRecord[] =>
  poolsOf(services, parentIdOf(pool.id)).filter(
    ({ parentPoolName }) => parentPoolName !== null && sameId(parentPoolName, nameOf(pool.id)),
  );

export const staticCidrsOf = (
  services: AzureServices,
  pool: PoolRecord,
): readonly StaticCidrRecord[] =>
  services.store.list<StaticCidrRecord>(collections.staticCidrs, `${pool.id}/staticCidrs/`);

const allocationKey = (poolId: string, resourceId: string): string => `${poolId}|${resourceId}`;

export const allocationOf = (
  services: AzureServices,
  poolId: string,
  resourceId: string,
): AllocationRecord | undefined =>
  services.store.get<AllocationRecord>(collections.allocations, allocationKey(poolId, resourceId));

export const allocationsOf = (
  services: AzureServices,
  poolId: string,
): readonly AllocationRecord[] =>
  services.store.list<AllocationRecord>(collections.allocations, `${poolId}|`);

/** The pools that hold an allocation of a VNet. */
export const allocationsOfResource = (
  services: AzureServices,
  resourceId: string,
): readonly AllocationRecord[] =>
  services.store
    .list<AllocationRecord>(collections.allocations)
    .filter((allocation) => sameId(allocation.resourceId, resourceId));

export function rulesFor(services: AzureServices, pool: PoolRecord): AllocationRules {
  const { allocationRounding, allocationFit, allocationGranularity } = services.switches;
  return {
    rounding: allocationRounding,
    fit: allocationFit,
    granularity: BigInt(allocationGranularity[pool.family]),
  };
}

/** Prefixes that an allocation shows in lists and usage now. */
export const shownPrefixes = (
  services: AzureServices,
  allocation: AllocationRecord,
): readonly string[] =>
  services.clock.now() >= allocation.shownFrom ? allocation.prefixes : allocation.prefixesBefore;

/** Reserved prefixes of an allocation that have not been reclaimed. */
export const reservedPrefixes = (
  services: AzureServices,
  { reservation }: AllocationRecord,
): readonly string[] =>
  reservation !== undefined && services.clock.now() < reservation.expiresAt
    ? reservation.prefixes
    : [];

/** Everything in the pool that is not free: child pools, static CIDRs, allocations, reservations. */
export function usedPrefixes(services: AzureServices, pool: PoolRecord): string[] {
  return summarize([
    ...childPoolsOf(services, pool).flatMap((child) => child.addressPrefixes),
    ...staticCidrsOf(services, pool).flatMap((cidr) => cidr.addressPrefixes),
    ...allocationsOf(services, pool.id).flatMap((allocation) => [
      ...allocation.prefixes,
      ...reservedPrefixes(services, allocation),
    ]),
  ]);
}

export const freePrefixes = (services: AzureServices, pool: PoolRecord): string[] =>
  subtract(pool.addressPrefixes, usedPrefixes(services, pool));

/** Takes so many addresses (already rounded); undefined when they do not fit. */
export const takeFrom = (
  services: AzureServices,
  pool: PoolRecord,
  count: bigint,
): string[] | undefined =>
  takePrefixes(freePrefixes(services, pool), pool.family, count, services.switches.allocationFit);

/** Whether the prefixes lie in the pool and nothing else in it has them; `except`: a resource that may. */
export function mayTake(
  services: AzureServices,
  pool: PoolRecord,
  prefixes: readonly string[],
  except: string,
): 'yes' | 'outside' | 'taken' {
  if (!containsAll(pool.addressPrefixes, prefixes)) return 'outside';
  const own = allocationOf(services, pool.id, except);
  const used = subtract(usedPrefixes(services, pool), own?.prefixes ?? []);
  return overlaps(used, prefixes) ? 'taken' : 'yes';
}

/** Sets what a pool has given to a resource; with none, releases it. `delayMs`: until lists and usage show it. */
export function setAllocation(
  services: AzureServices,
  poolId: string,
  resourceId: string,
  prefixes: readonly string[],
  delayMs = 0,
): void {
  const now = services.clock.now();
  const before = allocationOf(services, poolId, resourceId);
  const key = allocationKey(poolId, resourceId);
  if (prefixes.length === 0 && delayMs === 0) {
    services.store.delete(collections.allocations, key);
    return;
  }
  const record: AllocationRecord = {
    poolId,
    resourceId,
    prefixes,
    prefixesBefore: before === undefined ? [] : shownPrefixes(services, before),
    shownFrom: now + delayMs,
    createdAt: before?.createdAt ?? now,
  };
  services.store.put(collections.allocations, key, record);
}

/** Forgets released allocations whose release shows by now. */
export function forgetReleased(services: AzureServices): void {
  for (const record of services.store.list<AllocationRecord>(collections.allocations)) {
    const released =
      record.prefixes.length === 0 && reservedPrefixes(services, record).length === 0;
    if (released && services.clock.now() >= record.shownFrom) {
      services.store.delete(
        collections.allocations,
        allocationKey(record.poolId, record.resourceId),
      );
    }
  }
}

/** Usage as the pool tells it: summarized, adding up, counts as decimal strings (azure-ipam 6.3). */
export function usageOf(services: AzureServices, pool: PoolRecord): Record<string, unknown> {
  const children = childPoolsOf(services, pool);
  const childPrefixes = children.flatMap((child) => child.addressPrefixes);
  const allocations = allocationsOf(services, pool.id);
  const allocated = summarize([
    ...(services.switches.childPoolsCountAsAllocated ? childPrefixes : []),
    ...staticCidrsOf(services, pool).flatMap((cidr) => cidr.addressPrefixes),
    ...allocations.flatMap((allocation) => shownPrefixes(services, allocation)),
  ]);
  const reserved = subtract(
    allocations.flatMap((allocation) => reservedPrefixes(services, allocation)),
    allocated,
  );
  const available = subtract(pool.addressPrefixes, [...allocated, ...reserved, ...childPrefixes]);
  return {
    addressPrefixes: summarize(pool.addressPrefixes),
    childPools: children.map((child) => ({
      resourceId: child.id,
      addressPrefixes: child.addressPrefixes,
    })),
    allocatedAddressPrefixes: allocated,
    reservedAddressPrefixes: reserved,
    availableAddressPrefixes: available,
    totalNumberOfIPAddresses: String(totalAddressCount(pool.addressPrefixes)),
    numberOfAllocatedIPAddresses: String(totalAddressCount(allocated)),
    numberOfReservedIPAddresses: String(totalAddressCount(reserved)),
    numberOfAvailableIPAddresses: String(totalAddressCount(available)),
  };
}
