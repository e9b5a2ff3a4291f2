import { setTimeout as sleep } from 'node:timers/promises';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { checkTenant } from '../../src/activities/planning/check-tenant.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { run } from '../cli/support/run-cli.ts';
import { control } from '../local/azure/support/test-azure.ts';
import {
  FreshAzure,
  ids,
  landscapeOf,
  noClientId,
  poolId,
  subscriptionC,
  tenantC,
} from './fresh-azure.ts';
import { comparable, outcomes, settled } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

/** Whatever the product asks of Azure, as the application of the landscape. */
function productOf(secret: string) {
  const { resourceManager, authority } = fresh.azure;
  const application = { ...(landscapeOf()['application'] as object), clientId: fresh.clientId };
  const landscape = landscapeSchema.parse(landscapeOf({ application }));
  const azure = createAzure({
    landscape,
    settings: { SECRET: secret },
    endpoints: { resourceManager, authority, disableInstanceDiscovery: true },
  });
  return { azure, landscape };
}

const virtualNetworkId = `/subscriptions/${ids.subscriptionB}/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet`;

/** A VNet with prefixes of the pool, made by the product with the roles that the set-up gave to it. */
async function allocate(secret: string) {
  const { azure, landscape } = productOf(secret);
  const [tenant] = landscape.managedTenants;
  if (!tenant) throw new Error('The landscape is empty.');
  const allocation = {
    poolAlias: 'corp',
    poolId,
    family: 'IPv4' as const,
    numberOfIpAddresses: '256',
  };
  const started = await azure.createVirtualNetwork({
    requestId: 'RITM1',
    operation: 'allocate',
    target: {
      tenantAlias: tenant.alias,
      tenantId: tenant.tenantId,
      subscriptionId: ids.subscriptionB,
      resourceGroup: 'rg-app',
      virtualNetwork: 'vnet',
      virtualNetworkId,
      location: 'eastus',
    },
    allocations: [allocation],
    subnets: [],
    tags: {},
  });
  return { started, checks: await checkTenant({ azure, landscape }, tenant), azure };
}

describe('two fresh tenants', () => {
  test.each(['custom', 'built-in'])(
    'are set up with %s roles, and the product allocates with nothing but these',
    async (roles) => {
      const first = await fresh.setup(['--roles', roles]);
      expect(first).toMatchObject({
        code: 0,
        result: { complete: true, clientId: fresh.clientId },
      });
      expect(fresh.clientId).not.toBe(noClientId);
      const { started, checks, azure } = await allocate(await fresh.newSecret());
      expect(started).toMatchObject({ ok: true });
      const wrong = checks.filter(({ status }) => status !== 'passed');
      expect(wrong.map(({ check, error }) => [check, error?.message])).toEqual([]);
      expect(await azure.listPoolAssociations(poolId)).toMatchObject({
        value: [{ resourceId: virtualNetworkId, prefixes: ['10.0.0.0/24'] }],
      });
    },
  );

  test('are not written to by a dry run, which says what a run would do', async () => {
    const dry = await fresh.setup(['--dry-run']);
    expect([dry.code, await fresh.writes(), fresh.clientId]).toEqual([0, [], noClientId]);
    const done = await fresh.setup();
    const promised = dry.result.steps.filter(
      ({ outcome }: { outcome: string }) => outcome === 'would-make',
    );
    const made = done.result.steps.filter(({ outcome }: { outcome: string }) => outcome === 'made');
    const idOf = ({ id }: { id: string }) => id;
    // What comes by itself in the emulated Azure before the next look is promised as well.
    expect(promised.map(idOf)).toEqual(expect.arrayContaining(made.map(idOf)));
  });

  test('are written to once: a second run finds everything', async () => {
    await fresh.setup();
    expect((await fresh.writes()).length).toBeGreaterThan(10);
    const second = await fresh.setup();
    expect([second.code, await fresh.writes()]).toEqual([0, []]);
    expect(new Set(outcomes(second).values())).toEqual(new Set(['unchanged', 'unknown']));
  });

  test('are set up by runs that are each interrupted after one more step', async () => {
    const straight = await FreshAzure.start();
    expect((await straight.setup()).code).toBe(0);
    let runs = 0;
    for (let code = 130; code !== 0; runs++) {
      const finished = await fresh.setup([], {
        onError: (text, interrupt) => {
          if (text.startsWith('made')) interrupt();
        },
      });
      code = finished.code;
      expect(code === 0 || code === 130, finished.stderr).toBe(true);
    }
    expect(runs).toBeGreaterThan(12);
    expect(comparable(await fresh.state())).toEqual(comparable(await straight.state()));
    await straight.close();
  });

  test.each([
    ['POST', '/applications$'],
    ['POST', '/servicePrincipals$'],
  ])('are set up once although the answer to a %s of %s is lost', async (method, path) => {
    await fresh.fault({ method, path, times: 1 }, { applyThenDrop: true });
    const broken = await fresh.setup();
    expect(broken).toMatchObject({ code: 6, result: { complete: false } });
    expect([...outcomes(broken).values()]).toContain('not-reached');
    const state = await fresh.state();
    expect((await fresh.setup()).code).toBe(0);
    const after = (await fresh.state()) as Record<string, unknown[]>;
    const named = (after['applications'] as { displayName: string }[]).filter(
      ({ displayName }) => displayName === 'vnet-vending',
    );
    expect(named).toHaveLength(1);
    expect(after['applications']).toHaveLength((state['applications'] as unknown[]).length);
  });

  test('are set up, and undone, although every write is answered with an error after it had its effect', async () => {
    const straight = await FreshAzure.start();
    expect((await straight.setup()).code).toBe(0);
    const untilDone = async (...argv: readonly string[]) => {
      for (let runs = 1; ; runs++) {
        await fresh.clearFaults();
        for (const method of ['PUT', 'POST', 'DELETE']) {
          const match = {
            method,
            path: '^(?!.*(oauth2|getPoolUsage|listAssociatedResources)).*$',
            times: 100,
          };
          await fresh.fault(match, { applyThenAnswer: true, status: 400, code: 'Lost' });
        }
        if ((await fresh.setup(argv)).code === 0) return runs;
      }
    };
    // Each run gets over those writes that build on nothing but what is there.
    expect(await untilDone()).toBeGreaterThan(4);
    expect(comparable(await fresh.state())).toEqual(comparable(await straight.state()));
    expect(await untilDone('--undo')).toBeGreaterThan(4);
    await straight.setup(['--undo']);
    expect(await settled(fresh)).toEqual(await settled(straight));
    await straight.close();
  });

  test('are set up in one run although a connection breaks on a PUT', async () => {
    await fresh.fault(
      { method: 'PUT', path: '/roleAssignments/', times: 1 },
      { applyThenDrop: true },
    );
    expect(await fresh.setup()).toMatchObject({ code: 0, result: { complete: true } });
    expect((await fresh.state())['roleAssignments']).toHaveLength(3 + 3);
  });
});

describe('a landscape', () => {
  const managedTenants = [
    {
      alias: 'fabrikam',
      tenantId: ids.tenantB,
      subscriptions: [{ subscriptionId: ids.subscriptionB }],
    },
    {
      alias: 'northwind',
      tenantId: tenantC,
      subscriptions: [{ subscriptionId: subscriptionC, resourceGroups: ['rg-one', 'rg-two'] }],
    },
  ];

  test('of several tenants whose application is at home in a managed one is set up, all or some', async () => {
    const application = { ...(landscapeOf()['application'] as object), homeTenantId: tenantC };
    fresh.writeLandscape({ managedTenants, application });
    const some = await fresh.setup(['--tenant', 'fabrikam']);
    expect(some.code).toBe(0);
    expect([...outcomes(some).keys()].join()).not.toContain(subscriptionC);

    const all = await fresh.setup();
    expect(all.code).toBe(0);
    const made = [...outcomes(all)].filter(([, outcome]) => outcome === 'made').map(([id]) => id);
    expect(made.join()).not.toContain(ids.subscriptionB);
    const state = (await fresh.state()) as Record<
      string,
      { homeTenantId: string; scope: string }[]
    >;
    expect(
      state['applications']?.find(({ homeTenantId }) => homeTenantId === tenantC),
    ).toBeDefined();
    const scopes = (state['roleAssignments'] ?? []).map(({ scope }) => scope);
    for (const group of ['rg-one', 'rg-two']) {
      expect(scopes).toContain(`/subscriptions/${subscriptionC}/resourceGroups/${group}`);
    }
  });

  test('names a resource group that does not exist: the step says so, the others are done', async () => {
    const [fabrikam] = managedTenants;
    const subscriptions = [{ subscriptionId: ids.subscriptionB, resourceGroups: ['rg-none'] }];
    fresh.writeLandscape({ managedTenants: [{ ...fabrikam, subscriptions }] });
    const { code, result } = await fresh.setup();
    expect(code).toBe(6);
    const failed = result.steps.filter(({ outcome }: { outcome: string }) => outcome === 'failed');
    expect(failed).toMatchObject([
      { error: { why: expect.stringContaining("Resource group 'rg-none' could not be found") } },
    ]);
  });

  test('can be one that speaks of pools without saying their prefixes: each is asked for', async () => {
    const { code, result } = await fresh.setup(['--dry-run', '--pool', 'corp=fd00::/32']);
    expect([code, outcomes({ result }).get('pool corp')]).toEqual([6, 'failed']);
    const bare = await run([
      ...['setup', '-l', fresh.landscapeFile, '--accounts', fresh.accountsFile, '--dry-run'],
    ]);
    expect(bare.stdout).toContain('Give its prefixes: --pool corp=10.0.0.0/16');
  });
});

test('the application trusts a managed identity, once', async () => {
  const principal = 'eeeeeeee-0000-4000-8000-000000000001';
  for (const _ of [1, 2]) {
    expect((await fresh.setup(['--managed-identity', principal])).code).toBe(0);
  }
  const { applications } = (await fresh.state()) as {
    applications: { displayName: string; federatedCredentials: object[] }[];
  };
  const found = applications.find(({ displayName }) => displayName === 'vnet-vending');
  expect(found?.federatedCredentials).toMatchObject([
    {
      issuer: `${fresh.azure.authority}/${ids.tenantA}/v2.0`,
      subject: principal,
      audiences: ['api://AzureADTokenExchange'],
    },
  ]);
});

describe('roles that take their time', () => {
  const SECRET = 'SECRET';

  test('are waited for, asked as the application', async () => {
    await fresh.setup(['--tenant', 'fabrikam']);
    const env = { [SECRET]: await fresh.newSecret() };
    expect((await fresh.setup([], { env })).result.steps.at(-1).detail).toContain('they count');
    await fresh.setup(['--undo', '--tenant', 'fabrikam']);
    await fresh.change({ switches: { rolePropagationMs: 300_000 } });
    // The roles propagate on real time, while waiting takes next to none.
    const slow = await fresh.setup([], { env, onSleep: () => sleep(10) });
    expect(slow.code).toBe(0);
    expect(slow.sleeps.length).toBeGreaterThan(1);
  });

  test('are not looked at with a secret of another application', async () => {
    const { code, result } = await fresh.setup([], { env: { [SECRET]: 'of another one' } });
    expect([code, result.steps.at(-1).outcome]).toEqual([0, 'unknown']);
  });

  test('are not waited for without an end', async () => {
    await fresh.setup();
    const env = { [SECRET]: await fresh.newSecret() };
    await fresh.setup(['--undo', '--tenant', 'fabrikam']);
    await fresh.change({ switches: { rolePropagationMs: 3_600_000_000 } });
    const { code, result, sleeps } = await fresh.setup([], { env });
    expect([code, result.steps.at(-1).error.code]).toEqual([6, 'NotYet']);
    expect(sleeps.reduce((sum, one) => sum + one, 0)).toBe(600_000);
  });
});

test('what is typed wrong is refused before anything is asked of Azure', async () => {
  await control(fresh.azure, 'DELETE', '/requests');
  for (const [option = '', value = '', words = ''] of [
    ['--tenant', 'nobody', "no tenant 'nobody'"],
    ['--pool', 'nothing=10.0.0.0/16', "no pool 'nothing'"],
    ['--pool', 'corp=10.0.0.1/16', "'10.0.0.1/16' is no prefix"],
    ['--pool', 'corp', 'A pool is ALIAS=PREFIX'],
    ['--managed-identity', 'mine', 'no object id'],
    ['--cloud', 'moon', "no cloud 'moon'"],
    ['--landscape', '/nowhere.json', "'/nowhere.json' cannot be read"],
    ['--accounts', '/nowhere.json', "'/nowhere.json' cannot be read"],
  ]) {
    const finished = await fresh.setup([option, value]);
    expect([finished.code, finished.stderr]).toEqual([2, expect.stringContaining(words)]);
  }
  const managementTenant = {
    ...(landscapeOf()['managementTenant'] as object),
    networkManager: 'nm/../../other',
  };
  fresh.writeLandscape({ managementTenant });
  expect((await fresh.setup()).stderr).toContain(
    "'nm/../../other' is no name of a network manager",
  );
  expect((await control(fresh.azure, 'GET', '/requests')).body).toEqual([]);
});
