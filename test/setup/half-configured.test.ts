import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { FreshAzure, ids, landscapeOf, poolId } from './fresh-azure.ts';
import { outcomes } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

const manager = poolId.replace(/\/ipamPools.*/, '');
const connectionsB = `/subscriptions/${ids.subscriptionB}/providers/Microsoft.Network/networkManagerConnections`;
const definitionsB = `/subscriptions/${ids.subscriptionB}/providers/Microsoft.Authorization/roleDefinitions`;

const errorOf = ({ result }: { result: { steps: { id: string; error?: object }[] } }, id: string) =>
  result.steps.find((step) => step.id === id)?.error;

async function makePool(change: object = {}, addressPrefixes = ['10.0.0.0/16']): Promise<void> {
  await fresh.arm(ids.tenantA, 'PUT', manager.replace(/\/providers.*/, ''), { location: 'eastus' });
  await fresh.arm(ids.tenantA, 'PUT', manager, {
    location: 'eastus',
    properties: { networkManagerScopes: { subscriptions: [] } },
  });
  const properties = { addressPrefixes };
  const { status } = await fresh.arm(ids.tenantA, 'PUT', poolId, {
    ...{ location: 'eastus', properties },
    ...change,
  });
  expect(status).toBe(201);
}

describe('a pool that is there', () => {
  test('is used as it is when nothing is said of its prefixes', async () => {
    await makePool({}, ['10.64.0.0/10']);
    const { code, result } = await fresh.setup(['--pool', 'corp=10.64.0.0/11,10.96.0.0/11']);
    expect([code, outcomes({ result }).get('pool corp')]).toEqual([0, 'unchanged']);
  });

  test.each([
    [{}, ['10.1.0.0/16'], 'It has 10.1.0.0/16; --pool says 10.0.0.0/16.'],
    [{ location: 'westus' }, ['10.0.0.0/16'], 'It is in westus; the landscape says eastus.'],
    [{}, ['fd00::/32'], 'It has fd00::/32; the landscape says IPv4.'],
  ])('and another one (%j %j) is a conflict, and is not touched', async (change, prefixes, why) => {
    await makePool(change, prefixes);
    await fresh.writes();
    const finished = await fresh.setup();
    expect(finished.code).toBe(6);
    expect(errorOf(finished, 'pool corp')).toMatchObject({
      code: 'Conflict',
      why: expect.stringContaining(why),
    });
    expect(outcomes(finished).get('role at pool corp')).toBe('not-reached');
    expect((await fresh.writes()).filter((write) => write.includes('/ipamPools/'))).toEqual([]);
  });
});

describe('a connection', () => {
  const id = `connection ${ids.subscriptionB}, both sides`;
  const sideIn = async (tenantId: string, path: string) =>
    (await fresh.arm(tenantId, 'GET', path)).body.value[0].id as string;

  test('of which one side is there already, by another name, gets the other side', async () => {
    await fresh.arm(ids.tenantB, 'PUT', `${connectionsB}/by-hand`, {
      properties: { networkManagerId: manager },
    });
    const finished = await fresh.setup();
    expect([finished.code, outcomes(finished).get(id)]).toEqual([
      0,
      expect.stringMatching(/unchanged|made/),
    ]);
    expect(outcomes(finished).get(`connection ${ids.subscriptionB}, managed side`)).toBe(
      'unchanged',
    );
  });

  test.each([
    ['Conflict', 'Another network manager manages the subscription'],
    ['Rejected', 'The other side does not want the connection'],
    ['Revoked', 'One side was taken away and is there again'],
    ['Pending', 'only one side exists, or their scopes are not exactly the same'],
  ])('that is %s is explained, within a bound', async (state, why) => {
    await fresh.setup();
    const side = await sideIn(ids.tenantA, `${manager}/scopeConnections`);
    await fresh.change({ network: { change: 'setConnectionState', id: side, state } });
    const finished = await fresh.setup();
    expect([finished.code, outcomes(finished).get(id)]).toEqual([6, 'failed']);
    expect(errorOf(finished, id)).toMatchObject({
      code: 'NotConnected',
      why: expect.stringContaining(why),
    });
    const waited = finished.sleeps.reduce((sum, one) => sum + one, 0);
    expect(waited).toBe(state === 'Pending' ? 300_000 : 0);
  });

  test('whose other side was taken away is put together again', async () => {
    await fresh.setup();
    await fresh.arm(
      ids.tenantA,
      'DELETE',
      await sideIn(ids.tenantA, `${manager}/scopeConnections`),
    );
    const finished = await fresh.setup();
    expect(finished.code).toBe(0);
    expect(await fresh.arm(ids.tenantB, 'GET', connectionsB)).toMatchObject({
      body: { value: [{ properties: { connectionState: 'Connected' } }] },
    });
  });

  test('of the same name that leads elsewhere is not written over', async () => {
    await makePool();
    const path = `${manager}/scopeConnections/vnetv-fabrikam-${ids.subscriptionB.slice(-8)}`;
    const elsewhere = { tenantId: ids.tenantB, resourceId: '/subscriptions/elsewhere' };
    await fresh.arm(ids.tenantA, 'PUT', path, { properties: elsewhere });
    const finished = await fresh.setup();
    expect(errorOf(finished, `connection ${ids.subscriptionB}, management side`)).toMatchObject({
      code: 'Conflict',
    });
    expect((await fresh.arm(ids.tenantA, 'GET', path)).body.properties).toMatchObject(elsewhere);
  });
});

describe('an application', () => {
  test('that only its own tenant may use is opened, with all that it had', async () => {
    const { body } = await fresh.graph(ids.tenantA, 'POST', '/applications', {
      displayName: 'by hand',
    });
    await fresh.graph(ids.tenantA, 'POST', '/servicePrincipals', { appId: body.appId });
    fresh.writeLandscape({
      application: { ...(landscapeOf()['application'] as object), clientId: body.appId },
    });
    const finished = await fresh.setup();
    expect(finished.code).toBe(0);
    const all = outcomes(finished);
    expect(all.get('application multi-tenant')).toBe('changed');
    expect(all.get(`service principal ${ids.tenantA}`)).toBe('unchanged');
  });

  test('that the landscape names and nobody knows is asked for', async () => {
    const clientId = 'dddddddd-0000-4000-8000-000000000001';
    fresh.writeLandscape({
      application: { ...(landscapeOf()['application'] as object), clientId },
    });
    const finished = await fresh.setup();
    expect(errorOf(finished, 'application')).toMatchObject({ code: 'InputMissing' });
    // The mark of what is made needs the client id alone.
    expect(outcomes(finished).get('pool corp')).toBe('made');
  });
});

describe('a custom role', () => {
  const id = `custom role VNet Vending (managed tenant) ${ids.subscriptionB}`;
  const byHand = (actions: readonly string[]) =>
    fresh.arm(ids.tenantB, 'PUT', `${definitionsB}/abcdef00-0000-4000-8000-000000000001`, {
      properties: {
        roleName: 'VNet Vending (managed tenant)',
        permissions: [{ actions }],
        assignableScopes: [`/subscriptions/${ids.subscriptionB}`],
      },
    });

  test('of the same name that others made, with all that is needed, is given as it is', async () => {
    await byHand(['Microsoft.Network/virtualNetworks/read']);
    const lacking = await fresh.setup();
    expect(errorOf(lacking, id)).toMatchObject({
      code: 'Conflict',
      why: expect.stringContaining('It lacks Microsoft.Authorization/locks/read'),
    });
    const { customRoles } = await import('../../src/setup/custom-role-files.ts');
    await byHand([...customRoles.managed.actions, 'Microsoft.Support/*']);
    const finished = await fresh.setup();
    expect([finished.code, outcomes(finished).get(id)]).toEqual([0, 'unchanged']);
    const { body } = await fresh.arm(
      ids.tenantB,
      'GET',
      definitionsB.replace('Definitions', 'Assignments'),
    );
    expect(JSON.stringify(body)).toContain('abcdef00-0000-4000-8000-000000000001');
  });

  test('of infra/, named after the one subscription that it is for, serves as it is', async () => {
    const { customRoles } = await import('../../src/setup/custom-role-files.ts');
    const name = 'abcdef00-0000-4000-8000-000000000002';
    await fresh.arm(ids.tenantB, 'PUT', `${definitionsB}/${name}`, {
      properties: {
        roleName: `${customRoles.managed.roleName} ${ids.subscriptionB}`,
        permissions: [{ actions: customRoles.managed.actions }],
        assignableScopes: [`/subscriptions/${ids.subscriptionB}`],
      },
    });
    const finished = await fresh.setup();
    expect([finished.code, outcomes(finished).get(id)]).toEqual([0, 'unchanged']);
    const { body } = await fresh.arm(
      ids.tenantB,
      'GET',
      definitionsB.replace('Definitions', 'Assignments'),
    );
    expect(JSON.stringify(body)).toContain(name);
  });

  test('is defined for its subscription alone, by a name that no other subscription uses', async () => {
    await fresh.setup();
    const { body } = await fresh.arm(
      ids.tenantB,
      'GET',
      `${definitionsB}?$filter=type eq 'CustomRole'`,
    );
    expect(body.value).toMatchObject([
      {
        properties: {
          roleName: `VNet Vending (managed tenant) ${ids.subscriptionB}`,
          assignableScopes: [`/subscriptions/${ids.subscriptionB}`],
        },
      },
    ]);
  });

  test('that the set-up made is brought up to date', async () => {
    await fresh.setup();
    const { body } = await fresh.arm(
      ids.tenantB,
      'GET',
      `${definitionsB}?$filter=type eq 'CustomRole'`,
    );
    const [role] = body.value;
    role.properties.permissions = [{ actions: ['Microsoft.Network/virtualNetworks/read'] }];
    await fresh.arm(ids.tenantB, 'PUT', `${definitionsB}/${role.name}`, role);
    const dry = await fresh.setup(['--dry-run']);
    expect(dry.result.steps.find((step: { id: string }) => step.id === id).detail).toContain(
      '+ Microsoft.Network/virtualNetworks/write',
    );
    const finished = await fresh.setup();
    expect([finished.code, outcomes(finished).get(id)]).toEqual([0, 'changed']);
  });
});
