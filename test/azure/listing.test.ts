import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { createAzure } from '../../src/azure/create-azure.ts';
import { type FakeAnswer, type FakeAzure, startFakeAzure } from './fake-azure.ts';
import {
  managedSubscriptionId,
  managedTenantId,
  sampleLandscape,
  samplePoolId,
  sampleTarget,
} from './sample-landscape.ts';

let fake: FakeAzure;
let azure: ReturnType<typeof createAzure>;

beforeAll(async () => {
  fake = await startFakeAzure();
  azure = createAzure({
    landscape: sampleLandscape,
    settings: { APPLICATION_SECRET: 'a-secret' },
    endpoints: {
      resourceManager: fake.origin,
      authority: fake.origin,
      disableInstanceDiscovery: true,
    },
  });
});
beforeEach(() => fake.reset());
afterAll(() => fake.close());

const page = (value: readonly unknown[], next = ''): FakeAnswer => ({
  status: 200,
  body: { value, nextLink: next === '' ? '' : `${fake.origin}${next}` },
});

describe('the VNets of a subscription', () => {
  const list = () => azure.listVirtualNetworks(managedTenantId, managedSubscriptionId);
  const base = `/subscriptions/${managedSubscriptionId}/resourceGroups/RG-One/providers/Microsoft.Network/virtualNetworks`;
  const network = (name: string, properties: object = {}, more: object = {}) => ({
    id: `${base}/${name}`,
    name,
    location: 'Central US',
    properties,
    ...more,
  });

  it('are listed over all pages, with what is asked of them, however little Azure says', async () => {
    const addressSpace = {
      addressPrefixes: ['10.0.0.0/24', 'fd00::/64'],
      ipamPoolPrefixAllocations: [{ pool: { id: samplePoolId }, numberOfIpAddresses: '256' }],
    };
    fake.answer(
      page([network('one', { addressSpace, unknown: 1 }, { tags: { a: 'b' } })], '/next?page=2'),
      page([network('two', { addressSpace: null }), network('three', { addressSpace: {} })]),
    );
    const common = { resourceGroup: 'RG-One', location: 'centralus' };
    const bare = { ...common, addressPrefixes: [], poolIds: [], tags: {} };
    expect(await list()).toEqual({
      ok: true,
      value: [
        {
          ...common,
          id: `${base}/one`,
          name: 'one',
          addressPrefixes: ['10.0.0.0/24', 'fd00::/64'],
          poolIds: [samplePoolId],
          tags: { a: 'b' },
        },
        { ...bare, id: `${base}/two`, name: 'two' },
        { ...bare, id: `${base}/three`, name: 'three' },
      ],
    });
    expect(fake.requests[0]).toMatchObject({
      method: 'GET',
      url: `/subscriptions/${managedSubscriptionId}/providers/Microsoft.Network/virtualNetworks?api-version=2026-01-01`,
    });
    expect(fake.requests[0]?.headers).not.toHaveProperty('x-ms-authorization-auxiliary');
  });

  it('are listed of one resource group, where the right reaches no further', async () => {
    fake.answer(page([]));
    await azure.listVirtualNetworks(managedTenantId, managedSubscriptionId, 'rg-(ä)');
    expect(fake.requests[0]?.url).toBe(
      `/subscriptions/${managedSubscriptionId}/resourceGroups/rg-(%C3%A4)/providers/Microsoft.Network/virtualNetworks?api-version=2026-01-01`,
    );
  });

  it('are never told in part: a list without an end is an error', async () => {
    for (let pages = 0; pages < 100; pages++) fake.answer(page([network(`n${pages}`)], '/next'));
    expect(await list()).toMatchObject({
      ok: false,
      error: { code: 'AzureAnswerInvalid', cause: 'The list has more than 100 pages.' },
    });
    expect(fake.requests).toHaveLength(100);
  });

  it('cannot be listed where Azure refuses', async () => {
    fake.answer({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'No.' } } });
    expect(await list()).toMatchObject({ ok: false, error: { code: 'PermissionMissing' } });
  });
});

it('locks that do not fit the pages that are looked at are an error, too', async () => {
  for (let pages = 0; pages < 20; pages++) fake.answer(page([], '/next'));
  expect(await azure.listLocks(sampleTarget)).toMatchObject({
    ok: false,
    error: { code: 'AzureAnswerInvalid', cause: 'The list has more than 20 pages.' },
  });
});

it('the static CIDRs of a pool are listed over all pages', async () => {
  const cidr = (name: string, properties?: object) => ({
    id: `${samplePoolId}/staticCidrs/${name}`,
    name,
    ...(properties ? { properties } : {}),
  });
  fake.answer(
    page([cidr('vpn', { addressPrefixes: ['10.0.0.0/24'] })], '/next'),
    page([cidr('none', {}), cidr('bare')]),
  );
  expect(await azure.listStaticCidrs(samplePoolId)).toMatchObject({
    ok: true,
    value: [
      { name: 'vpn', id: `${samplePoolId}/staticCidrs/vpn`, prefixes: ['10.0.0.0/24'] },
      { name: 'none', prefixes: [] },
      { name: 'bare', prefixes: [] },
    ],
  });
});

it('a pool tells its child pools, what is allocated, and what is promised to whom', async () => {
  fake.answer(
    {
      status: 200,
      body: {
        addressPrefixes: ['10.0.0.0/8'],
        childPools: [{ resourceId: '/pools/child', addressPrefixes: ['10.1.0.0/16'] }],
        allocatedAddressPrefixes: ['10.1.0.0/16'],
        reservedAddressPrefixes: ['10.2.0.0/24'],
        availableAddressPrefixes: ['10.3.0.0/16'],
        totalNumberOfIPAddresses: '16777216',
        numberOfAllocatedIPAddresses: '65536',
        numberOfReservedIPAddresses: '256',
        numberOfAvailableIPAddresses: '65536',
      },
    },
    page([{ resourceId: '/x/a', addressPrefixes: [], reservedPrefixes: ['10.2.0.0/24'] }]),
  );
  expect(await azure.getPoolUsage(samplePoolId)).toMatchObject({
    value: {
      childPools: [{ resourceId: '/pools/child', prefixes: ['10.1.0.0/16'] }],
      allocatedAddressPrefixes: ['10.1.0.0/16'],
      reservedAddressPrefixes: ['10.2.0.0/24'],
    },
  });
  expect(await azure.listPoolAssociations(samplePoolId)).toMatchObject({
    value: [{ resourceId: '/x/a', prefixes: [], reservedPrefixes: ['10.2.0.0/24'] }],
  });
});
