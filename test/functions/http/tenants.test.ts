import { describe, expect, it } from 'vitest';
import type { TenantCheck, VirtualNetworkPage } from '../../../src/model/api/tenant-views.ts';
import { vendingError } from '../../../src/model/errors.ts';
import { failure, success } from '../../../src/model/outcome.ts';
import { ownershipTag } from '../../../src/model/plan.ts';
import { ids, poolIds, sampleLandscape } from '../../model/samples.ts';
import { ApiBench } from './api-bench.ts';
import { people } from './people.ts';

const { ada, olu } = people;

it('the tenants are listed as the landscape names them, with the tags that they need', async () => {
  const policy = { rules: [], requiredTags: ['costCentre'] };
  const bench = new ApiBench({ app: { landscape: sampleLandscape({ policy }) } });
  expect((await bench.get('/api/tenants', { as: ada })).json).toEqual({
    tenants: [
      {
        alias: 'fabrikam',
        tenantId: ids.managedTenant,
        subscriptions: [
          { subscriptionId: ids.managedSubscription, resourceGroups: ['rg-payments'] },
          { subscriptionId: ids.otherSubscription },
        ],
      },
    ],
    requiredTags: ['costCentre'],
  });
});

describe('the check of a tenant', () => {
  const check = async (change: (bench: ApiBench) => void = () => {}) => {
    const bench = new ApiBench();
    bench.azure.listScopeConnections = async () => success([{ name: 'c', state: 'Connected' }]);
    change(bench);
    const answer = await bench.get('/api/tenants/fabrikam/check', { as: olu });
    return answer.json as TenantCheck;
  };
  const told = ({ findings }: TenantCheck) =>
    findings.map((one) => `${one.check} ${one.status}: ${one.subject}`);

  it('looks at both tokens, every pool, and each subscription or resource group, each once', async () => {
    const found = await check();
    expect(found).toMatchObject({ alias: 'fabrikam', ready: true });
    expect(told(found)).toEqual([
      `management-token passed: management tenant ${ids.managementTenant}`,
      'pool-permission passed: pool corp-centralus',
      'pool-permission passed: pool corp6-centralus',
      'pool-permission passed: pool corp-westeurope',
      'pool-permission passed: pool other-centralus',
      `connection passed: subscription ${ids.managedSubscription}`,
      `managed-token passed: managed tenant fabrikam (${ids.managedTenant})`,
      'virtual-network-permission passed: resource group rg-payments',
      'resource-group passed: resource group rg-payments',
      `connection passed: subscription ${ids.otherSubscription}`,
      `virtual-network-permission passed: subscription ${ids.otherSubscription}`,
    ]);
  });

  it('says what is missing, with its remedy', async () => {
    const found = await check(({ azure }) => {
      azure.listPermissions = async ({ scope }) =>
        success(
          scope === `/subscriptions/${ids.otherSubscription}`
            ? []
            : [{ actions: ['*'], notActions: [] }],
        );
      azure.getResourceGroup = async () => success(null);
    });
    expect(found.ready).toBe(false);
    const failed = found.findings.filter(({ status }) => status === 'failed');
    expect(failed.map((one) => one.error?.remedy)).toEqual([
      expect.stringContaining(
        `az group create --subscription ${ids.managedSubscription} --name rg-payments`,
      ),
      expect.stringContaining(`--scope /subscriptions/${ids.otherSubscription}`),
    ]);
  });

  it('what cannot be looked at for now is unknown, and does not count', async () => {
    const found = await check(({ azure }) => {
      azure.listScopeConnections = async () => failure(vendingError('Throttled', 'Slow down.'));
    });
    expect(found.ready).toBe(true);
    expect(told(found)).toContain(`connection unknown: subscription ${ids.managedSubscription}`);
  });
});

describe('the VNets of a tenant', () => {
  const network = (name: string, resourceGroup = 'rg-payments', change = {}) => ({
    id: `/x/${name}`,
    name,
    resourceGroup,
    location: 'centralus',
    addressPrefixes: ['10.0.0.0/24'],
    poolIds: [],
    tags: {},
    ...change,
  });
  const start = () => {
    const bench = new ApiBench();
    bench.azure.networks.set(ids.managedSubscription, [
      network('ours', 'RG-Payments', {
        poolIds: [poolIds.ipv4.toUpperCase(), '/pools/foreign'],
        tags: { [ownershipTag]: 'RITM-1' },
      }),
      network('not-ours-to-touch', 'rg-other'),
    ]);
    bench.azure.networks.set(ids.otherSubscription, [
      network('elsewhere', 'any', { tags: { [ownershipTag]: '<script>' } }),
    ]);
    return bench;
  };
  const named = async (bench: ApiBench, query = '') =>
    (
      (await bench.get(`/api/tenants/fabrikam/virtual-networks${query}`, { as: ada }))
        .json as VirtualNetworkPage
    ).virtualNetworks;

  it('are those that a request may be for, with their pools and the request behind them', async () => {
    expect(await named(start())).toMatchObject([
      { name: 'ours', pools: ['corp-centralus', '/pools/foreign'], requestId: 'RITM-1' },
      { name: 'elsewhere', pools: [] },
    ]);
    expect((await named(start()))[1]).not.toHaveProperty('requestId');
  });

  it('of one subscription, if asked so', async () => {
    const upper = ids.otherSubscription.toUpperCase();
    expect(await named(start(), `?subscriptionId=${upper}`)).toMatchObject([{ name: 'elsewhere' }]);
  });

  it('are none in a resource group that is yet to be made', async () => {
    const bench = start();
    const { listVirtualNetworks } = bench.azure;
    bench.azure.listVirtualNetworks = async (tenant, subscription, group) =>
      group === 'rg-payments'
        ? failure(vendingError('ResourceGroupMissing', 'No such group.'))
        : await listVirtualNetworks(tenant, subscription);
    expect(await named(bench)).toMatchObject([{ name: 'elsewhere' }]);
  });

  it('cannot be listed where Azure refuses', async () => {
    const bench = start();
    const ask = async (code: 'PermissionMissing' | 'Throttled') => {
      bench.azure.listVirtualNetworks = async () => failure(vendingError(code, 'No.'));
      return (await bench.get('/api/tenants/fabrikam/virtual-networks', { as: ada })).status;
    };
    expect([await ask('PermissionMissing'), await ask('Throttled')]).toEqual([502, 503]);
  });

  it.each([
    '/api/tenants/contoso/virtual-networks',
    '/api/tenants/contoso/check',
    `/api/tenants/fabrikam/virtual-networks?subscriptionId=${ids.managementTenant}`,
  ])('there is nothing at %s', async (path) => {
    const answer = await start().get(path, { as: olu });
    expect([answer.status, answer.json]).toMatchObject([404, { code: 'UnknownTenant' }]);
  });
});
