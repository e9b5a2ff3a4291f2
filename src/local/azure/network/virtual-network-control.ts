import { randomUUID } from 'node:crypto';
import { z } from 'zod';
import type { AzureServices } from '../contracts.ts';
import type { ResourceGroupDocument, SubscriptionDocument } from '../documents.ts';
import { forgetLocksWithin } from '../gateway/locks.ts';
import { resourceGroupIdOf } from '../gateway/resource-ids.ts';
import { nameOf, parentIdOf, sameId, subscriptionOf } from './arm-ids.ts';
import { type ChangeOf, id, prefixes } from './change-values.ts';
import { newEtag } from './long-running-operations.ts';
import { disconnectPeeringsTo } from './peering-state.ts';
import { allocationsOfResource, setAllocation } from './pool-space.ts';
import { collections, type VirtualNetworkRecord } from './records.ts';
import { bury, virtualNetworkOf } from './virtual-networks.ts';

/** What a service leaves in a subnet that it uses. */
const link = z.strictObject({
  name: z.string().min(1),
  linkedResourceType: z.string().min(1),
  link: z.string().min(1).optional(),
  allowDelete: z.boolean().optional(),
});

const tags = z.record(z.string(), z.string());

/** What somebody does to VNets while the product does not look. */
export const virtualNetworkChangeSchemas = [
  /** The VNet is gone at once; with `keepAllocation` the pool still lists it. */
  z.strictObject({
    change: z.literal('deleteVirtualNetwork'),
    id,
    keepAllocation: z.boolean().default(false),
  }),
  /** It is gone, and another one has its name; with `keepAllocation` the pool still lists the id. */
  z.strictObject({
    change: z.literal('replaceVirtualNetwork'),
    id,
    addressPrefixes: prefixes.min(1),
    keepAllocation: z.boolean().default(false),
    tags: tags.optional(),
  }),
  /** From now on it has the id `to`, in a resource group of the same tenant; pools keep listing the old id. */
  z.strictObject({ change: z.literal('moveVirtualNetwork'), id, to: id }),
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
    tags: tags.optional(),
    properties: z.record(z.string(), z.unknown()).optional(),
  }),
  /** What lives in a subnet: each list that is given replaces the one before; an empty list frees it. */
  z.strictObject({
    change: z.literal('useSubnet'),
    id,
    ipConfigurations: z.array(z.string().min(1)).optional(),
    privateEndpoints: z.array(z.string().min(1)).optional(),
    serviceAssociationLinks: z.array(link).optional(),
    resourceNavigationLinks: z.array(link).optional(),
  }),
] as const;

type Change<Kind> = ChangeOf<typeof virtualNetworkChangeSchemas, Kind>;

function requireNetwork(services: AzureServices, networkId: string): VirtualNetworkRecord {
  const network = virtualNetworkOf(services, networkId);
  if (network === undefined) {
    throw new Error(`there is no VNet ${networkId}; GET /_control/state lists them`);
  }
  return network;
}

/** Takes a VNet away, with its locks and its side of peerings; what pools gave to it is another matter. */
function takeAway(services: AzureServices, network: VirtualNetworkRecord): void {
  services.store.delete(collections.virtualNetworks, network.id);
  disconnectPeeringsTo(services, network.id);
  forgetLocksWithin(services, network.id);
}

function release(services: AzureServices, networkId: string): void {
  for (const { poolId } of allocationsOfResource(services, networkId)) {
    setAllocation(services, poolId, networkId, []);
  }
}

function deleteVirtualNetwork(
  services: AzureServices,
  { id: networkId, keepAllocation }: Change<'deleteVirtualNetwork'>,
): void {
  const network = requireNetwork(services, networkId);
  takeAway(services, network);
  bury(services, network.id, services.clock.now());
  if (!keepAllocation) release(services, network.id);
}

function replaceVirtualNetwork(
  services: AzureServices,
  change: Change<'replaceVirtualNetwork'>,
): void {
  const { id: networkId, tenantId, location } = requireNetwork(services, change.id);
  deleteVirtualNetwork(services, { ...change, change: 'deleteVirtualNetwork' });
  services.store.put(collections.virtualNetworks, networkId, {
    id: networkId,
    tenantId,
    location,
    tags: change.tags,
    etag: newEtag(),
    resourceGuid: randomUUID(),
    provisioningState: 'Succeeded',
    operationId: undefined,
    addressPrefixes: change.addressPrefixes,
    allocations: [],
    subnets: [],
    peerings: [],
    otherProperties: {},
    otherMembers: {},
  } satisfies VirtualNetworkRecord);
}

/** As Azure moves resources: the name stays, peerings forbid it, a running operation has ended. */
function moveVirtualNetwork(
  services: AzureServices,
  { id: networkId, to }: Change<'moveVirtualNetwork'>,
): void {
  const { operationId: _, ...network } = requireNetwork(services, networkId);
  requirePlace(services, network, to);
  const [peering] = network.peerings;
  if (peering !== undefined) {
    throw new Error(
      `the VNet ${network.id} has the peering ${peering.name}; Azure moves none that has`,
    );
  }
  takeAway(services, { ...network, operationId: undefined });
  bury(services, network.id, services.clock.now());
  services.store.put(collections.virtualNetworks, to, {
    ...network,
    id: to,
    etag: newEtag(),
    provisioningState: 'Succeeded',
    operationId: undefined,
  } satisfies VirtualNetworkRecord);
}

/** Refuses an id that the VNet cannot move to. */
function requirePlace(
  services: AzureServices,
  { id: from, tenantId }: Pick<VirtualNetworkRecord, 'id' | 'tenantId'>,
  to: string,
): void {
  const path = (networkId: string): string => networkId.split('/').slice(5).join('/');
  if (!sameId(path(from), path(to))) {
    throw new Error(`${to} is not the id of a VNet ${nameOf(from)}: a move keeps the name`);
  }
  const group = resourceGroupIdOf(to) ?? '';
  if (!services.store.get<ResourceGroupDocument>('resourceGroups', group)) {
    throw new Error(`there is no resource group ${group}; GET /_control/state lists them`);
  }
  const subscription = services.store.get<SubscriptionDocument>(
    'subscriptions',
    subscriptionOf(to),
  );
  if (subscription === undefined || !sameId(subscription.tenantId, tenantId)) {
    throw new Error(`the subscription of ${to} is not of tenant ${tenantId}`);
  }
  if (virtualNetworkOf(services, to) !== undefined) {
    throw new Error(`there is a VNet ${to} already`);
  }
}

function disassociate(services: AzureServices, change: Change<'disassociate'>): void {
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
  } satisfies VirtualNetworkRecord);
}

function patchVirtualNetwork(services: AzureServices, change: Change<'patchVirtualNetwork'>): void {
  const network = requireNetwork(services, change.id);
  services.store.put(collections.virtualNetworks, network.id, {
    ...network,
    etag: newEtag(),
    tags: change.tags ?? network.tags,
    otherProperties: { ...network.otherProperties, ...change.properties },
  } satisfies VirtualNetworkRecord);
}

function useSubnet(services: AzureServices, change: Change<'useSubnet'>): void {
  const { change: _, id: subnetId, ...users } = change;
  if (Object.keys(users).length === 0) throw new Error(`the change must say what uses ${subnetId}`);
  const network = requireNetwork(services, parentIdOf(subnetId));
  const name = nameOf(subnetId);
  if (!network.subnets.some((subnet) => sameId(subnet.name, name))) {
    throw new Error(`the VNet ${network.id} has no subnet ${name}`);
  }
  services.store.put(collections.virtualNetworks, network.id, {
    ...network,
    subnets: network.subnets.map((subnet) =>
      sameId(subnet.name, name) ? { ...subnet, ...users } : subnet,
    ),
  });
}

export const virtualNetworkChanges = {
  deleteVirtualNetwork,
  replaceVirtualNetwork,
  moveVirtualNetwork,
  disassociate,
  patchVirtualNetwork,
  useSubnet,
};
