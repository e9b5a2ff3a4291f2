import { randomUUID } from 'node:crypto';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ClientSecretCredential } from '@azure/identity';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
let clock: VirtualClock;
let administrator: string;
beforeEach(async () => {
  clock = new VirtualClock();
  azure = await startTestAzure({ clock, speed: 1 });
  administrator = await tokenOf(azure, ids.tenantB, ids.administratorB);
});
afterEach(() => azure.close());

const roleId = 'abcdefab-0000-4000-8000-000000000001';
const definitionAt = (scope: string, name = roleId) =>
  `${scope}/providers/Microsoft.Authorization/roleDefinitions/${name}`;
const roleOf = (actions: readonly string[], assignableScopes = [scopes.groupB]) => ({
  properties: {
    roleName: 'Reads groups',
    description: 'A test.',
    type: 'CustomRole',
    permissions: [{ actions, notActions: [] }],
    assignableScopes,
  },
});
const readGroup = 'Microsoft.Resources/subscriptions/resourceGroups/read';

const asAdministrator = (method: string, id: string, body?: object) =>
  arm(azure, method, id, { token: administrator, ...(body ? { body } : {}) });

async function assign(scope = scopes.groupB, principalId = ids.objectIdInB) {
  const id = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}`;
  const roleDefinitionId = definitionAt(scopes.subscriptionB);
  const answer = await asAdministrator('PUT', id, {
    properties: { roleDefinitionId, principalId, principalType: 'ServicePrincipal' },
  });
  return { id, ...answer };
}

/** What the application of the tests is answered when it reads the group, with no other role. */
async function readsGroup(): Promise<number> {
  const token = await tokenOf(azure, ids.tenantB, ids.application);
  return (await arm(azure, 'GET', scopes.groupB, { token })).status;
}

const withdrawNetworkContributor = () =>
  control(azure, 'POST', '/state', {
    roleAssignments: { drop: [{ role: 'Network Contributor', principalId: ids.objectIdInB }] },
  });

describe('a custom role', () => {
  test('counts at the gateway as it is defined, also when it is changed later', async () => {
    await withdrawNetworkContributor();
    const put = (actions: readonly string[]) =>
      asAdministrator('PUT', definitionAt(scopes.subscriptionB), roleOf(actions));
    expect(await put([readGroup])).toMatchObject({
      status: 201,
      body: { name: roleId, properties: { type: 'CustomRole', roleName: 'Reads groups' } },
    });
    expect(await readsGroup()).toBe(403);
    expect((await assign()).status).toBe(201);
    expect(await readsGroup()).toBe(200);
    expect((await put(['Microsoft.Network/virtualNetworks/read'])).status).toBe(201);
    expect(await readsGroup()).toBe(403);
  });

  test('is found by name, shown where it may be assigned, and unknown to other tenants', async () => {
    await asAdministrator('PUT', definitionAt(scopes.subscriptionB), roleOf([readGroup]));
    const named = async (scope: string) => {
      const filter = encodeURIComponent("roleName eq 'Reads groups'");
      const path = `${scope}/providers/Microsoft.Authorization/roleDefinitions?$filter=${filter}`;
      return (await asAdministrator('GET', path)).body.value.length;
    };
    expect([await named(scopes.groupB), await named(scopes.subscriptionB)]).toEqual([1, 0]);
    expect((await asAdministrator('GET', definitionAt(scopes.groupB))).status).toBe(200);
    expect((await asAdministrator('GET', definitionAt(scopes.subscriptionB))).status).toBe(404);
    const token = await tokenOf(azure, ids.tenantA, ids.administratorA);
    const abroad = await arm(azure, 'GET', definitionAt(scopes.subscriptionA), { token });
    expect(abroad).toMatchObject({ status: 404 });
  });

  test('is refused twice under one name, beyond the tenant, and without the right', async () => {
    await asAdministrator('PUT', definitionAt(scopes.subscriptionB), roleOf([readGroup]));
    const other = definitionAt(scopes.subscriptionB, randomUUID());
    expect(await asAdministrator('PUT', other, roleOf([readGroup]))).toMatchObject({
      status: 409,
      body: { error: { code: 'RoleDefinitionWithSameNameExists' } },
    });
    const abroad = roleOf([readGroup], [scopes.subscriptionA]);
    expect((await asAdministrator('PUT', other, abroad)).status).toBe(400);
    const token = await tokenOf(azure, ids.tenantB, ids.application);
    expect((await arm(azure, 'PUT', other, { token, body: abroad })).status).toBe(403);
    expect((await assign(scopes.subscriptionB)).body.error.code).toBe('RoleDefinitionDoesNotExist');
  });

  test('cannot go while somebody has it', async () => {
    await asAdministrator('PUT', definitionAt(scopes.subscriptionB), roleOf([readGroup]));
    const { id } = await assign();
    const remove = () => asAdministrator('DELETE', definitionAt(scopes.subscriptionB));
    expect((await remove()).body.error.code).toBe('RoleDefinitionHasAssignments');
    await asAdministrator('DELETE', id);
    expect([(await remove()).status, (await remove()).status]).toEqual([200, 204]);
  });

  test('is made by the unmodified authorization client', async () => {
    const credential = new ClientSecretCredential(
      ids.tenantB,
      ids.administratorB.clientId,
      ids.administratorB.clientSecret,
      { authorityHost: azure.authority, disableInstanceDiscovery: true },
    );
    const client = new AuthorizationManagementClient(credential, ids.subscriptionB, {
      $host: azure.resourceManager,
      endpoint: azure.resourceManager,
    });
    const role = await client.roleDefinitions.createOrUpdate(scopes.subscriptionB, roleId, {
      roleName: 'By the SDK',
      permissions: [{ actions: [readGroup] }],
      assignableScopes: [scopes.subscriptionB],
    });
    expect(role).toMatchObject({ roleName: 'By the SDK', roleType: 'CustomRole' });
  });
});

test('a role assignment counts only after the propagation that a switch sets', async () => {
  await withdrawNetworkContributor();
  await control(azure, 'POST', '/state', { switches: { rolePropagationMs: 60_000 } });
  await asAdministrator('PUT', definitionAt(scopes.subscriptionB), roleOf([readGroup]));
  const { id } = await assign();
  expect((await asAdministrator('GET', id)).status).toBe(200);
  expect(await readsGroup()).toBe(403);
  clock.advance(60_000);
  expect(await readsGroup()).toBe(200);
});

test('a group lists the resources that Azure tracks in it', async () => {
  const token = await tokenOf(azure, ids.tenantA, ids.administratorA);
  const { body } = await arm(azure, 'GET', `${scopes.groupA}/resources`, { token });
  expect(body.value.map(({ name, type }: { name: string; type: string }) => [name, type])).toEqual([
    ['nm', 'Microsoft.Network/networkManagers'],
    ['nm/pool', 'Microsoft.Network/networkManagers/ipamPools'],
  ]);
});

describe('Graph', () => {
  const graph = async (method: string, path: string, body?: object) => {
    const scope = `${azure.graph}/.default`;
    const token = await tokenOf(azure, ids.tenantA, ids.administratorA, scope);
    const response = await fetch(`${azure.graph}/v1.0${path}`, {
      method,
      headers: { authorization: `Bearer ${token}` },
      ...(body ? { body: JSON.stringify(body) } : {}),
    });
    const text = await response.text();
    return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
  };
  const application = `/applications(appId='${ids.application.clientId}')`;

  test('takes a federated credential once, and away again', async () => {
    const path = `${application}/federatedIdentityCredentials`;
    const credential = { name: 'one', issuer: 'https://i', subject: 's', audiences: ['a'] };
    expect((await graph('POST', path, credential)).status).toBe(201);
    expect((await graph('POST', path, credential)).status).toBe(409);
    expect((await graph('DELETE', `${path}/one`)).status).toBe(204);
    expect((await graph('DELETE', `${path}/one`)).status).toBe(404);
    expect((await graph('GET', path)).body.value).toEqual([]);
  });

  test('keeps what a client writes down on a service principal', async () => {
    const principal = `/servicePrincipals(appId='${ids.application.clientId}')`;
    await graph('PATCH', principal, { notes: 'made by a test', tags: ['one'] });
    expect((await graph('GET', principal)).body).toMatchObject({
      notes: 'made by a test',
      tags: ['one'],
    });
  });

  test('obeys nobody who is no administrator any more', async () => {
    const { tenantA: tenantId, administratorA } = ids;
    const change = [{ tenantId, clientId: administratorA.clientId, administrator: false }];
    await control(azure, 'POST', '/state', { servicePrincipals: { change } });
    expect(await graph('GET', application)).toMatchObject({
      status: 403,
      body: { error: { code: 'Authorization_RequestDenied' } },
    });
  });
});
