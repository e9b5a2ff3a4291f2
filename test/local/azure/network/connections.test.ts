import { expect, test } from 'vitest';
import {
  changeNetwork,
  deleteNetworkResourcesOf,
  describeNetwork,
} from '../../../../src/local/azure/network/network-operations.ts';
import { ids, scopes } from '../support/test-azure.ts';
import { type Answer, networkPath, TestNetwork } from './test-network.ts';

const managementSide = `${scopes.networkManager}/scopeConnections/to-b`;
const managedSide = `${scopes.subscriptionB}/providers/Microsoft.Network/networkManagerConnections/to-a`;

const putManagementSide = (azure: TestNetwork, resourceId = scopes.subscriptionB): Answer =>
  azure.call('PUT', managementSide, {
    body: { properties: { tenantId: ids.tenantB, resourceId, description: 'to B' } },
  });

const putManagedSide = (azure: TestNetwork): Answer =>
  azure.call('PUT', managedSide, {
    body: { properties: { networkManagerId: scopes.networkManager } },
  });

const states = (azure: TestNetwork): string[] =>
  [managementSide, managedSide].map(
    (path) => azure.call('GET', path).body.properties.connectionState,
  );

test('a connection is Pending in its PUT, and Connected a second after both sides exist', () => {
  const azure = new TestNetwork();
  const first = putManagementSide(azure);
  expect(first).toMatchObject({
    status: 200,
    body: {
      id: managementSide,
      name: 'to-b',
      type: 'Microsoft.Network/networkManagers/scopeConnections',
      properties: {
        tenantId: ids.tenantB,
        resourceId: scopes.subscriptionB,
        connectionState: 'Pending',
        description: 'to B',
      },
    },
  });
  azure.finish();
  expect(putManagedSide(azure)).toEqual({
    status: 200,
    headers: {},
    body: {
      id: managedSide,
      name: 'to-a',
      type: 'Microsoft.Network/networkManagerConnections',
      location: '',
      properties: {
        networkManagerId: scopes.networkManager,
        connectionState: 'Pending',
        description: '',
      },
    },
  });
  expect(states(azure)).toEqual(['Pending', 'Pending']);
  azure.clock.advance(1_000);
  expect(states(azure)).toEqual(['Connected', 'Connected']);
  const again = putManagementSide(azure);
  expect(again.body.properties.connectionState).toBe('Connected');
  expect(again.body.systemData.createdAt).not.toBe(first.body.systemData.createdAt);
});

test('sides with different scopes stay Pending', () => {
  const azure = new TestNetwork();
  putManagementSide(azure, scopes.subscriptionA);
  putManagedSide(azure);
  azure.finish();
  expect(states(azure)).toEqual(['Pending', 'Pending']);
});

test('removing one side revokes the other, until it is there again', () => {
  const azure = new TestNetwork();
  putManagementSide(azure);
  putManagedSide(azure);
  azure.finish();
  expect(azure.call('DELETE', managedSide).status).toBe(200);
  expect(azure.call('GET', managementSide).body.properties.connectionState).toBe('Revoked');
  expect(azure.call('GET', managedSide)).toMatchObject({
    status: 404,
    body: {
      error: {
        message: `Resource  [${managedSide}] does not exist or has been deleted`,
        code: 'NotFound',
      },
    },
  });
  putManagedSide(azure);
  azure.finish();
  expect(states(azure)).toEqual(['Connected', 'Connected']);
  expect(azure.call('DELETE', managementSide).status).toBe(200);
  expect(Object.keys(azure.call('GET', managementSide).body.error)).toEqual(['message', 'code']);
  expect(azure.call('DELETE', managementSide).status).toBe(204);
});

test('the control can put a connection into any state, and take it back', () => {
  const azure = new TestNetwork();
  putManagementSide(azure);
  putManagedSide(azure);
  azure.finish();
  const set = (state: string | null): void =>
    changeNetwork(azure.services, { change: 'setConnectionState', id: managementSide, state });
  set('Conflict');
  expect(states(azure)).toEqual(['Conflict', 'Conflict']);
  set(null);
  expect(states(azure)).toEqual(['Connected', 'Connected']);
});

test('a network manager answers its etag on GET only, and its DELETE waits for its pools', () => {
  const azure = new TestNetwork();
  const body = {
    location: 'eastus',
    properties: {
      networkManagerScopes: { managementGroups: [], subscriptions: [scopes.subscriptionA] },
      networkManagerScopeAccesses: [],
    },
  };
  const path = `${scopes.groupA}/providers/Microsoft.Network/networkManagers/nm2`;
  expect(azure.call('PUT', path, { body })).toEqual({
    status: 200,
    headers: {},
    body: {
      name: 'nm2',
      id: path,
      location: 'eastus',
      type: 'Microsoft.Network/networkManagers',
      tags: {},
      etag: '',
      properties: {
        description: '',
        networkManagerScopes: {
          managementGroups: [],
          subscriptions: [scopes.subscriptionA],
          crossTenantScopes: [],
        },
        provisioningState: 'Succeeded',
        networkManagerScopeAccesses: [],
        resourceGuid: expect.any(String),
      },
      systemData: {},
    },
  });
  expect(azure.call('GET', path).body.etag).toMatch(/^"[0-9a-f-]{36}"$/);
  const pool = { location: 'westus', properties: { addressPrefixes: ['10.0.0.0/8'] } };
  expect(azure.call('PUT', `${path}/ipamPools/p`, { body: pool }).status).toBe(201);
  const refusal = {
    status: 409,
    body: {
      error: {
        code: 'CannotDeleteResource',
        message:
          "Cannot delete resource while nested resources exist. Some existing nested resource IDs include: 'Microsoft.Network/networkManagers/nm2/ipamPools/p'. Please delete all nested resources before deleting this resource.",
      },
    },
  };
  expect(azure.call('DELETE', path)).toMatchObject(refusal);
  azure.call('DELETE', `${path}/ipamPools/p`);
  azure.clock.advance(5_000);
  expect(azure.call('GET', `${path}/ipamPools/p`).status).toBe(404);
  expect(azure.call('DELETE', path)).toMatchObject(refusal);
  azure.clock.advance(5_000);
  expect(azure.call('DELETE', path)).toEqual({ status: 200, body: undefined, headers: {} });
  expect(azure.call('GET', path).body.error.code).toBe('ResourceNotFound');
});

test('a manager shows the tenants that it is connected to', () => {
  const azure = new TestNetwork();
  putManagementSide(azure);
  const { properties } = azure.call('GET', scopes.networkManager).body;
  expect(properties.networkManagerScopes.crossTenantScopes).toEqual([
    { tenantId: ids.tenantB, managementGroups: [], subscriptions: [scopes.subscriptionB] },
  ]);
});

test('deleting a resource group takes everything in it, and gives the space back', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  deleteNetworkResourcesOf(azure.services, scopes.groupB);
  expect(azure.call('GET', networkPath('v')).status).toBe(404);
  expect(azure.associations()).toEqual({});
  azure.call('PUT', `${scopes.pool}/staticCidrs/c`, {
    body: { properties: { addressPrefixes: ['10.0.0.0/16'] } },
  });
  deleteNetworkResourcesOf(azure.services, scopes.groupA);
  expect(azure.call('GET', scopes.networkManager).status).toBe(404);
  expect(azure.call('GET', scopes.pool).status).toBe(404);
  expect(describeNetwork(azure.services)).toMatchObject({ pools: [], networkManagers: [] });
});

test('the control changes VNets and pools behind the back of the product', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256, { subnets: { s: 64 } });
  azure.finish();
  const id = networkPath('v');
  changeNetwork(azure.services, [
    { change: 'patchVirtualNetwork', id, tags: { a: 'b' }, properties: { x: 1 } },
    { change: 'disassociate', id, side: 'pool' },
    { change: 'fillPool', pool: scopes.pool, leave: ['10.0.255.0/24'] },
  ]);
  expect(azure.call('GET', id).body).toMatchObject({ tags: { a: 'b' }, properties: { x: 1 } });
  expect(azure.associations()).toEqual({});
  expect(azure.usage()['availableAddressPrefixes']).toEqual(['10.0.255.0/24']);
  expect(azure.allocate('w', 512).status).toBe(400);
  changeNetwork(azure.services, { change: 'disassociate', id });
  expect(azure.call('GET', id).body.properties.addressSpace).toEqual({
    addressPrefixes: ['10.0.0.0/24'],
  });
  changeNetwork(azure.services, { change: 'deleteVirtualNetwork', id });
  expect(azure.call('GET', id).status).toBe(404);
  const failing: [unknown, RegExp][] = [
    [{ change: 'explode' }, /not valid/],
    [{ change: 'deleteVirtualNetwork', id }, /there is no VNet/],
    [{ change: 'fillPool', pool: '/subscriptions/none' }, /there is no pool/],
    [{ change: 'useSubnet', id: 'subnet', ipConfigurations: [] }, /must be an ARM id/],
  ];
  for (const [change, message] of failing) {
    expect(() => changeNetwork(azure.services, change)).toThrow(message);
  }
});

test('a pool that is filled a second time keeps what it was filled with', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  const fill = { change: 'fillPool', pool: scopes.pool };
  changeNetwork(azure.services, fill);
  changeNetwork(azure.services, { change: 'deleteVirtualNetwork', id: networkPath('v') });
  changeNetwork(azure.services, fill);
  expect(azure.usage()['numberOfAvailableIPAddresses']).toBe('0');
  const again = { change: 'addStaticCidr', name: 'filler', addressPrefixes: ['10.0.0.0/24'] };
  expect(() => changeNetwork(azure.services, { ...again, pool: scopes.pool })).toThrow(/already/);
});

test('the described state shows pools with what they have given, and both sides of connections', () => {
  const azure = new TestNetwork();
  azure.allocate('v', 256);
  putManagementSide(azure);
  expect(describeNetwork(azure.services)).toMatchObject({
    virtualNetworks: [{ tenantId: ids.tenantB, id: networkPath('v') }],
    pools: [
      {
        id: scopes.pool,
        allocations: [{ resourceId: networkPath('v'), addressPrefixes: ['10.0.0.0/24'] }],
        usage: { numberOfAllocatedIPAddresses: '256' },
      },
    ],
    scopeConnections: [{ id: managementSide, state: 'Pending' }],
    networkManagerConnections: [],
  });
});

test('where the connection is enforced, a Connected one lets the VNet have its prefixes', () => {
  const azure = new TestNetwork({ switches: { enforceConnection: true } });
  putManagementSide(azure);
  putManagedSide(azure);
  expect(azure.allocate('v', 256).status).toBe(400);
  azure.finish();
  expect(azure.allocate('v', 256).status).toBe(201);
});
