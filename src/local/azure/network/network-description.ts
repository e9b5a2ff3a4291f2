import type { AzureServices } from '../contracts.ts';
import { nameOf } from './arm-ids.ts';
import { managerConnectionState, scopeConnectionState } from './connections.ts';
import { allocationsOf, reservedPrefixes, staticCidrsOf, usageOf } from './pool-space.ts';
import {
  collections,
  type NetworkManagerConnectionRecord,
  type NetworkManagerRecord,
  type PoolRecord,
  type ScopeConnectionRecord,
  type VirtualNetworkRecord,
} from './records.ts';
import { answerOf } from './virtual-networks.ts';

/** What `GET /_control/state` shows of the network. */
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
