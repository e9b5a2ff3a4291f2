import { afterEach, beforeEach, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let clock: VirtualClock;
let azure: EmulatedAzure;
let token: string;
let auxiliary: string;
beforeEach(async () => {
  clock = new VirtualClock();
  azure = await startTestAzure({ clock });
  token = await tokenOf(azure, ids.tenantB, ids.administratorB);
  const group = `${scopes.subscriptionB}/resourceGroups/rg-other`;
  await arm(azure, 'PUT', group, { token, body: { location: 'eastus' } });
  token = await tokenOf(azure, ids.tenantB, ids.application);
  auxiliary = await tokenOf(azure, ids.tenantA, ids.application);
  const role = { scope: scopes.subscriptionB, role: 'Network Contributor' };
  const add = [{ ...role, principalId: ids.objectIdInB }];
  await control(azure, 'POST', '/state', { roleAssignments: { add } });
  expect((await ask('PUT', id, body)).status).toBe(201);
  clock.advance(60_000);
});
afterEach(() => azure.close());

const network = (group: string, name = 'v') =>
  `${scopes.subscriptionB}/resourceGroups/${group}/providers/Microsoft.Network/virtualNetworks/${name}`;
const id = network('rg-app');
const to = network('rg-other');
const allocations = [{ numberOfIpAddresses: '256', pool: { id: scopes.pool } }];
const body = {
  location: 'eastus',
  properties: { addressSpace: { ipamPoolPrefixAllocations: allocations } },
};

const ask = (method: string, path: string, content?: unknown) =>
  arm(azure, method, path, {
    token,
    auxiliary: [auxiliary],
    ...(content === undefined ? {} : { body: content }),
  });
const change = (what: object) => control(azure, 'POST', '/state', { network: what });
const listed = async () => {
  const { body: list } = await arm(azure, 'POST', `${scopes.pool}/listAssociatedResources`, {
    token: auxiliary,
  });
  return list.value.map(({ resourceId }: { resourceId: string }) => resourceId);
};

test('a VNet that is moved answers under its new id only, while the pool lists the old one', async () => {
  const before = (await ask('GET', id)).body;
  expect((await change({ change: 'moveVirtualNetwork', id, to })).status).toBe(200);
  expect(await ask('GET', id)).toMatchObject({
    status: 404,
    body: { error: { code: 'NotFound' } },
  });
  const after = (await ask('GET', to)).body;
  expect(after).toMatchObject({
    id: to,
    name: 'v',
    properties: { provisioningState: 'Succeeded' },
  });
  expect(after.properties.resourceGuid).toBe(before.properties.resourceGuid);
  expect(after.properties.addressSpace).toEqual(before.properties.addressSpace);
  expect(await listed()).toEqual([id]);
  expect((await ask('DELETE', to)).status).toBe(202);
  clock.advance(60_000);
  expect((await ask('GET', to)).status).toBe(404);
  expect(await listed()).toEqual([id]);
});

test.each([
  ['keeps the name', network('rg-other', 'w'), /keeps the name/],
  ['goes to a resource group that exists', network('rg-none'), /no resource group/],
  [
    'stays in the tenant',
    id.replace(ids.subscriptionB, ids.subscriptionA),
    /resource group|tenant/,
  ],
  ['does not land on another VNet', id, /already/],
])('a move %s', async (_, target, reason) => {
  const answer = await change({ change: 'moveVirtualNetwork', id, to: target });
  expect(answer.status).toBe(400);
  expect(answer.body.error).toMatch(reason);
  expect((await ask('GET', id)).status).toBe(200);
});

test('a VNet that is replaced is another one under the same id', async () => {
  const before = (await ask('GET', id)).body;
  const replace = { change: 'replaceVirtualNetwork', id, addressPrefixes: ['192.168.0.0/24'] };
  expect((await change({ ...replace, tags: { by: 'hand' } })).status).toBe(200);
  const after = (await ask('GET', id)).body;
  expect(after).toMatchObject({ tags: { by: 'hand' }, location: 'eastus' });
  expect(after.properties.addressSpace).toEqual({ addressPrefixes: ['192.168.0.0/24'] });
  expect(after.properties.resourceGuid).not.toBe(before.properties.resourceGuid);
  expect(after.etag).not.toBe(before.etag);
  expect(await listed()).toEqual([]);
});

test('with keepAllocation the pool goes on listing a VNet that was replaced', async () => {
  const replace = { change: 'replaceVirtualNetwork', id, addressPrefixes: ['10.0.0.0/24'] };
  await change({ ...replace, keepAllocation: true });
  const { addressSpace } = (await ask('GET', id)).body.properties;
  expect(addressSpace).toEqual({ addressPrefixes: ['10.0.0.0/24'] });
  expect(await listed()).toEqual([id]);
});

test('a VNet with a peering is not moved', async () => {
  const plain = {
    location: 'eastus',
    properties: { addressSpace: { addressPrefixes: ['172.16.0.0/24'] } },
  };
  await ask('PUT', network('rg-app', 'hub'), plain);
  clock.advance(60_000);
  const remoteVirtualNetwork = { id: network('rg-app', 'hub') };
  const peering = await ask('PUT', `${id}/virtualNetworkPeerings/p`, {
    properties: { remoteVirtualNetwork },
  });
  expect(peering.status).toBe(201);
  const answer = await change({ change: 'moveVirtualNetwork', id, to });
  expect(answer.body.error).toContain('has the peering p');
});
