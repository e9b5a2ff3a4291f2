import {
  type ArmAnswer,
  type ArmContext,
  ArmError,
  type ArmOperation,
  type AzureServices,
} from '../contracts.ts';
import { nameOf, subscriptionOf } from './arm-ids.ts';
import {
  managedSidesOf,
  managementSidesOf,
  managerConnectionState,
  scopeConnectionState,
} from './connections.ts';
import { requireName } from './names.ts';
import { networkManagerPath, requireNetworkManager } from './pool-operations.ts';
import {
  collections,
  type JsonObject,
  type NetworkManagerConnectionRecord,
  type ScopeConnectionRecord,
} from './records.ts';
import { bodyOf, objectAt, parameter, stringAt } from './request-values.ts';

const scopeConnectionsPath = `${networkManagerPath}/scopeConnections`;
const managerConnectionsPath =
  '/subscriptions/{subscriptionId}/providers/Microsoft.Network/networkManagerConnections';

const missing = (message: string): ArmError =>
  new ArmError(404, 'NotFound', message, 'networkManager');

const required = (properties: JsonObject | undefined, name: string): string => {
  const value = stringAt(properties, name);
  if (value !== undefined && value !== '') return value;
  throw new ArmError(400, 'BadRequest', `The property '${name}' is required.`, 'networkManager');
};

const scopeConnectionView = (
  services: AzureServices,
  side: ScopeConnectionRecord,
  state = scopeConnectionState(services, side),
): JsonObject => ({
  id: side.id,
  name: nameOf(side.id),
  type: 'Microsoft.Network/networkManagers/scopeConnections',
  properties: {
    tenantId: side.targetTenantId,
    resourceId: side.resourceId,
    connectionState: state,
    description: side.description,
  },
  systemData: { createdAt: new Date(side.writtenAt).toISOString() },
});

const scopeConnectionIdIn = (context: ArmContext): string =>
  `${requireNetworkManager(context, 'scopeConnections').id}/scopeConnections/${parameter(context, 'connection')}`;

/** The first answer says Pending, even when the other side is there (azure-ipam 12). */
function putScopeConnection(context: ArmContext): ArmAnswer {
  const { azure } = context;
  const properties = objectAt(bodyOf(context), 'properties');
  const id = scopeConnectionIdIn(context);
  requireName(parameter(context, 'connection'), 'networkManager');
  const before = azure.store.get<ScopeConnectionRecord>(collections.scopeConnections, id);
  const now = azure.clock.now();
  const side: ScopeConnectionRecord = {
    ...before,
    id: before?.id ?? id,
    targetTenantId: required(properties, 'tenantId'),
    resourceId: required(properties, 'resourceId'),
    description: stringAt(properties, 'description') ?? '',
    writtenAt: now,
    createdAt: before?.createdAt ?? now,
  };
  azure.store.put(collections.scopeConnections, id, side);
  for (const other of managedSidesOf(azure, side)) forgetRemoval(azure, other);
  const state = before === undefined ? 'Pending' : scopeConnectionState(azure, side);
  return { status: 200, body: scopeConnectionView(azure, side, state) };
}

function forgetRemoval(services: AzureServices, other: NetworkManagerConnectionRecord): void {
  const { otherSideRemoved: _, ...rest } = other;
  services.store.put(collections.networkManagerConnections, other.id, rest);
}

function getScopeConnection(context: ArmContext): ArmAnswer {
  const id = scopeConnectionIdIn(context);
  const side = context.azure.store.get<ScopeConnectionRecord>(collections.scopeConnections, id);
  if (side === undefined) throw missing(`Resource [${id}] does not exist or has been deleted`);
  return { status: 200, body: scopeConnectionView(context.azure, side) };
}

function deleteScopeConnection(context: ArmContext): ArmAnswer {
  const { azure } = context;
  const id = scopeConnectionIdIn(context);
  const side = azure.store.get<ScopeConnectionRecord>(collections.scopeConnections, id);
  if (side === undefined) return { status: 204 };
  for (const other of managedSidesOf(azure, side)) {
    azure.store.put(collections.networkManagerConnections, other.id, {
      ...other,
      otherSideRemoved: true,
    });
  }
  azure.store.delete(collections.scopeConnections, id);
  return { status: 200 };
}

function listScopeConnections(context: ArmContext): ArmAnswer {
  const manager = requireNetworkManager(context, 'scopeConnections');
  const sides = context.azure.store.list<ScopeConnectionRecord>(
    collections.scopeConnections,
    `${manager.id}/scopeConnections/`,
  );
  const value = sides.map((side) => scopeConnectionView(context.azure, side));
  return { status: 200, body: { value, nextLink: '' } };
}

const managerConnectionView = (
  services: AzureServices,
  side: NetworkManagerConnectionRecord,
  state = managerConnectionState(services, side),
): JsonObject => ({
  id: side.id,
  name: nameOf(side.id),
  type: 'Microsoft.Network/networkManagerConnections',
  location: '',
  properties: {
    networkManagerId: side.networkManagerId,
    connectionState: state,
    description: side.description,
  },
});

const managerConnectionsIdIn = (context: ArmContext): string =>
  `/subscriptions/${parameter(context, 'subscriptionId')}/providers/Microsoft.Network/networkManagerConnections`;

const managerConnectionIdIn = (context: ArmContext): string =>
  `${managerConnectionsIdIn(context)}/${parameter(context, 'connection')}`;

function putManagerConnection(context: ArmContext): ArmAnswer {
  const { azure } = context;
  const properties = objectAt(bodyOf(context), 'properties');
  const id = managerConnectionIdIn(context);
  requireName(parameter(context, 'connection'), 'networkManager');
  const before = azure.store.get<NetworkManagerConnectionRecord>(
    collections.networkManagerConnections,
    id,
  );
  const networkManagerId = required(properties, 'networkManagerId');
  if (subscriptionOf(networkManagerId) === '') {
    throw new ArmError(
      400,
      'BadRequest',
      `The networkManagerId '${networkManagerId}' is no resource id.`,
      'networkManager',
    );
  }
  const side: NetworkManagerConnectionRecord = {
    ...before,
    id: before?.id ?? id,
    tenantId: context.principal.tenantId,
    networkManagerId,
    description: stringAt(properties, 'description') ?? '',
    createdAt: before?.createdAt ?? azure.clock.now(),
  };
  azure.store.put(collections.networkManagerConnections, id, side);
  for (const other of managementSidesOf(azure, side)) {
    const { otherSideRemoved: _, ...rest } = other;
    azure.store.put(collections.scopeConnections, other.id, rest);
  }
  const state = before === undefined ? 'Pending' : managerConnectionState(azure, side);
  return { status: 200, body: managerConnectionView(azure, side, state) };
}

function getManagerConnection(context: ArmContext): ArmAnswer {
  const id = managerConnectionIdIn(context);
  const side = context.azure.store.get<NetworkManagerConnectionRecord>(
    collections.networkManagerConnections,
    id,
  );
  // Two spaces, as recorded (azure-ipam 13).
  if (side === undefined) throw missing(`Resource  [${id}] does not exist or has been deleted`);
  return { status: 200, body: managerConnectionView(context.azure, side) };
}

function deleteManagerConnection(context: ArmContext): ArmAnswer {
  const { azure } = context;
  const id = managerConnectionIdIn(context);
  const side = azure.store.get<NetworkManagerConnectionRecord>(
    collections.networkManagerConnections,
    id,
  );
  if (side === undefined) return { status: 204 };
  for (const other of managementSidesOf(azure, side)) {
    azure.store.put(collections.scopeConnections, other.id, { ...other, otherSideRemoved: true });
  }
  azure.store.delete(collections.networkManagerConnections, id);
  return { status: 200 };
}

function listManagerConnections(context: ArmContext): ArmAnswer {
  const sides = context.azure.store.list<NetworkManagerConnectionRecord>(
    collections.networkManagerConnections,
    `${managerConnectionsIdIn(context)}/`,
  );
  const value = sides.map((side) => managerConnectionView(context.azure, side));
  return { status: 200, body: { value, nextLink: '' } };
}

interface ConnectionKind {
  readonly name: string;
  readonly path: string;
  readonly resource: string;
  readonly put: ArmOperation['handle'];
  readonly get: ArmOperation['handle'];
  readonly remove: ArmOperation['handle'];
  readonly list: ArmOperation['handle'];
}

function operationsOf(kind: ConnectionKind): ArmOperation[] {
  const { name, path, resource } = kind;
  const one = { service: 'networkManager', path: `${path}/{connection}` } as const;
  const read = `${resource}/read`;
  const write = `${resource}/write`;
  return [
    { ...one, name: `${name}_CreateOrUpdate`, method: 'PUT', action: write, handle: kind.put },
    { ...one, name: `${name}_Get`, method: 'GET', action: read, handle: kind.get },
    {
      ...one,
      name: `${name}_Delete`,
      method: 'DELETE',
      action: `${resource}/delete`,
      handle: kind.remove,
    },
    { ...one, path, name: `${name}_List`, method: 'GET', action: read, handle: kind.list },
  ];
}

export const connectionOperations: readonly ArmOperation[] = [
  ...operationsOf({
    name: 'ScopeConnections',
    path: scopeConnectionsPath,
    resource: 'Microsoft.Network/networkManagers/scopeConnections',
    put: putScopeConnection,
    get: getScopeConnection,
    remove: deleteScopeConnection,
    list: listScopeConnections,
  }),
  ...operationsOf({
    name: 'SubscriptionNetworkManagerConnections',
    path: managerConnectionsPath,
    resource: 'Microsoft.Network/networkManagerConnections',
    put: putManagerConnection,
    get: getManagerConnection,
    remove: deleteManagerConnection,
    list: listManagerConnections,
  }),
];
