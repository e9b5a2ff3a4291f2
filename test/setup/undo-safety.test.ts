import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../cli/support/run-cli.ts';
import { FreshAzure, ids, landscapeOf, poolId, subscriptionC, tenantC } from './fresh-azure.ts';
import { outcomes, settled } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

const manager = poolId.replace(/\/ipamPools.*/, '');
const undo = (...argv: readonly string[]) => fresh.setup(['--undo', ...argv]);
const stepOf = ({ result }: { result: { steps: { id: string }[] } }, id: string) =>
  result.steps.find((step) => step.id === id);
const named = (change: object = {}) => ({
  application: { ...(landscapeOf()['application'] as object), clientId: fresh.clientId },
  ...change,
});
const outcomesOf = (finished: Parameters<typeof outcomes>[0]) =>
  new Set(outcomes(finished).values());

const network = `/subscriptions/${ids.subscriptionB}/resourceGroups/rg-app/providers/Microsoft.Network/virtualNetworks/vnet`;

const fabrikam = (landscapeOf()['managedTenants'] as object[])[0];
const northwind = {
  alias: 'northwind',
  tenantId: tenantC,
  subscriptions: [{ subscriptionId: subscriptionC, resourceGroups: ['rg-one', 'rg-two'] }],
};

test('a tenant whose VNets have addresses keeps all that the product needs to give them back', async () => {
  await fresh.setup();
  const before = await settled(fresh);
  // As Azure shows it: who has space of the pool.
  const body = JSON.stringify({
    value: [{ resourceId: network, addressPrefixes: ['10.0.0.0/24'] }],
  });
  const hold = async () => {
    await fresh.clearFaults();
    await fresh.fault({ method: 'POST', path: '/listAssociatedResources$' }, { body });
  };
  await hold();
  for (const argv of [['--dry-run'], []]) {
    const kept = await undo('--tenant', 'fabrikam', ...argv);
    expect([kept.code, outcomesOf(kept)]).toEqual([6, new Set(['unchanged', 'kept'])]);
    expect(stepOf(kept, `service principal ${ids.tenantB}`)).toMatchObject({
      detail: expect.stringContaining('still needed by pool corp: 1 of the VNets'),
    });
  }
  await fresh.clearFaults();
  expect(await settled(fresh)).toEqual(before);
  expect((await undo('--tenant', 'fabrikam')).code).toBe(0);
});

test('what cannot be seen is taken for needed', async () => {
  await fresh.setup();
  await fresh.fault({ method: 'POST', path: '/getPoolUsage$' }, { status: 403, code: 'Nope' });
  const kept = await undo();
  expect([kept.code, [...outcomesOf(kept)]]).toEqual([6, expect.not.arrayContaining(['removed'])]);
});

test('a tenant that was taken out of the landscape before it was undone keeps what is shared', async () => {
  fresh.writeLandscape({ managedTenants: [fabrikam, northwind] });
  expect((await fresh.setup()).code).toBe(0);
  fresh.writeLandscape(named({ managedTenants: [fabrikam] }));
  const undone = await undo();
  const all = outcomes(undone);
  expect(undone.code).toBe(6);
  for (const id of [
    'application',
    'role at pool corp',
    'network manager',
    `service principal ${ids.tenantA}`,
  ]) {
    expect([id, all.get(id)]).toEqual([id, 'kept']);
  }
  expect(stepOf(undone, 'application')).toMatchObject({
    detail: expect.stringContaining(subscriptionC),
  });
  fresh.writeLandscape(named({ managedTenants: [fabrikam, northwind] }));
  expect((await undo()).code).toBe(0);
});

describe('two landscapes that share an application and a subscription', () => {
  const other = poolId.replace('/nm/', '/nm-2/');
  const second = () =>
    named({
      managementTenant: {
        ...(landscapeOf()['managementTenant'] as object),
        networkManager: 'nm-2',
      },
      pools: [{ alias: 'corp', id: other, location: 'eastus', family: 'IPv4' }],
    });

  test('take nothing of one another away', async () => {
    expect((await fresh.setup()).code).toBe(0);
    const alone = await settled(fresh);
    fresh.writeLandscape(second());
    expect((await fresh.setup()).code).toBe(0);
    fresh.writeLandscape(named());
    const first = await undo();
    expect(first.code).toBe(6);
    const all = outcomes(first);
    for (const id of [
      'application',
      `service principal ${ids.tenantB}`,
      `role at subscription ${ids.subscriptionB}`,
    ]) {
      expect([id, all.get(id)]).toEqual([id, 'kept']);
    }
    expect((await fresh.setup()).code).toBe(0);
    fresh.writeLandscape(second());
    expect((await undo()).code).toBe(0);
    expect(await settled(fresh)).toEqual(alone);
    fresh.writeLandscape(named());
    expect((await undo()).code).toBe(0);
    expect((await fresh.state())['roleAssignments']).toHaveLength(3);
  });
});

test('a network manager that holds something else stays', async () => {
  await fresh.setup();
  const body = JSON.stringify({ value: [{ id: `${manager}/networkGroups/prod` }] });
  await fresh.fault({ method: 'GET', path: '/networkGroups$' }, { body });
  const undone = await undo();
  expect(stepOf(undone, 'network manager')).toMatchObject({
    outcome: 'kept',
    detail: expect.stringContaining('1 network groups'),
  });
});

test('a list that is not known does not say that nothing is in it', async () => {
  await fresh.setup();
  await fresh.fault(
    { method: 'GET', path: '/routingConfigurations$' },
    { status: 404, code: 'InvalidResourceType' },
  );
  const undone = await undo();
  expect([undone.code, outcomes(undone).get('network manager')]).toEqual([6, 'failed']);
});

test('the resource group stays unless somebody asks for it', async () => {
  await fresh.setup();
  const argv = [
    'setup',
    '-l',
    fresh.landscapeFile,
    '--accounts',
    fresh.accountsFile,
    '--undo',
    '-y',
  ];
  const undone = await run([...argv, '--json']);
  const result = JSON.parse(undone.stdout);
  expect([undone.code, outcomes({ result }).get('resource group')]).toEqual([0, 'stays']);
  expect((await fresh.arm(ids.tenantA, 'GET', manager.replace(/\/providers.*/, ''))).status).toBe(
    200,
  );
});

describe('roles that the landscape asks for no more', () => {
  const rolesOfB = async () => {
    const { roleAssignments } = (await fresh.state()) as { roleAssignments: { scope: string }[] };
    return roleAssignments
      .map(({ scope }) => scope)
      .filter((scope) => scope.includes(ids.subscriptionB))
      .sort();
  };
  const whole = `/subscriptions/${ids.subscriptionB}`;

  test('go once the narrower ones are in place', async () => {
    await fresh.setup();
    expect(await rolesOfB()).toEqual([whole, whole]);
    const subscriptions = [{ subscriptionId: ids.subscriptionB, resourceGroups: ['rg-app'] }];
    fresh.writeLandscape(
      named({ managedTenants: [{ alias: 'fabrikam', tenantId: ids.tenantB, subscriptions }] }),
    );
    const dry = await fresh.setup(['--dry-run']);
    expect(stepOf(dry, `roles not asked for ${ids.tenantB}`)).toMatchObject({
      outcome: 'would-change',
      detail: expect.stringContaining('more than asked for'),
    });
    expect((await fresh.setup()).code).toBe(0);
    expect(await rolesOfB()).toEqual([whole, `${whole}/resourceGroups/rg-app`]);
    expect(new Set(outcomes(await fresh.setup()).values())).toEqual(
      new Set(['unchanged', 'unknown']),
    );
  });

  test('of the other kind go as well, when it changes and when all is undone', async () => {
    await fresh.setup(['--roles', 'built-in']);
    expect((await fresh.setup()).code).toBe(0);
    expect(await rolesOfB()).toEqual([whole, whole]);
    await fresh.setup(['--roles', 'built-in']);
    expect((await undo()).code).toBe(0);
    expect(await rolesOfB()).toEqual([whole]);
  });
});
