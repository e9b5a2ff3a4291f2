import { createHash } from 'node:crypto';
import { familyOf } from '../../../model/prefixes.ts';
import type { AzureServices } from '../contracts.ts';
import type { AzureSeed } from '../seed.ts';
import { canonicalLocation, subscriptionOf } from './arm-ids.ts';
import { durations, scaled } from './operation-timing.ts';
import { requirePlaceInTree } from './pool-body.ts';
import {
  collections,
  type NetworkManagerConnectionRecord,
  type NetworkManagerRecord,
  type PoolRecord,
  type ScopeConnectionRecord,
} from './records.ts';

/** A GUID that depends on the id alone: two starts from the same seed are the same. */
function guidOf(id: string): string {
  const hex = createHash('sha256').update(id.toLowerCase()).digest('hex');
  return [
    hex.slice(0, 8),
    hex.slice(8, 12),
    hex.slice(12, 16),
    hex.slice(16, 20),
    hex.slice(20, 32),
  ].join('-');
}

const tenantOf = (seed: AzureSeed, id: string): string => {
  const tenant = seed.tenants.find(({ subscriptions }) =>
    subscriptions.some(({ subscriptionId }) => subscriptionId.toLowerCase() === subscriptionOf(id)),
  );
  if (tenant !== undefined) return tenant.tenantId;
  throw new Error(`the seed has no tenant for ${id}: its subscription is not listed`);
};

/** Network managers, pools and connections of a new data folder. Connections have had time to connect. */
export function seedNetwork(services: AzureServices, seed: AzureSeed): void {
  services.store.transaction(() => {
    seedManagers(services, seed);
    seedPools(services, seed);
    seedConnections(services, seed);
  });
}

function seedManagers(services: AzureServices, seed: AzureSeed): void {
  for (const manager of seed.networkManagers) {
    const record: NetworkManagerRecord = {
      id: manager.id,
      tenantId: tenantOf(seed, manager.id),
      location: canonicalLocation(manager.location),
      tags: undefined,
      description: '',
      subscriptions: manager.subscriptions,
      managementGroups: [],
      scopeAccesses: [],
      resourceGuid: guidOf(manager.id),
      etag: `"${guidOf(`${manager.id}#etag`)}"`,
    };
    services.store.put(collections.networkManagers, manager.id, record);
  }
}

function seedPools(services: AzureServices, seed: AzureSeed): void {
  const now = services.clock.now();
  for (const pool of seed.pools) {
    const [first] = pool.addressPrefixes;
    if (first === undefined) throw new Error(`the pool ${pool.id} of the seed has no prefix`);
    const record: PoolRecord = {
      id: pool.id,
      tenantId: tenantOf(seed, pool.id),
      location: canonicalLocation(pool.location),
      tags: null,
      family: familyOf(first),
      description: null,
      displayName: pool.displayName ?? '',
      parentPoolName: pool.parentPoolName ?? null,
      addressPrefixes: pool.addressPrefixes,
      otherProperties: {},
      provisioningState: 'Succeeded',
      systemData: { createdBy: '', createdAt: now, lastModifiedBy: '', lastModifiedAt: now },
    };
    requirePlaceInTree(services, pool.id, record);
    services.store.put(collections.pools, pool.id, record);
  }
}

function seedConnections(services: AzureServices, seed: AzureSeed): void {
  const createdAt = services.clock.now() - scaled(services, durations.connection);
  for (const side of seed.scopeConnections) {
    const id = `${side.networkManagerId}/scopeConnections/${side.name}`;
    const record: ScopeConnectionRecord = {
      id,
      targetTenantId: side.tenantId,
      resourceId: side.resourceId,
      description: '',
      writtenAt: createdAt,
      createdAt,
    };
    services.store.put(collections.scopeConnections, id, record);
  }
  for (const side of seed.networkManagerConnections) {
    const scope = `/subscriptions/${side.subscriptionId}`;
    const id = `${scope}/providers/Microsoft.Network/networkManagerConnections/${side.name}`;
    const record: NetworkManagerConnectionRecord = {
      id,
      tenantId: tenantOf(seed, scope),
      networkManagerId: side.networkManagerId,
      description: '',
      createdAt,
    };
    services.store.put(collections.networkManagerConnections, id, record);
  }
}
