import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let clock: VirtualClock;
let azure: EmulatedAzure;
let token: string;
beforeEach(async () => {
  clock = new VirtualClock();
  azure = await startTestAzure({ clock, speed: 1 });
  token = await tokenOf(azure, ids.tenantB, ids.administratorB);
});
afterEach(() => azure.close());

const path = `${scopes.subscriptionB}/resourcegroups/rg-new`;
const id = `${scopes.subscriptionB}/resourceGroups/rg-new`;
const ask = (method: string, at = path, body?: unknown) =>
  arm(azure, method, at, { token, ...(body === undefined ? {} : { body }) });
const group = { location: 'West US', tags: { costCentre: '1234' } };

describe('a resource group', () => {
  test('is created, read, listed and updated, with its region in canonical form', async () => {
    expect((await ask('HEAD')).status).toBe(404);
    expect(await ask('GET')).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'ResourceGroupNotFound',
          message: "Resource group 'rg-new' could not be found.",
        },
      },
    });
    const created = await ask('PUT', path, group);
    expect(created).toMatchObject({ status: 201 });
    expect(created.body).toEqual({
      id,
      name: 'rg-new',
      type: 'Microsoft.Resources/resourceGroups',
      location: 'westus',
      tags: { costCentre: '1234' },
      properties: { provisioningState: 'Succeeded' },
    });
    expect((await ask('HEAD')).status).toBe(204);
    expect((await ask('GET', path.toUpperCase())).body).toEqual(created.body);
    expect(await ask('PUT', path, { location: 'westus' })).toMatchObject({ status: 200 });
    expect((await ask('GET')).body).not.toHaveProperty('tags');
    const list = await ask('GET', `${scopes.subscriptionB}/resourcegroups`);
    expect(list.body.value.map(({ name }: { name: string }) => name)).toEqual(['rg-app', 'rg-new']);
  });

  test('may have letters of any script in its name', async () => {
    const name = 'rg-Größe-東京';
    const named = `${scopes.subscriptionB}/resourcegroups/${encodeURIComponent(name)}`;
    expect(await ask('PUT', named, group)).toMatchObject({ status: 201, body: { name } });
    expect(await ask('GET', named)).toMatchObject({ status: 200, body: { name } });
  });

  test('is refused without region, in another region, or with a strange name', async () => {
    const code = async (at: string, body: unknown) => (await ask('PUT', at, body)).body.error.code;
    expect(await code(path, {})).toBe('LocationRequired');
    expect(await code(`${path}%20x`, group)).toBe('InvalidResourceGroup');
    expect(await code(scopes.groupB, group)).toBe('InvalidResourceGroupLocation');
    expect(await code(path, { ...group, tags: { a: 1 } })).toBe('InvalidRequestContent');
  });

  test('is needed by whatever is in it', async () => {
    const answer = await ask('GET', `${path}/providers/Microsoft.Network/virtualNetworks/v`);
    expect(answer).toMatchObject({ body: { error: { code: 'ResourceGroupNotFound' } } });
  });

  test('cannot be made by somebody who only manages networks', async () => {
    token = await tokenOf(azure, ids.tenantB, ids.application);
    expect(await ask('PUT', path, group)).toMatchObject({
      status: 403,
      body: { error: { code: 'AuthorizationFailed' } },
    });
  });
});

describe('the deletion of a resource group', () => {
  test('is polled by a Location that changes, and takes everything in it along', async () => {
    const tokenA = await tokenOf(azure, ids.tenantA, ids.administratorA);
    const asA = (method: string, at: string) => arm(azure, method, at, { token: tokenA });
    const started = await asA('DELETE', scopes.groupA);
    expect(started).toMatchObject({ status: 202, body: undefined });
    expect(started.headers.get('retry-after')).toBe('15');
    expect(started.headers.get('content-type')).toBeNull();
    const first = started.headers.get('location') ?? '';
    expect(first).toMatch(/^https:.+\/operationresults\/[\w-]+\?api-version=.+&t=\d+&c=.+&s=.+&h=/);

    clock.advance(10_000);
    const running = await asA('GET', first);
    expect(running).toMatchObject({ status: 202, body: undefined });
    const second = running.headers.get('location') ?? '';
    expect(second).not.toBe(first);
    expect(await asA('GET', scopes.groupA)).toMatchObject({
      body: { properties: { provisioningState: 'Deleting' } },
    });
    expect(await asA('GET', scopes.pool)).toMatchObject({ status: 200 });

    clock.advance(5_000);
    const done = await asA('GET', second);
    expect(done).toMatchObject({ status: 200, body: undefined });
    expect((await asA('GET', scopes.groupA)).status).toBe(404);
    expect((await asA('GET', scopes.pool)).body.error.code).toBe('ResourceGroupNotFound');
    const state = await control(azure, 'GET', '/state');
    expect(JSON.stringify(state.body.pools)).not.toContain(scopes.pool);
    expect(JSON.stringify(state.body.roleAssignments)).not.toContain(scopes.groupA);
  });

  test('keeps others from using the group meanwhile', async () => {
    await ask('DELETE', scopes.groupB);
    const answer = await ask('PUT', scopes.groupB, { location: 'eastus' });
    expect(answer.body.error.code).toBe('ResourceGroupBeingDeleted');
    const network = `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/v`;
    const properties = { addressSpace: { addressPrefixes: ['10.9.0.0/24'] } };
    const inside = await ask('PUT', network, { location: 'eastus', properties });
    expect([inside.status, inside.body.error.code]).toEqual([409, 'ResourceGroupBeingDeleted']);
  });

  test('asked for twice is one deletion', async () => {
    await ask('DELETE', scopes.groupB);
    clock.advance(10_000);
    const again = await ask('DELETE', scopes.groupB);
    clock.advance(5_000);
    expect((await ask('GET', again.headers.get('location') ?? '')).status).toBe(200);
  });

  test('can fail and can hang when a fault wants it', async () => {
    const fault = (effect: object) =>
      control(azure, 'POST', '/faults', { match: { method: 'DELETE', times: 1 }, effect });
    await fault({ failOperation: { code: 'Refused', message: 'Because.' } });
    const failing = await ask('DELETE', scopes.groupB);
    clock.advance(15_000);
    expect(await ask('GET', failing.headers.get('location') ?? '')).toMatchObject({
      status: 409,
      body: { error: { code: 'Refused', message: 'Because.' } },
    });
    expect((await ask('GET', scopes.groupB)).body.properties.provisioningState).toBe('Succeeded');
    await fault({ hangOperation: true });
    const hanging = await ask('DELETE', scopes.groupB);
    clock.advance(24 * 60 * 60 * 1000);
    expect((await ask('GET', hanging.headers.get('location') ?? '')).status).toBe(202);
    const again = await ask('DELETE', scopes.groupB);
    clock.advance(15_000);
    expect((await ask('GET', again.headers.get('location') ?? '')).status).toBe(200);
  });

  test('refuses a poll whose URL was changed', async () => {
    const started = await ask('DELETE', scopes.groupB);
    const url = (started.headers.get('location') ?? '').replace(/&s=[^&]+/, '&s=changed');
    expect((await ask('GET', url)).status).toBe(403);
  });
});
