import { randomUUID } from 'node:crypto';
import {
  type ArmAnswer,
  type ArmContext,
  ArmError,
  type ArmOperation,
  type AzureServices,
} from '../contracts.ts';
import { canonicalLocation, nameOf, resourceGroupIdOf } from './arm-ids.ts';
import { locationChanged, locationRequired } from './errors.ts';
import { requireName } from './names.ts';
import { durations, scaled } from './operation-timing.ts';
import {
  networkManagerIdIn,
  networkManagerPath,
  requireNetworkManager,
} from './pool-operations.ts';
import { poolsOf } from './pool-space.ts';
import {
  collections,
  type NetworkManagerRecord,
  type ScopeConnectionRecord,
  type Tombstone,
} from './records.ts';
import {
  arrayAt,
  bodyOf,
  isObject,
  objectAt,
  parameter,
  stringAt,
  stringsAt,
} from './request-values.ts';
import { wasJustDeleted } from './virtual-networks.ts';

const managerOf = (services: AzureServices, id: string): NetworkManagerRecord | undefined =>
  services.store.get<NetworkManagerRecord>(collections.networkManagers, id);

/** `etag` is empty in the answer of a PUT, a quoted one elsewhere (azure-ipam 6.1). */
function view(
  services: AzureServices,
  manager: NetworkManagerRecord,
  etag: string,
): Record<string, unknown> {
  const connections = services.store.list<ScopeConnectionRecord>(
    collections.scopeConnections,
    `${manager.id}/scopeConnections/`,
  );
  const tenants = [...new Set(connections.map(({ targetTenantId }) => targetTenantId))];
  const scopesOf = (tenantId: string, kind: RegExp): string[] =>
    connections
      .filter((connection) => connection.targetTenantId === tenantId)
      .map(({ resourceId }) => resourceId)
      .filter((id) => kind.test(id));
  return {
    name: nameOf(manager.id),
    id: manager.id,
    location: manager.location,
    type: 'Microsoft.Network/networkManagers',
    tags: manager.tags ?? {},
    etag,
    properties: {
      description: manager.description,
      networkManagerScopes: {
        managementGroups: manager.managementGroups,
        subscriptions: manager.subscriptions,
        crossTenantScopes: tenants.map((tenantId) => ({
          tenantId,
          managementGroups: scopesOf(tenantId, /\/managementGroups\//i),
          subscriptions: scopesOf(tenantId, /^\/subscriptions\//i),
        })),
      },
      provisioningState: 'Succeeded',
      networkManagerScopeAccesses: manager.scopeAccesses,
      resourceGuid: manager.resourceGuid,
    },
    systemData: {},
  };
}

function put(context: ArmContext): ArmAnswer {
  const body = bodyOf(context);
  const location = canonicalLocation(stringAt(body, 'location') ?? '');
  if (location === '') throw locationRequired();
  requireName(parameter(context, 'networkManager'), 'networkManager');
  const id = networkManagerIdIn(context);
  const current = managerOf(context.azure, id);
  if (current && current.location !== location)
    throw locationChanged(id, current.location, location);
  const properties = objectAt(body, 'properties');
  const scopes = objectAt(properties, 'networkManagerScopes');
  if (scopes === undefined) {
    throw new ArmError(
      400,
      'BadRequest',
      'The network manager needs networkManagerScopes with subscriptions or management groups.',
      'networkManager',
    );
  }
  const tags = body['tags'];
  const manager: NetworkManagerRecord = {
    id: current?.id ?? id,
    tenantId: context.principal.tenantId,
    location,
    tags: isObject(tags) ? tags : undefined,
    description: stringAt(properties, 'description') ?? '',
    subscriptions: stringsAt(scopes, 'subscriptions'),
    managementGroups: stringsAt(scopes, 'managementGroups'),
    scopeAccesses: arrayAt(properties, 'networkManagerScopeAccesses'),
    resourceGuid: current?.resourceGuid ?? randomUUID(),
    etag: `"${randomUUID()}"`,
  };
  context.azure.store.put(collections.networkManagers, manager.id, manager);
  return { status: 200, body: view(context.azure, manager, '') };
}

function get(context: ArmContext): ArmAnswer {
  const manager = requireNetworkManager(context, '');
  return { status: 200, body: view(context.azure, manager, manager.etag) };
}

function list(context: ArmContext, keyPrefix: string): ArmAnswer {
  const managers = context.azure.store.list<NetworkManagerRecord>(
    collections.networkManagers,
    keyPrefix,
  );
  const value = managers.map((manager) => view(context.azure, manager, manager.etag));
  return { status: 200, body: { value } };
}

/** The gateway refuses while pools exist, and shortly after: its own index lags (azure-ipam 11). */
function remove(context: ArmContext): ArmAnswer {
  const { azure } = context;
  const manager = managerOf(azure, networkManagerIdIn(context));
  if (manager === undefined) return { status: 204 };
  const gone = azure.store
    .list<Tombstone>(collections.tombstones, `${manager.id}/ipamPools/`)
    .filter(({ id }) => wasJustDeleted(azure, id, scaled(azure, durations.gatewayIndexLag)));
  const nested = [...poolsOf(azure, manager.id), ...gone].map(
    ({ id }) => `'${id.split('/').slice(6).join('/')}'`,
  );
  if (nested.length > 0) {
    throw new ArmError(
      409,
      'CannotDeleteResource',
      `Cannot delete resource while nested resources exist. Some existing nested resource IDs include: ${nested.join(', ')}. Please delete all nested resources before deleting this resource.`,
      'gateway',
    );
  }
  azure.store.delete(collections.networkManagers, manager.id);
  for (const connection of azure.store.list<ScopeConnectionRecord>(
    collections.scopeConnections,
    `${manager.id}/scopeConnections/`,
  )) {
    azure.store.delete(collections.scopeConnections, connection.id);
  }
  return { status: 200 };
}

const common = { service: 'networkManager' } as const;
const resource = 'Microsoft.Network/networkManagers';

/** What a network manager may hold and the emulated one never does: lists of it are empty. */
const emptyKinds = [
  'networkGroups',
  'connectivityConfigurations',
  'securityAdminConfigurations',
  'securityUserConfigurations',
  'routingConfigurations',
  'verifierWorkspaces',
] as const;

const emptyLists = emptyKinds.map(
  (kind): ArmOperation => ({
    name: `NetworkManagers_List_${kind}`,
    method: 'GET',
    path: `${networkManagerPath}/${kind}`,
    action: `Microsoft.Network/networkManagers/${kind}/read`,
    service: common.service,
    handle(context) {
      requireNetworkManager(context, kind);
      return { status: 200, body: { value: [] } };
    },
  }),
);

export const networkManagerOperations: readonly ArmOperation[] = [
  ...emptyLists,
  {
    ...common,
    name: 'NetworkManagers_CreateOrUpdate',
    method: 'PUT',
    path: networkManagerPath,
    action: `${resource}/write`,
    handle: put,
  },
  {
    ...common,
    name: 'NetworkManagers_Get',
    method: 'GET',
    path: networkManagerPath,
    action: `${resource}/read`,
    handle: get,
  },
  {
    ...common,
    name: 'NetworkManagers_Delete',
    method: 'DELETE',
    path: networkManagerPath,
    action: `${resource}/delete`,
    handle: remove,
  },
  {
    ...common,
    name: 'NetworkManagers_List',
    method: 'GET',
    path: networkManagerPath.replace('/{networkManager}', ''),
    action: `${resource}/read`,
    handle: (context) => {
      const subscriptionId = parameter(context, 'subscriptionId');
      const group = parameter(context, 'resourceGroup');
      return list(context, `${resourceGroupIdOf(subscriptionId, group)}/`);
    },
  },
  {
    ...common,
    name: 'NetworkManagers_ListBySubscription',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/providers/Microsoft.Network/networkManagers',
    action: `${resource}/read`,
    handle: (context) => list(context, `/subscriptions/${parameter(context, 'subscriptionId')}/`),
  },
];
