import { containsAll, overlaps } from '../../../model/prefixes.ts';
import type { ArmAnswer, ArmContext, ArmOperation } from '../contracts.ts';
import {
  canonicalLocation,
  nameOf,
  networkIdOf,
  parentIdOf,
  sameId,
  subscriptionOf,
} from './arm-ids.ts';
import {
  ipamPoolNotFound,
  ipamRefused,
  locationChanged,
  locationRequired,
  parentResourceNotFound,
  resourceNotFound,
} from './errors.ts';
import {
  type OperationEffect,
  type OperationRecord,
  startOperation,
} from './long-running-operations.ts';
import { requireName } from './names.ts';
import { durations } from './operation-timing.ts';
import { signedUrl } from './operation-urls.ts';
import {
  newSystemData,
  poolView,
  readPoolBody,
  requirePlaceInTree,
  tagsOf,
  type WantedPool,
} from './pool-body.ts';
import {
  allocationsOf,
  childPoolsOf,
  poolOf,
  poolsOf,
  staticCidrsOf,
  usedPrefixes,
} from './pool-space.ts';
import { collections, type NetworkManagerRecord, type PoolRecord } from './records.ts';
import { bodyOf, isObject, objectAt, parameter, stringAt } from './request-values.ts';
import { wasJustDeleted } from './virtual-networks.ts';

export const networkManagerPath =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.Network/networkManagers/{networkManager}';
export const poolPath = `${networkManagerPath}/ipamPools/{pool}`;

export const networkManagerIdIn = (context: ArmContext): string =>
  networkIdOf(
    parameter(context, 'subscriptionId'),
    parameter(context, 'resourceGroup'),
    `networkManagers/${parameter(context, 'networkManager')}`,
  );

const poolIdIn = (context: ArmContext): string =>
  `${networkManagerIdIn(context)}/ipamPools/${parameter(context, 'pool')}`;

/** The pool of the path, or its 404: of the IPAM service when just deleted, else of the gateway. */
export function requirePool(context: ArmContext): PoolRecord {
  const id = poolIdIn(context);
  const pool = poolOf(context.azure, id);
  if (pool !== undefined) return pool;
  throw wasJustDeleted(context.azure, id) ? ipamPoolNotFound(id) : resourceNotFound(id);
}

export function requireNetworkManager(
  context: ArmContext,
  childType: string,
): NetworkManagerRecord {
  const id = networkManagerIdIn(context);
  const manager = context.azure.store.get<NetworkManagerRecord>(collections.networkManagers, id);
  if (manager !== undefined) return manager;
  throw context.method === 'PUT'
    ? parentResourceNotFound(`networkManagers/${childType}`, id)
    : resourceNotFound(id);
}

function put(context: ArmContext): ArmAnswer {
  const body = bodyOf(context);
  const location = canonicalLocation(stringAt(body, 'location') ?? '');
  if (location === '') throw locationRequired();
  const manager = requireNetworkManager(context, 'ipamPools');
  requireName(parameter(context, 'pool'), 'ipam');
  const id = `${manager.id}/ipamPools/${parameter(context, 'pool')}`;
  const current = poolOf(context.azure, id);
  const wanted = readPoolBody(body, current?.id ?? id);
  if (current !== undefined) return update(context, current, location, wanted);
  requirePlaceInTree(context.azure, id, wanted);
  requireParentSpaceFree(context, id, wanted);
  const pool: PoolRecord = {
    id,
    tenantId: context.principal.tenantId,
    location,
    ...wanted,
    provisioningState: 'Succeeded',
    systemData: newSystemData(context),
  };
  context.azure.store.put(collections.pools, id, pool);
  return { status: 201, body: poolView(pool), headers: createHeaders(context, pool) };
}

/** A child takes space of its parent: none that has been given away. */
function requireParentSpaceFree(context: ArmContext, id: string, wanted: WantedPool): void {
  if (wanted.parentPoolName === null) return;
  const parent = poolOf(context.azure, `${parentIdOf(id)}/ipamPools/${wanted.parentPoolName}`);
  if (parent && overlaps(usedPrefixes(context.azure, parent), wanted.addressPrefixes)) {
    throw ipamRefused(
      `The address prefixes of pool '${id}' overlap with prefixes already allocated from its parent pool.`,
    );
  }
}

/** The three recorded ways to announce the creation of a pool (azure-ipam 7). */
function createHeaders(context: ArmContext, pool: PoolRecord): Record<string, string> {
  const ownUrl = `${context.origin}${context.path}?api-version=${context.apiVersion}`;
  switch (context.azure.switches.poolCreateHeader) {
    case 'azure-async-operation':
      return { 'Azure-AsyncOperation': ownUrl };
    case 'location':
      return { Location: ownUrl };
    case 'operation-results': {
      const operation = startPoolOperation(context, pool, 'CREATE', {
        kind: 'poolUpdated',
        addressPrefixes: pool.addressPrefixes,
      });
      return { 'Azure-AsyncOperation': operationUrlOf(context, pool, operation) };
    }
  }
}

function startPoolOperation(
  context: ArmContext,
  pool: PoolRecord,
  verb: 'CREATE' | 'UPDATE' | 'DELETE',
  effect: OperationEffect,
): OperationRecord {
  const manager = context.azure.store.get<NetworkManagerRecord>(
    collections.networkManagers,
    parentIdOf(pool.id),
  );
  const number = context.azure.clock.now().toString(36).toUpperCase();
  const managerGuid = (manager?.resourceGuid ?? '').toUpperCase();
  return startOperation(context, {
    id: `${managerGuid}+${number}+${nameOf(pool.id).toUpperCase()}+${verb}`,
    name: `${verb}IpamPoolOperation`,
    resourceId: pool.id,
    location: pool.location,
    effect,
    durationMs:
      verb === 'CREATE' ? 0 : verb === 'UPDATE' ? durations.poolUpdate : durations.poolDelete,
  });
}

const operationUrlOf = (
  context: ArmContext,
  pool: PoolRecord,
  operation: OperationRecord,
): string =>
  signedUrl(
    context,
    `/subscriptions/${subscriptionOf(pool.id)}/providers/Microsoft.Network/locations/${pool.location}/ipamPoolOperationResults/${operation.id}`,
  );

function update(
  context: ArmContext,
  current: PoolRecord,
  location: string,
  wanted: WantedPool,
): ArmAnswer {
  if (current.location !== location) throw locationChanged(current.id, current.location, location);
  if (current.provisioningState === 'Deleting') {
    throw ipamRefused(`Ipam pool '${current.id}' is being deleted.`, 409, 'Conflict');
  }
  if (!sameId(current.parentPoolName ?? '', wanted.parentPoolName ?? '')) {
    throw ipamRefused(`The parent of pool '${current.id}' cannot be changed.`);
  }
  requirePlaceInTree(context.azure, current.id, wanted);
  if (!containsAll(wanted.addressPrefixes, usedPrefixes(context.azure, current))) {
    throw ipamRefused(`Pool '${current.id}' cannot let go of prefixes that are allocated.`);
  }
  const operation = startPoolOperation(context, current, 'UPDATE', {
    kind: 'poolUpdated',
    addressPrefixes: wanted.addressPrefixes,
  });
  // The answer shows the new description, but still the old prefixes.
  const pool: PoolRecord = {
    ...current,
    ...wanted,
    addressPrefixes: current.addressPrefixes,
    family: current.family,
    provisioningState: 'Updating',
    change: { operationId: operation.id, addressPrefixes: wanted.addressPrefixes },
    systemData: modified(context, current),
  };
  context.azure.store.put(collections.pools, pool.id, pool);
  return {
    status: 200,
    body: poolView(pool),
    headers: { 'Azure-AsyncOperation': operationUrlOf(context, pool, operation) },
  };
}

const modified = (context: ArmContext, pool: PoolRecord): PoolRecord['systemData'] => ({
  ...pool.systemData,
  lastModifiedBy: context.principal.appId,
  lastModifiedAt: context.azure.clock.now(),
});

/** Tags, names and, since 2026-01-01, sizes: the empty string clears a size. */
function patch(context: ArmContext): ArmAnswer {
  const body = bodyOf(context);
  const current = requirePool(context);
  const properties = objectAt(body, 'properties');
  const sizes = ['minAllocationSize', 'maxAllocationSize'].flatMap((name) => {
    const value = stringAt(properties, name);
    return value === undefined ? [] : [[name, value === '' ? null : value]];
  });
  const pool: PoolRecord = {
    ...current,
    tags: isObject(body['tags']) ? tagsOf(body) : current.tags,
    description: stringAt(properties, 'description') ?? current.description,
    displayName: stringAt(properties, 'displayName') ?? current.displayName,
    otherProperties: { ...current.otherProperties, ...Object.fromEntries(sizes) },
    systemData: modified(context, current),
  };
  context.azure.store.put(collections.pools, pool.id, pool);
  return { status: 200, body: poolView(pool) };
}

function list(context: ArmContext): ArmAnswer {
  const manager = requireNetworkManager(context, 'ipamPools');
  const skip = Number(context.query.get('skip') ?? 0);
  const top = Number(context.query.get('top') ?? Number.MAX_SAFE_INTEGER);
  const pools = poolsOf(context.azure, manager.id).slice(skip, skip + top);
  return { status: 200, body: { value: pools.map(poolView), nextLink: '' } };
}

function remove(context: ArmContext): ArmAnswer {
  const { azure } = context;
  const pool = poolOf(azure, poolIdIn(context));
  if (pool === undefined) return { status: 204 };
  const inUse =
    childPoolsOf(azure, pool).length > 0 ||
    staticCidrsOf(azure, pool).length > 0 ||
    allocationsOf(azure, pool.id).some(({ prefixes }) => prefixes.length > 0);
  if (inUse) {
    throw ipamRefused(
      `Ipam pool '${pool.id}' has Azure resources associated and cannot be deleted.`,
      azure.switches.poolInUse.status,
      azure.switches.poolInUse.code,
    );
  }
  const operation = startPoolOperation(context, pool, 'DELETE', { kind: 'poolDeleted' });
  azure.store.put(collections.pools, pool.id, { ...pool, provisioningState: 'Deleting' });
  return { status: 202, headers: { Location: operationUrlOf(context, pool, operation) } };
}

const common = { service: 'ipam' } as const;

export const poolOperations: readonly ArmOperation[] = [
  {
    ...common,
    name: 'IpamPools_Create',
    method: 'PUT',
    path: poolPath,
    action: 'Microsoft.Network/networkManagers/ipamPools/write',
    handle: put,
  },
  {
    ...common,
    name: 'IpamPools_Update',
    method: 'PATCH',
    path: poolPath,
    action: 'Microsoft.Network/networkManagers/ipamPools/write',
    handle: patch,
  },
  {
    ...common,
    name: 'IpamPools_Get',
    method: 'GET',
    path: poolPath,
    action: 'Microsoft.Network/networkManagers/ipamPools/read',
    handle: (context): ArmAnswer => ({
      status: 200,
      body: poolView(requirePool(context)),
    }),
  },
  {
    ...common,
    name: 'IpamPools_Delete',
    method: 'DELETE',
    path: poolPath,
    action: 'Microsoft.Network/networkManagers/ipamPools/delete',
    handle: remove,
  },
  {
    ...common,
    name: 'IpamPools_List',
    method: 'GET',
    path: `${networkManagerPath}/ipamPools`,
    action: 'Microsoft.Network/networkManagers/ipamPools/read',
    handle: list,
  },
];
