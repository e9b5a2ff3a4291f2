import { z } from 'zod';
import { isPrefix, overlaps } from '../../../model/prefixes.ts';
import type { AzureServices } from '../contracts.ts';
import { subtract } from './allocator.ts';
import { nameOf, parentIdOf, sameId } from './arm-ids.ts';
import { managerConnectionState, scopeConnectionState } from './connections.ts';
import { newEtag } from './long-running-operations.ts';
import {
  allocationOf,
  allocationsOf,
  allocationsOfResource,
  freePrefixes,
  poolOf,
  reservedPrefixes,
  setAllocation,
  staticCidrsOf,
  usageOf,
} from './pool-space.ts';
import {
  collections,
  type NetworkManagerConnectionRecord,
  type NetworkManagerRecord,
  type PoolRecord,
  type ScopeConnectionRecord,
  type VirtualNetworkRecord,
} from './records.ts';
import { addStaticCidr } from './static-cidr-operations.ts';
import { answerOf, bury, virtualNetworkOf } from './virtual-networks.ts';

const id = z.string().startsWith('/subscriptions/', 'must be an ARM id');
const prefixes = z.array(z.string().refine(isPrefix, 'must be a prefix such as 10.0.0.0/24'));

/** The changes that `POST /_control/state` can make to the network; several at once as an array. */
export const networkChangeSchema = z.discriminatedUnion('change', [
  /** The VNet is gone at once; with `keepAllocation` the pool still lists it. */
  z.strictObject({
    change: z.literal('deleteVirtualNetwork'),
    id,
    keepAllocation: z.boolean().default(false),
  }),
  /** The association of a VNet is dropped, on one side or on both; with `pool`, of that pool only. */
  z.strictObject({
    change: z.literal('disassociate'),
    id,
    pool: id.optional(),
    side: z.enum(['both', 'pool', 'virtualNetwork']).default('both'),
  }),
  /** Tags are replaced, properties (those that Azure does not interpret) merged. */
  z.strictObject({
    change: z.literal('patchVirtualNetwork'),
    id,
    tags: z.record(z.string(), z.string()).optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
  }),
  /** Ids of what lives in a subnet; an empty list frees it. */
  z.strictObject({
    change: z.literal('useSubnet'),
    id,
    ipConfigurations: z.array(z.string().min(1)),
  }),
  z.strictObject({
    change: z.literal('addStaticCidr'),
    pool: id,
    name: z.string().min(1),
    addressPrefixes: prefixes.min(1),
  }),
  /** A static CIDR `name` takes all that is free in a pool, except `leave`. */
  z.strictObject({
    change: z.literal('fillPool'),
    pool: id,
    name: z.string().min(1).default('filler'),
    leave: prefixes.default([]),
  }),
  z.strictObject({ change: z.literal('deleteStaticCidr'), pool: id, name: z.string().min(1) }),
  /** Holds space of a pool for a resource until a time (milliseconds since 1970). */
  z.strictObject({
    change: z.literal('reserve'),
    pool: id,
    resourceId: id,
    addressPrefixes: prefixes.min(1),
    expiresAt: z.number().int(),
  }),
  /** Either side of a connection; null: whatever follows from its two sides. */
  z.strictObject({
    change: z.literal('setConnectionState'),
    id,
    state: z.enum(['Connected', 'Pending', 'Conflict', 'Revoked', 'Rejected']).nullable(),
  }),
]);

export type NetworkChange = z.output<typeof networkChangeSchema>;

function requirePool(services: AzureServices, poolId: string): PoolRecord {
  const pool = poolOf(services, poolId);
  if (pool === undefined)
    throw new Error(`there is no pool ${poolId}; GET /_control/state lists them`);
  return pool;
}

function requireNetwork(services: AzureServices, networkId: string): VirtualNetworkRecord {
  const network = virtualNetworkOf(services, networkId);
  if (network === undefined) {
    throw new Error(`there is no VNet ${networkId}; GET /_control/state lists them`);
  }
  return network;
}

function deleteVirtualNetwork(
  services: AzureServices,
  { id: networkId, keepAllocation }: Extract<NetworkChange, { change: 'deleteVirtualNetwork' }>,
): void {
  const network = requireNetwork(services, networkId);
  services.store.delete(collections.virtualNetworks, network.id);
  bury(services, network.id, services.clock.now());
  if (keepAllocation) return;
  for (const { poolId } of allocationsOfResource(services, network.id)) {
    setAllocation(services, poolId, network.id, []);
  }
}

function disassociate(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'disassociate' }>,
): void {
  const concerns = (poolId: string): boolean =>
    change.pool === undefined || sameId(poolId, change.pool);
  if (change.side !== 'virtualNetwork') {
    for (const { poolId } of allocationsOfResource(services, change.id)) {
      if (concerns(poolId)) setAllocation(services, poolId, change.id, []);
    }
  }
  if (change.side === 'pool') return;
  const network = requireNetwork(services, change.id);
  const others = <T extends { readonly poolId: string }>(entries: readonly T[]): T[] =>
    entries.filter(({ poolId }) => !concerns(poolId));
  services.store.put(collections.virtualNetworks, network.id, {
    ...network,
    etag: newEtag(),
    allocations: others(network.allocations),
    subnets: network.subnets.map((subnet) => ({
      ...subnet,
      allocations: others(subnet.allocations),
    })),
  });
}

function patchVirtualNetwork(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'patchVirtualNetwork' }>,
): void {
  const network = requireNetwork(services, change.id);
  services.store.put(collections.virtualNetworks, network.id, {
    ...network,
    etag: newEtag(),
    tags: change.tags ?? network.tags,
    otherProperties: { ...network.otherProperties, ...change.properties },
  });
}

function useSubnet(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'useSubnet' }>,
): void {
  const network = requireNetwork(services, parentIdOf(change.id));
  const name = nameOf(change.id);
  if (!network.subnets.some((subnet) => sameId(subnet.name, name))) {
    throw new Error(`the VNet ${network.id} has no subnet ${name}`);
  }
  services.store.put(collections.virtualNetworks, network.id, {
    ...network,
    subnets: network.subnets.map((subnet) =>
      sameId(subnet.name, name) ? { ...subnet, ipConfigurations: change.ipConfigurations } : subnet,
    ),
  });
}

function fillPool(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'fillPool' }>,
): void {
  const pool = requirePool(services, change.pool);
  const free = subtract(freePrefixes(services, pool), change.leave);
  if (free.length === 0) throw new Error(`the pool ${pool.id} has nothing to fill`);
  // A pool that was filled before keeps what it was filled with.
  const before = staticCidrsOf(services, pool).find(({ id: of }) =>
    sameId(nameOf(of), change.name),
  );
  if (before) services.store.delete(collections.staticCidrs, before.id);
  const addressPrefixes = [...(before?.addressPrefixes ?? []), ...free];
  addStaticCidr(services, pool, { name: change.name, description: '', addressPrefixes });
}

function reserve(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'reserve' }>,
): void {
  const pool = requirePool(services, change.pool);
  const free = freePrefixes(services, pool);
  if (overlaps(subtract(pool.addressPrefixes, free), change.addressPrefixes)) {
    throw new Error(`${change.addressPrefixes.join(', ')} is not free in the pool ${pool.id}`);
  }
  const now = services.clock.now();
  const existing = allocationOf(services, pool.id, change.resourceId) ?? {
    poolId: pool.id,
    resourceId: change.resourceId,
    prefixes: [],
    prefixesBefore: [],
    shownFrom: now,
    createdAt: now,
  };
  services.store.put(collections.allocations, `${pool.id}|${change.resourceId}`, {
    ...existing,
    reservation: { prefixes: change.addressPrefixes, expiresAt: change.expiresAt },
  });
}

function setConnectionState(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'setConnectionState' }>,
): void {
  const collection = [collections.scopeConnections, collections.networkManagerConnections].find(
    (name) => services.store.get(name, change.id) !== undefined,
  );
  if (collection === undefined) {
    throw new Error(`there is no connection ${change.id}; GET /_control/state lists them`);
  }
  const { forcedState: _, ...side } =
    services.store.get<ScopeConnectionRecord | NetworkManagerConnectionRecord>(
      collection,
      change.id,
    ) ?? {};
  services.store.put(collection, change.id, {
    ...side,
    ...(change.state !== null && { forcedState: change.state }),
  });
}

type Change<Kind extends NetworkChange['change']> = (
  services: AzureServices,
  change: Extract<NetworkChange, { change: Kind }>,
) => void;

const changes: { readonly [Kind in NetworkChange['change']]: Change<Kind> } = {
  deleteVirtualNetwork,
  disassociate,
  patchVirtualNetwork,
  useSubnet,
  addStaticCidr: (services, { pool: poolId, name, addressPrefixes }) => {
    const pool = requirePool(services, poolId);
    if (staticCidrsOf(services, pool).some(({ id: of }) => sameId(nameOf(of), name))) {
      throw new Error(`the pool ${pool.id} has a static CIDR ${name} already`);
    }
    addStaticCidr(services, pool, {
      name,
      description: '',
      addressPrefixes,
    });
  },
  deleteStaticCidr: (services, { pool, name }) => {
    services.store.delete(
      collections.staticCidrs,
      `${requirePool(services, pool).id}/staticCidrs/${name}`,
    );
  },
  fillPool,
  reserve,
  setConnectionState,
};

function apply<Kind extends NetworkChange['change']>(
  services: AzureServices,
  change: Extract<NetworkChange, { change: Kind }>,
): void {
  const make: Change<Kind> = changes[change.change as Kind];
  make(services, change);
}

export function changeNetworkState(services: AzureServices, change: unknown): void {
  for (const item of Array.isArray(change) ? change : [change]) {
    const parsed = networkChangeSchema.safeParse(item);
    if (!parsed.success) {
      throw new Error(`the change of the network is not valid: ${z.prettifyError(parsed.error)}`);
    }
    apply(services, parsed.data);
  }
}

export function describeNetworkState(services: AzureServices): object {
  const { store } = services;
  return {
    virtualNetworks: store
      .list<VirtualNetworkRecord>(collections.virtualNetworks)
      .map((network) => ({ tenantId: network.tenantId, ...answerOf(services, network) })),
    pools: store.list<PoolRecord>(collections.pools).map((pool) => ({
      id: pool.id,
      tenantId: pool.tenantId,
      location: pool.location,
      addressPrefixes: pool.addressPrefixes,
      parentPoolName: pool.parentPoolName,
      provisioningState: pool.provisioningState,
      staticCidrs: staticCidrsOf(services, pool).map((cidr) => ({
        name: nameOf(cidr.id),
        addressPrefixes: cidr.addressPrefixes,
      })),
      allocations: allocationsOf(services, pool.id).map((allocation) => ({
        resourceId: allocation.resourceId,
        addressPrefixes: allocation.prefixes,
        reservedPrefixes: reservedPrefixes(services, allocation),
      })),
      usage: usageOf(services, pool),
    })),
    networkManagers: store
      .list<NetworkManagerRecord>(collections.networkManagers)
      .map(({ id: managerId, tenantId, location }) => ({ id: managerId, tenantId, location })),
    scopeConnections: store
      .list<ScopeConnectionRecord>(collections.scopeConnections)
      .map((side) => ({
        id: side.id,
        tenantId: side.targetTenantId,
        resourceId: side.resourceId,
        state: scopeConnectionState(services, side),
      })),
    networkManagerConnections: store
      .list<NetworkManagerConnectionRecord>(collections.networkManagerConnections)
      .map((side) => ({
        id: side.id,
        networkManagerId: side.networkManagerId,
        state: managerConnectionState(services, side),
      })),
  };
}
