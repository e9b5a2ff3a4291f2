import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { allows } from '../../src/azure/permissions.ts';
import { type FakeAnswer, type FakeAzure, objectIdIn, startFakeAzure } from './fake-azure.ts';
import {
  managedSubscriptionId,
  managedTenantId,
  managementTenantId,
  sampleLandscape,
  samplePoolId,
  sampleTarget,
} from './sample-landscape.ts';

let fake: FakeAzure;
let azure: Azure;

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

const managerId = samplePoolId.slice(0, samplePoolId.indexOf('/ipamPools'));

test('a token says who we are in the tenant', async () => {
  expect(await azure.checkToken(managementTenantId)).toEqual({
    ok: true,
    value: { objectId: objectIdIn(managementTenantId) },
  });
});

describe('a pool', () => {
  test('shows region, family and prefixes', async () => {
    fake.answer({
      status: 200,
      body: {
        name: 'corp',
        location: 'centralus',
        tags: null,
        properties: { ipAddressType: ['IPv4'], addressPrefixes: ['10.0.0.0/8', '11.0.0.0/8'] },
      },
    });
    expect(await azure.getPool(samplePoolId)).toEqual({
      ok: true,
      value: {
        location: 'centralus',
        family: 'IPv4',
        addressPrefixes: ['10.0.0.0/8', '11.0.0.0/8'],
      },
    });
  });

  test('that our role does not let us read is a missing permission', async () => {
    fake.answer({
      status: 403,
      body: {
        error: {
          code: 'AuthorizationFailed',
          message: `The client 'a' with object id 'b' does not have authorization to perform action 'Microsoft.Network/networkManagers/ipamPools/read' over scope '${samplePoolId}' or the scope is invalid.`,
        },
      },
    });
    expect(await azure.getPool(samplePoolId)).toMatchObject({
      ok: false,
      error: { code: 'PermissionMissing', details: { scope: samplePoolId } },
    });
  });

  test('tells its usage in decimal strings, however large', async () => {
    const total = (2n ** 112n).toString();
    fake.answer({
      status: 200,
      body: {
        addressPrefixes: ['fd00::/16'],
        childPools: [],
        allocatedAddressPrefixes: [],
        reservedAddressPrefixes: [],
        availableAddressPrefixes: ['fd00::/16'],
        totalNumberOfIPAddresses: total,
        numberOfAllocatedIPAddresses: '0',
        numberOfReservedIPAddresses: '0',
        numberOfAvailableIPAddresses: total,
      },
    });
    expect(await azure.getPoolUsage(samplePoolId)).toMatchObject({
      ok: true,
      value: { numberOfAvailableIpAddresses: total, numberOfAllocatedIpAddresses: '0' },
    });
    expect(fake.requests[0]).toMatchObject({
      method: 'POST',
      url: expect.stringContaining('/getPoolUsage?'),
    });
  });

  test('lists its associations over all pages; an empty nextLink is the end', async () => {
    const item = (name: string) => ({ resourceId: `/x/${name}`, addressPrefixes: ['10.0.0.0/24'] });
    fake.answer(
      { status: 200, body: { value: [item('a')], nextLink: `${fake.origin}/next?page=2` } },
      { status: 200, body: { value: [item('b')], nextLink: '' } },
    );
    expect(await azure.listPoolAssociations(samplePoolId)).toEqual({
      ok: true,
      value: [
        { resourceId: '/x/a', prefixes: ['10.0.0.0/24'] },
        { resourceId: '/x/b', prefixes: ['10.0.0.0/24'] },
      ],
    });
    expect(fake.requests.map((request) => request.method)).toEqual(['POST', 'GET']);
  });

  test('sends no token to a next page elsewhere', async () => {
    fake.answer({ status: 200, body: { value: [], nextLink: 'https://example.com/next' } });
    expect(await azure.listPoolAssociations(samplePoolId)).toMatchObject({
      ok: false,
      error: { code: 'AzureAnswerInvalid', details: { host: 'example.com' } },
    });
  });

  test.each<[string, FakeAnswer, object]>([
    [
      'throttled',
      { status: 429, headers: { 'Retry-After': '9' } },
      { code: 'Throttled', retryAfterSeconds: 9 },
    ],
    ['lost', 'drop', { code: 'AzureUnavailable' }],
    [
      'not the documented form',
      { status: 200, body: { items: [] } },
      { code: 'AzureAnswerInvalid' },
    ],
  ])('lists nothing when the second page is %s', async (_, second, error) => {
    fake.answer({ status: 200, body: { value: [], nextLink: `${fake.origin}/next` } }, second);
    expect(await azure.listPoolAssociations(samplePoolId)).toMatchObject({ ok: false, error });
  });
});

test('connections to another tenant or subscription are left out', async () => {
  const connection = (name: string, tenantId: string, subscriptionId: string) => ({
    id: `${managerId}/scopeConnections/${name}`,
    name,
    properties: {
      tenantId,
      resourceId: `/subscriptions/${subscriptionId}`,
      connectionState: 'Connected',
    },
  });
  fake.answer({
    status: 200,
    body: {
      value: [
        connection('ours', managedTenantId.toUpperCase(), managedSubscriptionId.toUpperCase()),
        connection('other-subscription', managedTenantId, managedTenantId),
        connection('other-tenant', managementTenantId, managedSubscriptionId),
      ],
      nextLink: '',
    },
  });
  expect(await azure.listScopeConnections(managedTenantId, managedSubscriptionId)).toEqual({
    ok: true,
    value: [{ name: 'ours', state: 'Connected' }],
  });
  expect(fake.requests[0]?.url).toContain(`${managerId}/scopeConnections?`);
});

test('a resource group shows its region, or is null', async () => {
  const read = () => azure.getResourceGroup(managedTenantId, managedSubscriptionId, 'rg (a)');
  fake.answer({ status: 200, body: { name: 'rg (a)', location: 'centralus' } });
  expect(await read()).toEqual({ ok: true, value: { location: 'centralus' } });
  expect(fake.requests[0]?.url).toBe(
    `/subscriptions/${managedSubscriptionId}/resourceGroups/rg%20(a)?api-version=2021-04-01`,
  );
  fake.answer({ status: 404, body: { error: { code: 'ResourceGroupNotFound', message: 'x' } } });
  expect(await read()).toEqual({ ok: true, value: null });
});

test('permissions are read at the scope itself, over all pages', async () => {
  const scope = sampleTarget.virtualNetworkId;
  const element = (action: string) => ({ actions: [action], notActions: [], dataActions: [] });
  fake.answer(
    { status: 200, body: { value: [element('a/*')], nextLink: `${fake.origin}/next` } },
    { status: 200, body: { value: [element('b/read')], nextLink: null } },
  );
  expect(await azure.listPermissions({ tenantId: managedTenantId, scope })).toEqual({
    ok: true,
    value: [
      { actions: ['a/*'], notActions: [] },
      { actions: ['b/read'], notActions: [] },
    ],
  });
  expect(fake.requests[0]?.url).toBe(
    `${scope}/providers/Microsoft.Authorization/permissions?api-version=2022-04-01`,
  );
});

describe('permissions allow an action', () => {
  const associate = 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action';
  const poolUser = {
    actions: [
      'Microsoft.Network/networkManagers/ipamPools/*/read',
      'Microsoft.Network/networkManagers/ipamPools/*/action',
    ],
    notActions: [],
  };

  test.each<[string, { actions: string[]; notActions: string[] }[], string, boolean]>([
    ['that matches a wildcard', [poolUser], associate, true],
    ['whatever its case', [poolUser], associate.toUpperCase(), true],
    ['by a wildcard over several segments', [{ actions: ['*'], notActions: [] }], associate, true],
    [
      'not when only the beginning matches',
      [{ actions: ['Microsoft.Network/virtualNetworks/read'], notActions: [] }],
      'Microsoft.Network/virtualNetworks/read/action',
      false,
    ],
    [
      'not by a dot that stands for anything',
      [{ actions: ['Microsoft.Network/x'], notActions: [] }],
      'MicrosoftANetwork/x',
      false,
    ],
    [
      'not when the same element takes it back',
      [{ actions: ['*'], notActions: ['Microsoft.Network/*'] }],
      associate,
      false,
    ],
    [
      'when only another element takes it back',
      [{ actions: ['*'], notActions: ['Microsoft.Network/*'] }, poolUser],
      associate,
      true,
    ],
    ['not without permissions', [], associate, false],
    [
      'not by globbing for the pool itself',
      [poolUser],
      'Microsoft.Network/networkManagers/ipamPools/read',
      false,
    ],
  ])('%s', (_, permissions, action, expected) => {
    expect(allows(permissions, action)).toBe(expected);
  });
});
