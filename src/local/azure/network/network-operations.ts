import type { ArmOperation, AzureServices } from '../contracts.ts';
import { connectionOperations } from './connection-operations.ts';
import { resourceNotFound } from './errors.ts';
import { changeNetworkState } from './network-control.ts';
import { describeNetworkState } from './network-description.ts';
import { networkManagerOperations } from './network-manager-operations.ts';
import { operationStatusOperations } from './operation-status-operations.ts';
import { peeringOperations } from './peering-operations.ts';
import { disconnectPeeringsTo } from './peering-state.ts';
import { poolOperations } from './pool-operations.ts';
import { allocationsOfResource, setAllocation } from './pool-space.ts';
import { poolUsageOperations } from './pool-usage-operations.ts';
import { type AllocationRecord, collections } from './records.ts';
import { settle } from './settle.ts';
import { staticCidrOperations } from './static-cidr-operations.ts';
import { subnetOperations } from './subnet-operations.ts';
import { virtualNetworkOperations } from './virtual-network-operations.ts';
import { virtualNetworkOf } from './virtual-networks.ts';

export { seedNetwork } from './seed-network.ts';

/** Every operation first ends what is due, in the transaction of its own call. */
const settled = (operation: ArmOperation): ArmOperation => ({
  ...operation,
  handle: (context) => {
    settle(context.azure);
    return operation.handle(context);
  },
});

/** The operations of Microsoft.Network that the emulated Azure offers. */
export const networkOperations: readonly ArmOperation[] = [
  ...virtualNetworkOperations,
  ...subnetOperations,
  ...peeringOperations,
  ...operationStatusOperations,
  ...poolOperations,
  ...poolUsageOperations,
  ...staticCidrOperations,
  ...networkManagerOperations,
  ...connectionOperations,
].map(settled);

/** Cascade of a resource group delete: everything below the group, and what pools gave to it. */
export function deleteNetworkResourcesOf(services: AzureServices, resourceGroupId: string): void {
  const { store } = services;
  store.transaction(() => {
    settle(services);
    const below = `${resourceGroupId}/`;
    for (const { id } of store.list<{ id: string }>(collections.virtualNetworks, below)) {
      for (const { poolId } of allocationsOfResource(services, id)) {
        setAllocation(services, poolId, id, []);
      }
      store.delete(collections.virtualNetworks, id);
      disconnectPeeringsTo(services, id);
    }
    for (const allocation of store.list<AllocationRecord>(collections.allocations, below)) {
      setAllocation(services, allocation.poolId, allocation.resourceId, []);
    }
    for (const collection of [
      collections.staticCidrs,
      collections.pools,
      collections.scopeConnections,
      collections.networkManagers,
    ]) {
      for (const { id } of store.list<{ id: string }>(collection, below)) {
        store.delete(collection, id);
      }
    }
  });
}

/** The resources of a group that Azure tracks; those inside of one (subnets, connections) are not listed. */
export function listNetworkResourcesOf(services: AzureServices, resourceGroupId: string): object[] {
  settle(services);
  const tracked = [
    [collections.networkManagers, 'networkManagers'],
    [collections.pools, 'networkManagers/ipamPools'],
    [collections.virtualNetworks, 'virtualNetworks'],
  ] as const;
  return tracked.flatMap(([collection, type]) =>
    services.store
      .list<{ id: string; location: string }>(collection, `${resourceGroupId}/`)
      .map(({ id, location }) => ({
        id,
        name: id
          .split('/')
          .slice(8)
          .filter((_, index) => index % 2 === 0)
          .join('/'),
        type: `Microsoft.Network/${type}`,
        location,
      })),
  );
}

/**
 * Refuses an id in a VNet that does not exist, as a scope for something.
 *
 * @throws ArmError 404
 */
export function requireExistingNetworkResource(services: AzureServices, id: string): void {
  const [virtualNetworkId] =
    /^.*\/providers\/Microsoft\.Network\/virtualNetworks\/[^/]+/i.exec(id) ?? [];
  if (virtualNetworkId === undefined) return;
  settle(services);
  if (virtualNetworkOf(services, virtualNetworkId) === undefined) {
    throw resourceNotFound(virtualNetworkId);
  }
}

/** What `GET /_control/state` shows of the network. */
export function describeNetwork(services: AzureServices): object {
  return services.store.transaction(() => {
    settle(services);
    return describeNetworkState(services);
  });
}

/**
 * Changes the network behind the product's back (`POST /_control/state`); `networkChangeSchema` says
 * how. Throws an Error that tells what is wrong with the change.
 */
export function changeNetwork(services: AzureServices, change: unknown): void {
  services.store.transaction(() => {
    settle(services);
    changeNetworkState(services, change);
  });
}
