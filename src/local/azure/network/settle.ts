import type { AzureServices } from '../contracts.ts';
import { dueOperations, endOperation, type OperationRecord } from './long-running-operations.ts';
import { scaled } from './operation-timing.ts';
import { disconnectPeeringsTo } from './peering-state.ts';
import { forgetReleased, poolOf, setAllocation, staticCidrsOf } from './pool-space.ts';
import { collections } from './records.ts';
import { bury, virtualNetworkOf } from './virtual-networks.ts';

/**
 * Ends every operation that is due. Called before anything is read or written, in place of timers:
 * so operations go on over a restart, and on virtual time.
 */
export function settle(services: AzureServices): void {
  for (const operation of dueOperations(services)) {
    const { error, failsAs = 'Failed' } = operation;
    if (error === undefined) succeed(services, operation);
    else fail(services, operation);
    endOperation(services, operation, error === undefined ? 'Succeeded' : failsAs);
  }
  forgetReleased(services);
}

function succeed(services: AzureServices, operation: OperationRecord): void {
  const { effect, resourceId } = operation;
  if (effect.kind === 'poolUpdated' || effect.kind === 'poolDeleted') {
    endPoolOperation(services, operation);
    return;
  }
  const network = virtualNetworkOf(services, resourceId);
  if (network?.operationId !== operation.id) return;
  if (effect.kind === 'virtualNetworkDeleted') {
    services.store.delete(collections.virtualNetworks, resourceId);
    bury(services, resourceId, operation.endsAt ?? services.clock.now());
    disconnectPeeringsTo(services, resourceId);
    for (const poolId of effect.freesAllocations) {
      const lag = effect.releaseDelayMs ?? scaled(services, services.switches.associationLagMs);
      setAllocation(services, poolId, resourceId, [], lag);
    }
    return;
  }
  const deleted = network.peerings.find(
    ({ name }) => effect.kind === 'peeringDeleted' && name === effect.name,
  );
  services.store.put(collections.virtualNetworks, resourceId, {
    ...network,
    provisioningState: 'Succeeded',
    etag: operation.etagAtEnd,
    subnets: network.subnets.filter(
      ({ name }) => effect.kind !== 'subnetDeleted' || name !== effect.name,
    ),
    peerings: network.peerings.filter((peering) => peering !== deleted),
  });
  if (deleted !== undefined) {
    disconnectPeeringsTo(services, resourceId, deleted.remoteVirtualNetworkId);
  }
}

/** A failed operation leaves things half done: what a pool has given stays given. */
function fail(services: AzureServices, operation: OperationRecord): void {
  const network = virtualNetworkOf(services, operation.resourceId);
  if (network?.operationId === operation.id) {
    services.store.put(collections.virtualNetworks, network.id, {
      ...network,
      provisioningState: 'Failed',
      etag: operation.etagAtEnd,
    });
  }
  const pool = poolOf(services, operation.resourceId);
  if (pool?.change?.operationId === operation.id || pool?.provisioningState === 'Deleting') {
    const { change: _, ...rest } = pool;
    services.store.put(collections.pools, pool.id, { ...rest, provisioningState: 'Failed' });
  }
}

function endPoolOperation(services: AzureServices, operation: OperationRecord): void {
  const { effect, resourceId } = operation;
  const pool = poolOf(services, resourceId);
  if (pool === undefined) return;
  if (effect.kind === 'poolDeleted') {
    for (const cidr of staticCidrsOf(services, pool)) {
      services.store.delete(collections.staticCidrs, cidr.id);
    }
    services.store.delete(collections.pools, resourceId);
    bury(services, resourceId, operation.endsAt ?? services.clock.now());
  } else if (effect.kind === 'poolUpdated' && pool.change?.operationId === operation.id) {
    const { change, ...rest } = pool;
    services.store.put(collections.pools, resourceId, {
      ...rest,
      addressPrefixes: change.addressPrefixes,
      provisioningState: 'Succeeded',
    });
  }
}
