import { readFileSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { landscapeKeyOf, markerTag } from '../../src/setup/marker.ts';
import { FreshAzure, ids, landscapeOf, poolId } from './fresh-azure.ts';
import { outcomes, settled } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

const group = `/subscriptions/${ids.subscriptionA}/resourceGroups/rg-ipam`;
const manager = poolId.replace(/\/ipamPools.*/, '');
const networkContributor = `/subscriptions/${ids.subscriptionB}/providers/Microsoft.Authorization/roleDefinitions/4d97b98b-1d4f-4787-a291-c67834d212e7`;

const undo = (...argv: readonly string[]) => fresh.setup(['--undo', ...argv]);

const settledState = () => settled(fresh);

describe('an undone set-up', () => {
  test('leaves both tenants and the landscape as they were before it, also when it is undone twice', async () => {
    const [before, landscape] = [await settledState(), readFileSync(fresh.landscapeFile, 'utf8')];
    const managed = ['--managed-identity', 'eeeeeeee-0000-4000-8000-000000000001'];
    expect((await fresh.setup(managed)).code).toBe(0);
    const dry = await undo('--dry-run');
    await fresh.writes();
    expect([dry.code, dry.result.steps.length]).toEqual([0, 17]);
    const done = await undo();
    expect(done).toMatchObject({ code: 0, result: { complete: true } });
    const promised = [...outcomes(dry)].filter(([, outcome]) => outcome === 'would-remove');
    const removed = [...outcomes(done)].filter(([, outcome]) => outcome === 'removed');
    expect(removed.map(([id]) => id)).toEqual(promised.map(([id]) => id));
    expect(await settledState()).toEqual(before);
    expect(readFileSync(fresh.landscapeFile, 'utf8')).toBe(landscape);
    await fresh.writes();
    expect([(await undo()).code, await fresh.writes()]).toEqual([0, []]);
  });

  test('is taken back by runs that are each interrupted after one more step', async () => {
    const before = await settledState();
    await fresh.setup();
    let runs = 0;
    for (let code = 130; code !== 0; runs++) {
      const finished = await fresh.setup(['--undo'], {
        onError: (text, interrupt) => {
          if (text.startsWith('taken away')) interrupt();
        },
      });
      code = finished.code;
      expect(code === 0 || code === 130, finished.stderr).toBe(true);
    }
    expect(runs).toBeGreaterThan(12);
    expect(await settledState()).toEqual(before);
  });

  test('leaves what was there before the set-up, and what it lies in', async () => {
    await fresh.arm(ids.tenantA, 'PUT', group, { location: 'eastus' });
    await fresh.arm(ids.tenantA, 'PUT', manager, {
      location: 'eastus',
      properties: { networkManagerScopes: { subscriptions: [] } },
    });
    await fresh.arm(ids.tenantA, 'PUT', poolId, {
      location: 'eastus',
      properties: { addressPrefixes: ['10.0.0.0/16'] },
    });
    const before = await settledState();
    const first = await fresh.setup();
    for (const id of ['resource group', 'network manager', 'pool corp']) {
      expect([id, outcomes(first).get(id)]).toEqual([id, 'unchanged']);
    }
    const undone = await undo();
    expect([undone.code, outcomes(undone).get('pool corp')]).toEqual([0, 'stays']);
    expect(await settledState()).toEqual(before);
  });

  test('leaves a pool that somebody uses, and says so before anything is done', async () => {
    await fresh.setup();
    const cidr = `${poolId}/staticCidrs/kept`;
    await fresh.arm(ids.tenantA, 'PUT', cidr, { properties: { addressPrefixes: ['10.0.5.0/24'] } });
    for (const finished of [await undo('--dry-run'), await undo()]) {
      const pool = finished.result.steps.find(({ id }: { id: string }) => id === 'pool corp');
      expect(pool).toMatchObject({
        outcome: 'kept',
        detail: expect.stringContaining('256 addresses of it are allocated'),
      });
      expect(finished.code).toBe(6);
      // Without any of it the product could not give the addresses back.
      expect(new Set(outcomes(finished).values())).toEqual(new Set(['unchanged', 'kept']));
    }
    expect((await fresh.arm(ids.tenantA, 'GET', poolId)).status).toBe(200);
    await fresh.arm(ids.tenantA, 'DELETE', cidr);
    fresh.writeLandscape({
      application: { ...(landscapeOf()['application'] as object), clientId: fresh.clientId },
    });
  });

  test('leaves a group in which somebody has put something else meanwhile', async () => {
    await fresh.setup();
    const network = `${group}/providers/Microsoft.Network/virtualNetworks/hub`;
    await fresh.arm(ids.tenantA, 'PUT', network, {
      location: 'eastus',
      properties: { addressSpace: { addressPrefixes: ['192.168.0.0/24'] } },
    });
    const undone = await undo();
    expect(undone.code).toBe(6);
    const all = outcomes(undone);
    expect([all.get('network manager'), all.get('resource group')]).toEqual(['removed', 'kept']);
    expect((await fresh.arm(ids.tenantA, 'GET', network)).status).toBe(200);
  });

  test('leaves a role that somebody else gave, and the service principal that has it', async () => {
    await fresh.setup();
    const path = `/servicePrincipals?$filter=appId eq '${fresh.clientId}'`;
    const { body } = await fresh.graph(ids.tenantB, 'GET', encodeURI(path));
    const principalId = body.value[0].id;
    const assignment = `/subscriptions/${ids.subscriptionB}/resourceGroups/rg-app/providers/Microsoft.Authorization/roleAssignments/12345678-0000-4000-8000-000000000000`;
    await fresh.arm(ids.tenantB, 'PUT', assignment, {
      properties: { roleDefinitionId: networkContributor, principalId },
    });
    const undone = await undo();
    expect(undone.code).toBe(6);
    const all = outcomes(undone);
    expect(all.get(`service principal ${ids.tenantB}`)).toBe('kept');
    expect(all.get('application')).toBe('kept');
    expect((await fresh.arm(ids.tenantB, 'GET', assignment)).status).toBe(200);
    await fresh.arm(ids.tenantB, 'DELETE', assignment);
    expect(outcomes(await undo()).get('application')).toBe('removed');
  });

  test('leaves a service principal that others made of an application of its own', async () => {
    await fresh.setup(['--tenant', 'fabrikam']);
    await undo('--tenant', 'fabrikam');
    await fresh.graph(ids.tenantB, 'POST', '/servicePrincipals', { appId: fresh.clientId });
    await fresh.setup();
    const all = outcomes(await undo());
    expect(all.get(`service principal ${ids.tenantB}`)).toBe('stays');
    expect(all.get('application')).toBe('kept');
    expect(all.get('pool corp')).toBe('removed');
  });

  test('gives an application of somebody else its old audience back, and keeps it', async () => {
    const created = await fresh.graph(ids.tenantA, 'POST', '/applications', {
      displayName: 'ours since long',
      tags: ['keep'],
    });
    const { appId, id } = created.body;
    fresh.writeLandscape({
      application: { ...(landscapeOf()['application'] as object), clientId: appId },
    });
    expect((await fresh.setup()).code).toBe(0);
    const read = async () => (await fresh.graph(ids.tenantA, 'GET', `/applications/${id}`)).body;
    expect(await read()).toMatchObject({ signInAudience: 'AzureADMultipleOrgs' });
    expect((await undo()).code).toBe(0);
    expect(await read()).toMatchObject({ signInAudience: 'AzureADMyOrg', tags: ['keep'] });
    expect(fresh.clientId).toBe(appId);
  });

  test('of one tenant leaves to the others what they share', async () => {
    await fresh.setup();
    const undone = await undo('--tenant', 'fabrikam');
    expect(undone.code).toBe(0);
    expect([...outcomes(undone).keys()]).not.toContain('pool corp');
    expect(outcomes(undone).get(`service principal ${ids.tenantB}`)).toBe('removed');
    const again = await fresh.setup();
    const made = [...outcomes(again)].filter(([, outcome]) => outcome === 'made');
    expect([again.code, made.length]).toEqual([0, 5]);
  });

  test('of another application takes nothing of this one', async () => {
    await fresh.setup();
    const { body } = await fresh.graph(ids.tenantA, 'POST', '/applications', {
      displayName: 'other',
    });
    fresh.writeLandscape({
      application: { ...(landscapeOf()['application'] as object), clientId: body.appId },
    });
    const before = await settledState();
    const undone = await undo();
    // Roles are defined for the landscape, and the first application has them.
    expect(undone.code).toBe(6);
    expect([...outcomes(undone).values()]).not.toContain('removed');
    expect(await settledState()).toEqual(before);
  });
});

test('what is made carries the mark of its landscape and application', async () => {
  await fresh.setup();
  const { body } = await fresh.arm(ids.tenantA, 'GET', manager);
  const key = landscapeKeyOf({ landscape: landscapeSchema.parse(fresh.landscape) });
  expect(body.tags).toEqual({ [markerTag]: `${key} ${fresh.clientId}` });
});
