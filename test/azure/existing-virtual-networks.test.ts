import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { scopeOfLock } from '../../src/azure/locks.ts';
import { type FakeAzure, startFakeAzure } from './fake-azure.ts';
import {
  managedSubscriptionId,
  managedTenantId,
  managementTenantId,
  sampleLandscape,
  samplePoolId,
  sampleTarget,
} from './sample-landscape.ts';
import { tenantsIn } from './tenants-in.ts';

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
    requestTimeoutSeconds: 5,
  });
});
beforeEach(() => fake.reset());
afterAll(() => fake.close());

const id = sampleTarget.virtualNetworkId;
const url = `${id}?api-version=2026-01-01`;
const nicId = '/subscriptions/x/networkInterfaces/nic/ipConfigurations/one';
const hubId = '/subscriptions/x/virtualNetworks/hub';

/** A VNet in use, with members that no version of the SDK knows. */
const document = {
  name: 'vnet-payments',
  id,
  etag: 'W/"1"',
  location: 'centralus',
  fromTheFuture: { deep: [1, { er: null }] },
  properties: {
    provisioningState: 'Succeeded',
    resourceGuid: 'guid-1',
    addressSpace: { addressPrefixes: ['10.0.0.0/24'], alsoNew: true },
    subnets: [
      {
        name: 'app',
        properties: {
          addressPrefixes: ['10.0.0.0/27'],
          ipamPoolPrefixAllocations: [
            {
              numberOfIpAddresses: '32',
              pool: { id: samplePoolId },
              allocatedAddressPrefixes: ['10.0.0.0/27'],
            },
          ],
          ipConfigurations: [{ id: nicId }],
          applicationGatewayIPConfigurations: [{ name: 'four', id: 'a-gateway' }],
          ipConfigurationProfiles: [{ id: 'a-profile', properties: { subnet: null } }],
          privateEndpoints: [{ id: 'an-endpoint' }],
          serviceAssociationLinks: [
            { name: 'one', id: 'a-link', properties: { linkedResourceType: 'Microsoft.Web/x' } },
            { name: 'two', properties: { link: 'an-app' } },
          ],
          resourceNavigationLinks: [{ name: 'three', properties: {} }],
          newMember: 'x',
        },
      },
    ],
    virtualNetworkPeerings: [
      { name: 'to-hub', properties: { remoteVirtualNetwork: { id: hubId } } },
      { name: 'to-nowhere', properties: {} },
    ],
  },
};

describe('reading a whole VNet', () => {
  test('gives everything that Azure wrote, and what the workflow understands of it', async () => {
    fake.answer({ status: 200, body: document });
    expect(await azure.readVirtualNetwork(sampleTarget)).toEqual({
      ok: true,
      value: {
        document,
        view: {
          id,
          resourceGuid: 'guid-1',
          location: 'centralus',
          etag: 'W/"1"',
          provisioningState: 'Succeeded',
          tags: {},
          addressPrefixes: ['10.0.0.0/24'],
          allocations: [],
          subnets: [
            {
              name: 'app',
              addressPrefixes: ['10.0.0.0/27'],
              allocations: [
                { poolId: samplePoolId, numberOfIpAddresses: '32', prefixes: ['10.0.0.0/27'] },
              ],
              users: [
                { kind: 'ipConfiguration', id: nicId },
                { kind: 'ipConfiguration', id: 'a-gateway' },
                { kind: 'ipConfiguration', id: 'a-profile' },
                { kind: 'privateEndpoint', id: 'an-endpoint' },
                { kind: 'serviceAssociationLink', id: 'a-link' },
                { kind: 'serviceAssociationLink', id: 'an-app' },
                { kind: 'resourceNavigationLink', id: 'three' },
              ],
            },
          ],
          peerings: [
            { name: 'to-hub', remoteId: hubId },
            { name: 'to-nowhere', remoteId: '' },
          ],
        },
      },
    });
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({ method: 'GET', url });
    expect(fake.requests[0]?.headers['x-ms-authorization-auxiliary']).toBeUndefined();
  });

  test('answers null for one that is not there', async () => {
    fake.answer({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'x' } } });
    expect(await azure.readVirtualNetwork(sampleTarget)).toEqual({ ok: true, value: null });
  });

  test.each(['<html>Not Found</html>', '', '{}'])(
    'does not take one for gone on the word of whoever does not say what is missing: %j',
    async (body) => {
      fake.answer({ status: 404, body });
      expect(await azure.readVirtualNetwork(sampleTarget)).toMatchObject({
        error: { code: 'AzureAnswerInvalid', kind: 'retryable' },
      });
    },
  );
});

describe('updating a VNet', () => {
  const accepted = {
    status: 200,
    headers: { 'Retry-After': '3', 'x-ms-request-id': 'request-1' },
    body: document,
  };

  test('is one PUT of the whole document in the version that was read, with both tokens', async () => {
    const operationUrl = `${fake.origin}/operations/1?s=signed`;
    fake.answer({
      ...accepted,
      headers: { ...accepted.headers, 'Azure-AsyncOperation': operationUrl },
    });
    expect(await azure.updateVirtualNetwork(sampleTarget, document, 'W/"1"')).toEqual({
      ok: true,
      value: {
        resourceGuid: 'guid-1',
        operationUrl,
        retryAfterSeconds: 3,
        requestId: 'request-1',
      },
    });
    expect(fake.requests).toHaveLength(1);
    const [put] = fake.requests;
    expect(put).toMatchObject({ method: 'PUT', url, headers: { 'if-match': 'W/"1"' } });
    expect(JSON.parse(put?.body ?? '')).toEqual(document);
    expect(tenantsIn(put?.headers['authorization'])).toEqual([managedTenantId]);
    expect(tenantsIn(put?.headers['x-ms-authorization-auxiliary'])).toEqual([managementTenantId]);
  });

  test.each([
    [409, 'AnotherOperationInProgress', 'ResourceBusy'],
    [412, 'PreconditionFailed', 'PreconditionFailed'],
    [409, 'ScopeLocked', 'VirtualNetworkLocked'],
    [500, 'InternalServerError', 'AzureUnavailable'],
  ])('is sent once, whatever the answer: %i %s', async (status, azureCode, code) => {
    fake.answer({ status, body: { error: { code: azureCode, message: 'x' } } });
    expect(await azure.updateVirtualNetwork(sampleTarget, document, 'W/"1"')).toMatchObject({
      ok: false,
      error: { code },
    });
    expect(fake.requests).toHaveLength(1);
  });
});

describe('our side of a peering', () => {
  const peeringUrl = `${id}/virtualNetworkPeerings/to-hub?api-version=2026-01-01`;

  test('is deleted by one DELETE without the token of the management tenant', async () => {
    fake.answer({
      status: 202,
      headers: { 'Azure-AsyncOperation': `${fake.origin}/operations/2`, 'Retry-After': '10' },
    });
    expect(await azure.deletePeering(sampleTarget, 'to-hub')).toMatchObject({
      ok: true,
      value: { operationUrl: `${fake.origin}/operations/2`, retryAfterSeconds: 10 },
    });
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]).toMatchObject({ method: 'DELETE', url: peeringUrl });
    expect(fake.requests[0]?.headers['x-ms-authorization-auxiliary']).toBeUndefined();
  });

  test.each<[number, unknown]>([
    [204, undefined],
    [404, { error: { code: 'NotFound', message: 'x' } }],
    [404, { error: { code: 'ResourceGroupNotFound', message: 'x' } }],
  ])('answers null when it is gone already (%i)', async (status, body) => {
    fake.answer({ status, body });
    expect(await azure.deletePeering(sampleTarget, 'to-hub')).toEqual({ ok: true, value: null });
  });

  test('is made anew by one PUT that the hub in the management tenant accepts', async () => {
    const peering = { properties: { remoteVirtualNetwork: { id: hubId }, fromTheFuture: 1 } };
    fake.answer({
      status: 201,
      headers: { 'Azure-AsyncOperation': `${fake.origin}/operations/3` },
      body: { name: 'to-hub', properties: { resourceGuid: 'not-of-the-vnet' } },
    });
    const outcome = await azure.createPeering(sampleTarget, 'to-hub', peering);
    expect(outcome).toMatchObject({
      ok: true,
      value: { operationUrl: `${fake.origin}/operations/3` },
    });
    expect(JSON.stringify(outcome)).not.toContain('not-of-the-vnet');
    const [put] = fake.requests;
    expect(put).toMatchObject({ method: 'PUT', url: peeringUrl });
    expect(JSON.parse(put?.body ?? '')).toEqual(peering);
    expect(tenantsIn(put?.headers['x-ms-authorization-auxiliary'])).toEqual([managementTenantId]);
  });
});

describe('locks', () => {
  const lock = (scope: string, name: string, level: string) => ({
    id: `${scope}/providers/Microsoft.Authorization/locks/${name}`,
    name,
    type: 'Microsoft.Authorization/locks',
    properties: { level, notes: 'x' },
  });

  test('are those of all pages that forbid something, with what they were put on', async () => {
    const subscription = `/subscriptions/${managedSubscriptionId}`;
    fake.answer(
      {
        status: 200,
        body: {
          value: [
            lock(subscription, 'never-delete', 'CanNotDelete'),
            lock(id, 'nothing', 'NotSpecified'),
          ],
          nextLink: `${fake.origin}/next-page`,
        },
      },
      { status: 200, body: { value: [lock(id, 'frozen', 'ReadOnly')] } },
    );
    const listed = await azure.listLocks(sampleTarget);
    if (!listed.ok) throw new Error(listed.error.message);
    expect(listed.value.map((one) => [one.name, one.level, scopeOfLock(one)])).toEqual([
      ['never-delete', 'CanNotDelete', subscription],
      ['frozen', 'ReadOnly', id],
    ]);
    expect(fake.requests.map((request) => request.url)).toEqual([
      `${id}/providers/Microsoft.Authorization/locks?api-version=2020-05-01`,
      '/next-page',
    ]);
    expect(fake.requests[0]?.headers['x-ms-authorization-auxiliary']).toBeUndefined();
  });

  test('that we may not look at are told as a missing permission', async () => {
    fake.answer({ status: 403, body: { error: { code: 'AuthorizationFailed', message: 'x' } } });
    expect(await azure.listLocks(sampleTarget)).toMatchObject({
      ok: false,
      error: { code: 'PermissionMissing' },
    });
  });
});
