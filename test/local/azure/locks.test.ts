import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import {
  type Answer,
  arm,
  control,
  ids,
  scopes,
  startTestAzure,
  tokenOf,
} from './support/test-azure.ts';

let clock: VirtualClock;
let azure: EmulatedAzure;
let administrator: string;
/** Network Contributor of the resource group. */
let application: string;
beforeEach(async () => {
  clock = new VirtualClock();
  azure = await startTestAzure({ clock });
  administrator = await tokenOf(azure, ids.tenantB, ids.administratorB);
  application = await tokenOf(azure, ids.tenantB, ids.application);
  for (const name of ['v', 'w']) expect((await ask('PUT', network(name), body)).status).toBe(201);
  clock.advance(60_000);
});
afterEach(() => azure.close());

const network = (name: string) =>
  `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/${name}`;
const subnet = `${network('v')}/subnets/s`;
const peering = `${network('v')}/virtualNetworkPeerings/p`;
const body = {
  location: 'eastus',
  properties: {
    addressSpace: { addressPrefixes: ['10.9.0.0/24'] },
    subnets: [{ name: 's', properties: { addressPrefix: '10.9.0.0/25' } }],
  },
};
const locksOf = (scope: string) => `${scope}/providers/Microsoft.Authorization/locks`;
const version = '?api-version=2020-05-01';

const ask = (method: string, path: string, content?: unknown, token = administrator) =>
  arm(azure, method, path, { token, ...(content === undefined ? {} : { body: content }) });

const putLock = (scope: string, level = 'CanNotDelete', name = 'keep') =>
  ask('PUT', `${locksOf(scope)}/${name}${version}`, { properties: { level, notes: 'ask first' } });

const refusal = (scope: string, operation: string, locked: string) => ({
  status: 409,
  body: {
    error: {
      code: 'ScopeLocked',
      message: `The scope '${scope}' cannot perform ${operation} operation because following scope(s) are locked: '${locked}'. Please remove the lock and try again.`,
    },
  },
});

describe('a management lock', () => {
  test('is set, read, changed and taken away', async () => {
    const id = `${locksOf(network('v'))}/keep`;
    const created = await putLock(network('v'));
    expect(created.status).toBe(201);
    expect(created.body).toEqual({
      properties: { level: 'CanNotDelete', notes: 'ask first' },
      id,
      type: 'Microsoft.Authorization/locks',
      name: 'keep',
      systemData: {
        createdBy: ids.administratorB.clientId,
        createdByType: 'Application',
        createdAt: expect.any(String),
        lastModifiedBy: ids.administratorB.clientId,
        lastModifiedByType: 'Application',
        lastModifiedAt: expect.any(String),
      },
    });
    expect((await ask('GET', `${id}${version}`)).body).toEqual(created.body);
    const old = await ask('GET', `${id}?api-version=2016-09-01`);
    expect(old.body).not.toHaveProperty('systemData');
    expect((await putLock(network('v'), 'ReadOnly')).status).toBe(200);
    expect((await ask('GET', `${id}${version}`)).body.properties.level).toBe('ReadOnly');
    expect((await ask('DELETE', `${id}${version}`)).status).toBe(200);
    expect((await ask('DELETE', `${id}${version}`)).status).toBe(204);
    expect(await ask('GET', `${id}${version}`)).toMatchObject({
      status: 404,
      body: { error: { code: 'LockNotFound' } },
    });
  });

  test.each([
    ['an unknown level', 'v', 'keep', { level: 'Frozen' }, 'InvalidLockLevel'],
    ['no level', 'v', 'keep', {}, 'InvalidLockLevel'],
    ['long notes', 'v', 'keep', { level: 'ReadOnly', notes: 'x'.repeat(513) }, 'InvalidLockNotes'],
    ['a strange name', 'v', 'a%3Ab', { level: 'ReadOnly' }, 'InvalidLockName'],
    ['a VNet that does not exist', 'none', 'keep', { level: 'ReadOnly' }, 'ResourceNotFound'],
  ])('with %s is refused', async (_, name, lock, properties, code) => {
    const path = `${locksOf(network(name))}/${lock}${version}`;
    const answer = await ask('PUT', path, { properties });
    expect(answer.body.error.code).toBe(code);
    expect((await control(azure, 'GET', '/state')).body.locks).toEqual([]);
  });

  test('is seen by a Network Contributor, but not set or taken away', async () => {
    await putLock(scopes.groupB);
    const list = await ask('GET', `${locksOf(scopes.groupB)}${version}`, undefined, application);
    expect(list.body.value).toHaveLength(1);
    const path = `${locksOf(scopes.groupB)}/keep${version}`;
    const lock = { properties: { level: 'ReadOnly' } };
    for (const answer of [
      await ask('PUT', path, lock, application),
      await ask('DELETE', path, undefined, application),
    ]) {
      expect(answer).toMatchObject({
        status: 403,
        body: { error: { code: 'AuthorizationFailed' } },
      });
    }
  });

  test('is listed at its scope, above and below it; with atScope() not below', async () => {
    await putLock(scopes.subscriptionB, 'CanNotDelete', 'subscription');
    await putLock(scopes.groupB, 'CanNotDelete', 'group');
    await putLock(network('v'), 'CanNotDelete', 'v');
    await putLock(network('w'), 'CanNotDelete', 'w');
    const names = async (scope: string, filter = '') => {
      const path = `${locksOf(scope)}${version}${filter && `&$filter=${filter}`}`;
      const { body: list } = await ask('GET', path);
      return list.value.map(({ name }: { name: string }) => name).sort();
    };
    expect(await names(scopes.groupB)).toEqual(['group', 'subscription', 'v', 'w']);
    expect(await names(scopes.groupB, 'atScope()')).toEqual(['group', 'subscription']);
    expect(await names(network('v'), 'atScope()')).toEqual(['group', 'subscription', 'v']);
    expect(await names(scopes.subscriptionB, 'atScope()')).toEqual(['subscription']);
    const strange = `${locksOf(scopes.groupB)}${version}&$filter=level eq 'ReadOnly'`;
    expect((await ask('GET', strange)).body.error.code).toBe('UnsupportedQuery');
  });
});

describe('a lock that forbids deletion', () => {
  const deletions: [string, string][] = [
    ['the VNet', network('v')],
    ['its subnet', subnet],
    ['its peering', peering],
  ];

  test.each(deletions)('on the resource group holds %s', async (_, path) => {
    await putLock(scopes.groupB);
    expect(await ask('DELETE', path)).toMatchObject(refusal(path, 'delete', scopes.groupB));
  });

  test.each(deletions)('on the VNet holds %s', async (_, path) => {
    await putLock(network('v'));
    expect(await ask('DELETE', path)).toMatchObject(refusal(path, 'delete', network('v')));
  });

  test('holds whatever the roles of the caller, and until it is taken away', async () => {
    await putLock(scopes.subscriptionB);
    const locked = refusal(network('v'), 'delete', scopes.subscriptionB);
    expect(await ask('DELETE', network('v'), undefined, application)).toMatchObject(locked);
    expect(await ask('DELETE', network('v'))).toMatchObject(locked);
    await ask('DELETE', `${locksOf(scopes.subscriptionB)}/keep${version}`);
    expect((await ask('DELETE', network('v'))).status).toBe(202);
  });

  test('on something in a resource group holds the group, on a subnet its VNet', async () => {
    await putLock(subnet);
    const group = refusal(scopes.groupB, 'delete', subnet);
    expect(await ask('DELETE', scopes.groupB)).toMatchObject(group);
    expect(await ask('DELETE', network('v'))).toMatchObject(
      refusal(network('v'), 'delete', subnet),
    );
    expect((await ask('DELETE', network('w'))).status).toBe(202);
  });

  test('names every scope that is locked once', async () => {
    await putLock(scopes.groupB, 'CanNotDelete', 'one');
    await putLock(scopes.groupB, 'ReadOnly', 'two');
    await putLock(network('v'));
    const both = `${scopes.groupB},${network('v')}`;
    expect(await ask('DELETE', network('v'))).toMatchObject(refusal(network('v'), 'delete', both));
  });

  test('lets writes pass', async () => {
    await putLock(network('v'));
    expect((await ask('PUT', network('v'), body)).status).toBe(200);
    clock.advance(60_000);
    expect((await ask('PATCH', network('v'), { tags: { a: 'b' } })).status).toBe(200);
  });

  test('says nothing about what the caller may not do anyway', async () => {
    await putLock(scopes.groupB);
    const answer = await ask('DELETE', scopes.groupB, undefined, application);
    expect(answer.status).toBe(403);
  });
});

describe('a read-only lock', () => {
  const group = { location: 'eastus' };

  test('holds back writes and actions as well, at its scope and below', async () => {
    await putLock(scopes.groupB, 'ReadOnly');
    const writes: [string, string, unknown][] = [
      ['PUT', network('v'), body],
      ['PUT', subnet, { properties: { addressPrefix: '10.9.0.0/25' } }],
      ['PATCH', network('v'), { tags: {} }],
      ['PUT', scopes.groupB, group],
      ['PUT', network('new'), body],
    ];
    for (const [method, path, content] of writes) {
      expect(await ask(method, path, content)).toMatchObject(refusal(path, 'write', scopes.groupB));
    }
    expect(await ask('DELETE', network('v'))).toMatchObject(
      refusal(network('v'), 'delete', scopes.groupB),
    );
    expect((await ask('GET', network('v'))).status).toBe(200);
  });

  test('on a VNet leaves its neighbours and its resource group alone', async () => {
    await putLock(network('v'), 'ReadOnly');
    expect((await ask('PUT', network('w'), body)).status).toBe(200);
    expect((await ask('PUT', scopes.groupB, group)).status).toBe(200);
  });

  test('on a pool holds back its actions', async () => {
    const admin = await tokenOf(azure, ids.tenantA, ids.administratorA);
    const lock = { properties: { level: 'ReadOnly' } };
    await ask('PUT', `${locksOf(scopes.pool)}/keep${version}`, lock, admin);
    const answer = await ask('POST', `${scopes.pool}/getPoolUsage`, undefined, admin);
    expect(answer).toMatchObject(refusal(scopes.pool, 'write', scopes.pool));
  });
});

describe('the control', () => {
  const change = (network: unknown): Promise<Answer> =>
    control(azure, 'POST', '/state', { network });

  test('locks and unlocks behind the back of the product, and shows the locks', async () => {
    const id = network('v');
    const { body: state } = await change({ change: 'lock', id, level: 'ReadOnly', notes: 'why' });
    expect(state.locks).toEqual([
      { id: `${locksOf(id)}/lock`, name: 'lock', scope: id, level: 'ReadOnly', notes: 'why' },
    ]);
    expect((await ask('PUT', id, body)).body.error.code).toBe('ScopeLocked');
    await change({ change: 'lock', id: scopes.groupB, name: 'other' });
    expect((await change({ change: 'unlock', id })).body.locks).toMatchObject([{ name: 'other' }]);
    expect((await ask('PUT', id, body)).status).toBe(200);
    const wrong = await change({ change: 'unlock', id: scopes.groupB, name: 'lock' });
    expect(wrong.status).toBe(400);
    expect(wrong.body.error).toContain('has no lock');
  });

  test('lets a resource group that is going take the locks in it along', async () => {
    expect((await ask('DELETE', scopes.groupB)).status).toBe(202);
    await change({ change: 'lock', id: network('v') });
    clock.advance(60_000);
    const { body: state } = await control(azure, 'GET', '/state');
    expect([state.locks, state.virtualNetworks]).toEqual([[], []]);
  });

  test('takes the locks of a VNet away with it', async () => {
    const id = network('v');
    await change({ change: 'lock', id: `${id}/subnets/s` });
    expect((await change({ change: 'deleteVirtualNetwork', id })).body.locks).toEqual([]);
  });
});
