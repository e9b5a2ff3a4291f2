import { containsAll, familyOf, totalAddressCount } from '../../../model/prefixes.ts';
import type { ArmContext, AzureServices } from '../contracts.ts';
import { roundedCount } from './allocator.ts';
import { parentIdOf, sameId } from './arm-ids.ts';
import { connectionStateFor } from './connections.ts';
import { ipamCallFailed } from './errors.ts';
import { scaled } from './operation-timing.ts';
import {
  allocationOf,
  allocationsOfResource,
  mayTake,
  poolOf,
  rulesFor,
  setAllocation,
  takeFrom,
} from './pool-space.ts';
import type { AllocationEntry, PoolRecord, VirtualNetworkRecord } from './records.ts';
import type { WantedAllocation, WantedVirtualNetwork } from './virtual-network-body.ts';

export interface AddressSpace {
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly AllocationEntry[];
  /** Prefixes that the pools have given just now. */
  readonly newPrefixes: readonly string[];
  /** Whether a pool of another tenant has given some. */
  readonly crossTenant: boolean;
}

interface Association {
  readonly wanted: WantedAllocation;
  readonly pool: PoolRecord;
}

const sameSizeAs = (entry: AllocationEntry, wanted: WantedAllocation): boolean =>
  wanted.numberOfIpAddresses === undefined ||
  entry.numberOfIpAddresses === wanted.numberOfIpAddresses;

/** Lag of lists and usage: what the fault of the call says, else the switch. */
const associationDelay = ({ azure, fault }: ArmContext): number =>
  fault.delayAssociationMs ?? scaled(azure, azure.switches.associationLagMs);

/**
 * Brings the allocations of a VNet to what a PUT wants: allocates, grows, adopts and releases in the
 * pools. Throws as Azure refuses; the transaction of the call then undoes everything.
 */
export function planAddressSpace(
  context: ArmContext,
  virtualNetworkId: string,
  wanted: WantedVirtualNetwork,
  current: VirtualNetworkRecord | undefined,
): AddressSpace {
  const { azure } = context;
  const associations = findPools(azure, wanted);
  requireOnePoolOfAFamily(azure, associations);
  requirePoolsFit(context, virtualNetworkId, wanted, associations);
  releaseDropped(context, virtualNetworkId, wanted, current);

  const newPrefixes: string[] = [];
  let crossTenant = false;
  const allocations = associations.map((association): AllocationEntry => {
    const held = heldPrefixes(azure, virtualNetworkId, association, wanted, current);
    const added = missingPrefixes(azure, virtualNetworkId, association, held, current);
    const prefixes = [...held, ...added];
    const existing = allocationOf(azure, association.pool.id, virtualNetworkId);
    if (existing?.prefixes.join() !== prefixes.join()) {
      const delay = associationDelay(context);
      setAllocation(azure, association.pool.id, virtualNetworkId, prefixes, delay);
    }
    newPrefixes.push(...added);
    crossTenant ||= added.length > 0 && association.pool.tenantId !== context.principal.tenantId;
    return {
      poolId: association.wanted.poolId,
      numberOfIpAddresses:
        association.wanted.numberOfIpAddresses ?? String(totalAddressCount(prefixes)),
      prefixes,
    };
  });
  const allocated = allocations.flatMap(({ prefixes }) => prefixes);
  const own = wanted.addressPrefixes.filter((prefix) => !containsAll(allocated, [prefix]));
  return { addressPrefixes: [...own, ...allocated], allocations, newPrefixes, crossTenant };
}

function findPools(services: AzureServices, wanted: WantedVirtualNetwork): Association[] {
  return wanted.allocations.map((allocation) => {
    const pool = poolOf(services, allocation.poolId);
    if (pool === undefined || pool.provisioningState === 'Deleting') {
      throw ipamCallFailed(
        services.switches.unknownPool,
        'NotFound',
        `Pool with ARM ID ${allocation.poolId} not found.`,
      );
    }
    return { wanted: allocation, pool };
  });
}

function requireOnePoolOfAFamily(
  services: AzureServices,
  associations: readonly Association[],
): void {
  const families = new Set(associations.map(({ pool }) => pool.family));
  if (families.size < associations.length) {
    throw ipamCallFailed(
      services.switches.associationRefused,
      'BadRequest',
      'only one association of each IP type is allowed',
    );
  }
}

function requirePoolsFit(
  context: ArmContext,
  virtualNetworkId: string,
  wanted: WantedVirtualNetwork,
  associations: readonly Association[],
): void {
  const { azure, principal } = context;
  for (const { pool } of associations) {
    if (pool.location !== wanted.location) {
      throw ipamCallFailed(
        azure.switches.regionRefused,
        'BadRequest',
        `Resource ${virtualNetworkId} in region ${wanted.location} cannot be associated with pool ${pool.id} in region ${pool.location}.`,
      );
    }
    const connected = (): boolean =>
      connectionStateFor(azure, parentIdOf(pool.id), virtualNetworkId) === 'Connected';
    const crossTenant = pool.tenantId !== principal.tenantId;
    if (azure.switches.enforceConnection && crossTenant && !connected()) {
      throw ipamCallFailed(
        azure.switches.associationRefused,
        'Forbidden',
        `The network manager of pool ${pool.id} has no connection to the subscription of ${virtualNetworkId}.`,
      );
    }
  }
}

/** Releases the allocations that the VNet had and no longer wants. */
function releaseDropped(
  context: ArmContext,
  virtualNetworkId: string,
  wanted: WantedVirtualNetwork,
  current: VirtualNetworkRecord | undefined,
): void {
  for (const { poolId } of allocationsOfResource(context.azure, virtualNetworkId)) {
    const isWanted = wanted.allocations.some((allocation) => sameId(allocation.poolId, poolId));
    // What an earlier VNet of this name has left behind goes when the same pool is asked anew.
    const goes = current === undefined ? isWanted : !isWanted && mayRelease(context, poolId);
    if (goes) {
      setAllocation(context.azure, poolId, virtualNetworkId, [], associationDelay(context));
    }
  }
}

/** Whether the tokens of the call reach the pool's tenant, or the switch says that they need not. */
export function mayRelease(context: ArmContext, poolId: string): boolean {
  const tenantId = poolOf(context.azure, poolId)?.tenantId;
  return (
    context.azure.switches.deleteWithoutAuxiliaryFreesAllocation ||
    [context.principal, ...context.auxiliary].some((principal) => principal.tenantId === tenantId)
  );
}

/** What the VNet has of the pool already: its allocation, or prefixes of its own that the pool adopts. */
function heldPrefixes(
  services: AzureServices,
  virtualNetworkId: string,
  { pool }: Association,
  wanted: WantedVirtualNetwork,
  current: VirtualNetworkRecord | undefined,
): readonly string[] {
  const existing = allocationOf(services, pool.id, virtualNetworkId);
  const entry = current?.allocations.find(({ poolId }) => sameId(poolId, pool.id));
  if (existing !== undefined && existing.prefixes.length > 0 && entry !== undefined) {
    return existing.prefixes;
  }
  const own = wanted.addressPrefixes.filter((prefix) => familyOf(prefix) === pool.family);
  if (own.length === 0) return [];
  const verdict = mayTake(services, pool, own, virtualNetworkId);
  if (verdict === 'yes') return own;
  throw ipamCallFailed(
    services.switches.associationRefused,
    'BadRequest',
    verdict === 'outside'
      ? `VNet prefixes are not in scope of pool ${pool.id}`
      : `VNet prefixes overlap with prefixes already allocated from pool ${pool.id}`,
  );
}

/** What has to come from the pool on top of what is held: grow appends, shrink is refused. */
function missingPrefixes(
  services: AzureServices,
  virtualNetworkId: string,
  { pool, wanted }: Association,
  held: readonly string[],
  current: VirtualNetworkRecord | undefined,
): string[] {
  const entry = current?.allocations.find(({ poolId }) => sameId(poolId, pool.id));
  if (entry !== undefined && held.length > 0) {
    if (sameSizeAs(entry, wanted)) return [];
    const count = roundedCount(BigInt(wanted.numberOfIpAddresses ?? 0), rulesFor(services, pool));
    if (count < totalAddressCount(held)) {
      throw ipamCallFailed(
        services.switches.shrinkRefused,
        'BadRequest',
        `The allocation of resource ${virtualNetworkId} from pool ${pool.id} cannot be decreased from ${entry.numberOfIpAddresses} to ${wanted.numberOfIpAddresses} addresses`,
      );
    }
  }
  return growth(services, pool, wanted, held, virtualNetworkId);
}

function growth(
  services: AzureServices,
  pool: PoolRecord,
  wanted: WantedAllocation,
  held: readonly string[],
  virtualNetworkId: string,
): string[] {
  const number = BigInt(wanted.numberOfIpAddresses ?? 0);
  if (number === 0n) {
    if (held.length > 0) return [];
    throw ipamCallFailed(
      services.switches.associationRefused,
      'BadRequest',
      `The number of IP addresses of resource ${virtualNetworkId} must be positive`,
    );
  }
  const missing = roundedCount(number, rulesFor(services, pool)) - totalAddressCount(held);
  if (missing <= 0n) return [];
  const prefixes = takeFrom(services, pool, missing);
  if (prefixes !== undefined) return prefixes;
  throw ipamCallFailed(
    services.switches.poolExhausted,
    'BadRequest',
    `Pool ${pool.id} does not have enough free addresses to allocate ${number} to resource ${virtualNetworkId}`,
  );
}
