import { randomUUID } from 'node:crypto';
import { AuthorizationManagementClient } from '@azure/arm-authorization';
import { ClientSecretCredential } from '@azure/identity';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
beforeAll(async () => {
  azure = await startTestAzure();
});
afterAll(() => azure.close());

function client(
  tenantId: string,
  application: { readonly clientId: string; readonly clientSecret: string },
  subscriptionId: string,
): AuthorizationManagementClient {
  const credential = new ClientSecretCredential(
    tenantId,
    application.clientId,
    application.clientSecret,
    { authorityHost: azure.authority, disableInstanceDiscovery: true },
  );
  return new AuthorizationManagementClient(credential, subscriptionId, {
    $host: azure.resourceManager,
    endpoint: azure.resourceManager,
  });
}

async function all<T>(pages: AsyncIterable<T>): Promise<T[]> {
  const items: T[] = [];
  for await (const item of pages) items.push(item);
  return items;
}

const ipamPoolUser = '7b3e853f-ad5d-4fb5-a7b8-56a3581c7037';
const definitionOf = (roleId: string) =>
  `${scopes.subscriptionA}/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;

describe('the unmodified authorization client', () => {
  test('lists the permissions of the caller at a resource group and at a pool', async () => {
    const inB = client(ids.tenantB, ids.application, ids.subscriptionB);
    const atGroup = await all(inB.permissions.listForResourceGroup('rg-app'));
    expect(atGroup.map(({ actions }) => actions)).toEqual([
      expect.arrayContaining(['Microsoft.Network/*']),
    ]);
    const inA = client(ids.tenantA, ids.application, ids.subscriptionA);
    const atPool = await all(
      inA.permissions.listForResource(
        'rg-ipam',
        'Microsoft.Network',
        'networkManagers/nm',
        'ipamPools',
        'pool',
      ),
    );
    expect(atPool).toEqual([
      {
        actions: [
          'Microsoft.Network/networkManagers/ipamPools/*/read',
          'Microsoft.Network/networkManagers/ipamPools/*/action',
          'Microsoft.Network/networkManagers/ipamPools/*/write',
        ],
        notActions: [],
        dataActions: [],
        notDataActions: [],
      },
    ]);
    expect(await all(inA.permissions.listForResourceGroup('rg-ipam'))).toEqual([]);
  });

  test('takes a role assignment through its life', async () => {
    const inA = client(ids.tenantA, ids.administratorA, ids.subscriptionA);
    const name = randomUUID();
    const assignment = {
      roleDefinitionId: definitionOf(ipamPoolUser),
      principalId: ids.objectIdInA,
      principalType: 'ServicePrincipal',
    };
    const created = await inA.roleAssignments.create(scopes.groupA, name, assignment);
    expect(created).toMatchObject({ ...assignment, name, scope: scopes.groupA });
    expect(await inA.roleAssignments.get(scopes.groupA, name)).toMatchObject({ id: created.id });
    expect(await inA.roleAssignments.create(scopes.groupA, name, assignment)).toMatchObject({
      id: created.id,
    });
    await expect(
      inA.roleAssignments.create(scopes.groupA, randomUUID(), assignment),
    ).rejects.toMatchObject({ statusCode: 409, code: 'RoleAssignmentExists' });
    expect(await inA.roleAssignments.delete(scopes.groupA, name)).toMatchObject({ name });
    await expect(inA.roleAssignments.get(scopes.groupA, name)).rejects.toMatchObject({
      statusCode: 404,
      code: 'RoleAssignmentNotFound',
    });
    expect(await inA.roleAssignments.delete(scopes.groupA, name)).not.toHaveProperty('name');
  });

  test('filters role assignments by principal and by scope', async () => {
    const inA = client(ids.tenantA, ids.administratorA, ids.subscriptionA);
    const list = async (scope: string, filter?: string) =>
      (await all(inA.roleAssignments.listForScope(scope, filter ? { filter } : {}))).map(
        ({ scope: at, principalId }) => [at, principalId],
      );
    const owner = [scopes.subscriptionA, ids.administratorA.objectId];
    const poolUser = [scopes.pool, ids.objectIdInA];
    expect(await list(scopes.subscriptionA)).toEqual(expect.arrayContaining([owner, poolUser]));
    expect(await list(scopes.subscriptionA, 'atScope()')).toEqual([owner]);
    expect(await list(scopes.pool, 'atScope()')).toEqual(expect.arrayContaining([owner, poolUser]));
    expect(await list(scopes.groupA, `principalId eq '${ids.objectIdInA}'`)).toEqual([poolUser]);
    expect(await list(scopes.pool, `assignedTo('${ids.objectIdInA}')`)).toEqual([poolUser]);
    await expect(list(scopes.pool, "roleName eq 'x'")).rejects.toMatchObject({ statusCode: 400 });
  });

  test('finds role definitions by name and by id', async () => {
    const inA = client(ids.tenantA, ids.administratorA, ids.subscriptionA);
    const [found, ...others] = await all(
      inA.roleDefinitions.list(scopes.pool, { filter: "roleName eq 'IPAM Pool User'" }),
    );
    expect(others).toEqual([]);
    expect(found).toMatchObject({ id: definitionOf(ipamPoolUser), roleType: 'BuiltInRole' });
    expect(await inA.roleDefinitions.get(scopes.pool, ipamPoolUser)).toMatchObject({
      roleName: 'IPAM Pool User',
    });
    await expect(inA.roleDefinitions.get(scopes.pool, randomUUID())).rejects.toMatchObject({
      code: 'RoleDefinitionDoesNotExist',
    });
  });
});

describe('a role assignment', () => {
  const put = async (name: string, body: unknown, scope = scopes.groupA) => {
    const token = await tokenOf(azure, ids.tenantA, ids.administratorA);
    const path = `${scope}/providers/Microsoft.Authorization/roleAssignments/${name}`;
    const answer = await arm(azure, 'PUT', path, { token, body });
    return [answer.status, answer.body.error?.code];
  };
  const properties = { roleDefinitionId: definitionOf(ipamPoolUser), principalId: ids.objectIdInA };

  test('is refused when something in it does not exist', async () => {
    expect(await put('not-a-guid', { properties })).toEqual([400, 'InvalidRoleAssignmentId']);
    expect(await put(randomUUID(), {})).toEqual([400, 'InvalidCreateRoleAssignmentRequest']);
    expect(
      await put(randomUUID(), {
        properties: { ...properties, roleDefinitionId: definitionOf(randomUUID()) },
      }),
    ).toEqual([400, 'RoleDefinitionDoesNotExist']);
    expect(
      await put(randomUUID(), { properties: { ...properties, principalId: ids.objectIdInB } }),
    ).toEqual([400, 'PrincipalNotFound']);
    expect(
      await put(randomUUID(), { properties }, `${scopes.subscriptionA}/resourceGroups/missing`),
    ).toEqual([404, 'ResourceGroupNotFound']);
  });

  test('keeps its principal', async () => {
    const name = randomUUID();
    expect(await put(name, { properties })).toEqual([201, undefined]);
    expect(
      await put(name, {
        properties: { ...properties, principalId: ids.administratorA.objectId },
      }),
    ).toEqual([409, 'RoleAssignmentUpdateNotPermitted']);
  });

  test('can be neither seen nor made by somebody who only uses pools', async () => {
    const token = await tokenOf(azure, ids.tenantA, ids.application);
    const list = `${scopes.pool}/providers/Microsoft.Authorization/roleAssignments`;
    expect(await arm(azure, 'GET', list, { token })).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'AuthorizationFailed',
          message: expect.stringContaining('Microsoft.Authorization/roleAssignments/read'),
        },
      },
    });
  });

  test('takes effect at once, and so does its end', async () => {
    const token = await tokenOf(azure, ids.tenantB, ids.application);
    const status = async () => (await arm(azure, 'GET', scopes.groupB, { token })).status;
    const role = {
      scope: scopes.groupB,
      role: 'Network Contributor',
      principalId: ids.objectIdInB,
    };
    expect(await status()).toBe(200);
    await control(azure, 'POST', '/state', { roleAssignments: { drop: [role] } });
    expect(await status()).toBe(403);
    await control(azure, 'POST', '/state', { roleAssignments: { add: [role] } });
    expect(await status()).toBe(200);
  });
});

test('permissions may need a right of their own, by a switch', async () => {
  const token = await tokenOf(azure, ids.tenantA, ids.application);
  const path = `${scopes.pool}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`;
  const read = () => arm(azure, 'GET', path, { token });
  expect(await read()).toMatchObject({ status: 200, body: { nextLink: null } });
  await control(azure, 'POST', '/state', { switches: { permissionsNeedAuthorizationRead: true } });
  expect(await read()).toMatchObject({ status: 403 });
  await control(azure, 'POST', '/state', { switches: { permissionsNeedAuthorizationRead: null } });
});

describe('subscriptions and tenants', () => {
  test('are listed as far as the caller has to do with them', async () => {
    const token = await tokenOf(azure, ids.tenantB, ids.application);
    const subscriptions = await arm(azure, 'GET', '/subscriptions', { token });
    expect(subscriptions.body.value).toMatchObject([
      { subscriptionId: ids.subscriptionB, tenantId: ids.tenantB, state: 'Enabled' },
    ]);
    const tenants = await arm(azure, 'GET', '/tenants', { token });
    expect(tenants.body.value.map(({ tenantId }: { tenantId: string }) => tenantId)).toEqual([
      ids.tenantA,
      ids.tenantB,
    ]);
  });

  test('are not listed for somebody without any role', async () => {
    const token = await tokenOf(azure, ids.tenantA, ids.singleTenant);
    const answer = await arm(azure, 'GET', '/subscriptions', { token });
    expect(answer.body.value).toEqual([]);
    expect((await arm(azure, 'GET', scopes.subscriptionA, { token })).status).toBe(403);
  });

  test('can be read by those who may', async () => {
    const token = await tokenOf(azure, ids.tenantA, ids.administratorA);
    expect(await arm(azure, 'GET', scopes.subscriptionA, { token })).toMatchObject({
      status: 200,
      body: { displayName: 'Subscription A' },
    });
  });
});
