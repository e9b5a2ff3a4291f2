import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import type { Azure } from '../../src/azure/azure.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import { type FakeAnswer, type FakeAzure, startFakeAzure } from './fake-azure.ts';
import {
  managedTenantId,
  managementTenantId,
  sampleDeployment,
  sampleLandscape,
  samplePoolId,
  sampleTarget,
} from './sample-landscape.ts';
import { tenantsIn } from './tenants-in.ts';

let fake: FakeAzure;
let azure: Azure;

beforeAll(async () => {
  fake = await startFakeAzure();
});
beforeEach(() => {
  fake.reset();
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
afterAll(() => fake.close());

const url = `${sampleTarget.virtualNetworkId}?api-version=2026-01-01`;
const poolReference = { pool: { id: samplePoolId } };

const accepted = (operation = `${fake.origin}/operations/1?s=signed`) => ({
  status: 201,
  headers: {
    'Azure-AsyncOperation': operation,
    'Retry-After': '3',
    'x-ms-request-id': 'request-1',
  },
  body: {
    name: 'vnet-payments',
    properties: { provisioningState: 'Updating', resourceGuid: 'guid-1' },
  },
});

describe('creating a VNet', () => {
  test('is one PUT with both tokens that never overwrites', async () => {
    fake.answer(accepted());
    const outcome = await azure.createVirtualNetwork(sampleDeployment);
    expect(outcome).toEqual({
      ok: true,
      value: {
        resourceGuid: 'guid-1',
        operationUrl: `${fake.origin}/operations/1?s=signed`,
        retryAfterSeconds: 3,
        requestId: 'request-1',
      },
    });
    expect(fake.requests).toHaveLength(1);
    const [put] = fake.requests;
    expect(put).toMatchObject({ method: 'PUT', url, headers: { 'if-none-match': '*' } });
    expect(tenantsIn(put?.headers['authorization'])).toEqual([managedTenantId]);
    expect(tenantsIn(put?.headers['x-ms-authorization-auxiliary'])).toEqual([managementTenantId]);
  });

  test('names the pool on VNet and subnets and says that there are no prefixes yet', async () => {
    fake.answer(accepted());
    await azure.createVirtualNetwork(sampleDeployment);
    expect(JSON.parse(fake.requests[0]?.body ?? '')).toEqual({
      location: 'centralus',
      tags: { 'vnet-vending-request': 'RITM0012345' },
      properties: {
        addressSpace: {
          addressPrefixes: [],
          ipamPoolPrefixAllocations: [{ numberOfIpAddresses: '256', ...poolReference }],
        },
        subnets: [
          {
            name: 'app',
            properties: {
              addressPrefixes: [],
              ipamPoolPrefixAllocations: [{ numberOfIpAddresses: '32', ...poolReference }],
            },
          },
        ],
      },
    });
  });

  test('is not sent when the token of the management tenant cannot be had', async () => {
    fake.answerToken(managementTenantId, {
      status: 401,
      body: {
        error: 'invalid_client',
        error_description:
          'AADSTS7000229: The client application X is missing service principal in the tenant Y.',
        error_codes: [7000229],
      },
    });
    expect(await azure.createVirtualNetwork(sampleDeployment)).toMatchObject({
      ok: false,
      error: {
        code: 'ServicePrincipalMissing',
        details: { tenantId: managementTenantId, azureCode: 'AADSTS7000229' },
      },
    });
    expect(fake.requests).toHaveLength(0);
  });

  test('in the management tenant itself sends no second token of that tenant', async () => {
    fake.answer(accepted());
    const target = { ...sampleTarget, tenantId: managementTenantId };
    await azure.createVirtualNetwork({ ...sampleDeployment, target });
    expect(tenantsIn(fake.requests[0]?.headers['authorization'])).toEqual([managementTenantId]);
    expect(fake.requests[0]?.headers['x-ms-authorization-auxiliary']).toBeUndefined();
  });

  test.each<[string, FakeAnswer, object]>([
    [
      '429',
      { status: 429, headers: { 'Retry-After': '7' } },
      { code: 'Throttled', retryAfterSeconds: 7 },
    ],
    ['503', { status: 503, headers: { 'Retry-After': '0' } }, { code: 'AzureUnavailable' }],
    ['500', { status: 500 }, { code: 'AzureUnavailable' }],
    ['412', { status: 412 }, { code: 'PreconditionFailed' }],
    [
      'a lost connection',
      'drop',
      { code: 'AzureUnavailable', details: { networkCode: 'ECONNRESET' } },
    ],
    ['JSON cut off', { status: 201, body: '{"name":' }, { code: 'AzureAnswerInvalid' }],
  ])('sends one request when the answer is %s', async (_, answer, error) => {
    fake.answer(answer);
    expect(await azure.createVirtualNetwork(sampleDeployment)).toMatchObject({ ok: false, error });
    expect(fake.requests).toHaveLength(1);
  });

  test('keeps the details of a refusal, which the errors of the SDK lose', async () => {
    fake.answer({
      status: 429,
      body: {
        error: {
          code: 'RetryableError',
          message: 'A retryable error occurred.',
          details: [
            {
              code: 'RetryableErrorDueToAnotherOperation',
              message: 'The call can be retried in 14 seconds.',
            },
          ],
        },
      },
    });
    expect(await azure.createVirtualNetwork(sampleDeployment)).toMatchObject({
      ok: false,
      error: { code: 'ResourceBusy', retryAfterSeconds: 14 },
    });
  });

  test('gives up after the time limit of a request', async () => {
    azure = createAzure({
      landscape: sampleLandscape,
      settings: { APPLICATION_SECRET: 'a-secret' },
      endpoints: {
        resourceManager: fake.origin,
        authority: fake.origin,
        disableInstanceDiscovery: true,
      },
      requestTimeoutSeconds: 0.3,
    });
    fake.answer('hang');
    expect(await azure.createVirtualNetwork(sampleDeployment)).toMatchObject({
      ok: false,
      error: { code: 'AzureUnavailable', message: expect.stringContaining('time limit') },
    });
  });
});

describe('tokens', () => {
  test('are kept between calls', async () => {
    fake.answer(accepted(), accepted());
    await azure.createVirtualNetwork(sampleDeployment);
    await azure.createVirtualNetwork(sampleDeployment);
    expect(fake.tokenRequests).toEqual([managedTenantId, managementTenantId]);
  });

  test.each([401, 403])('are fresh, both of them, after a %i', async (status) => {
    fake.answer({ status, body: { error: { code: 'ExpiredAuthenticationToken' } } }, accepted());
    await azure.createVirtualNetwork(sampleDeployment);
    expect(await azure.createVirtualNetwork(sampleDeployment)).toMatchObject({ ok: true });
    const [first, second] = fake.requests;
    for (const header of ['authorization', 'x-ms-authorization-auxiliary']) {
      expect(second?.headers[header]).toBeDefined();
      expect(second?.headers[header]).not.toBe(first?.headers[header]);
    }
  });

  test('are asked for again after Entra ID failed for a moment', async () => {
    fake.answerToken(managedTenantId, { status: 503, body: '<html>' });
    expect(await azure.checkToken(managedTenantId)).toMatchObject({
      ok: false,
      error: { code: 'TokenUnavailable', kind: 'retryable' },
    });
    fake.answerToken(managedTenantId, undefined);
    expect(await azure.checkToken(managedTenantId)).toMatchObject({ ok: true });
  });

  test('that cannot be asked for because the connection breaks are worth another try', async () => {
    fake.answerToken(managedTenantId, 'drop');
    expect(await azure.checkToken(managedTenantId)).toMatchObject({
      ok: false,
      error: {
        code: 'AzureUnavailable',
        kind: 'retryable',
        details: { networkCode: 'ECONNRESET' },
      },
    });
  });

  test('that Entra ID refuses for being busy come with the time to wait', async () => {
    fake.answerToken(managedTenantId, {
      status: 429,
      headers: { 'Retry-After': '30' },
      body: {
        error: 'temporarily_unavailable',
        error_description: 'AADSTS90055: Server is too busy.',
      },
    });
    expect(await azure.checkToken(managedTenantId)).toMatchObject({
      ok: false,
      error: { code: 'Throttled', retryAfterSeconds: 30 },
    });
  });

  test('need the app setting that the landscape names', async () => {
    azure = createAzure({
      landscape: sampleLandscape,
      settings: {},
      endpoints: {
        resourceManager: fake.origin,
        authority: fake.origin,
        disableInstanceDiscovery: true,
      },
    });
    expect(await azure.checkToken(managedTenantId)).toMatchObject({
      ok: false,
      error: { code: 'CredentialInvalid', cause: expect.stringContaining('APPLICATION_SECRET') },
    });
  });

  test('are never sent in the clear', () => {
    const endpoints = {
      resourceManager: 'http://localhost:1',
      authority: fake.origin,
      disableInstanceDiscovery: true,
    };
    expect(() => createAzure({ landscape: sampleLandscape, settings: {}, endpoints })).toThrow(
      /must be https/,
    );
  });
});

describe('reading a VNet', () => {
  test('sends the token of its own tenant only and shows what the pool gave', async () => {
    fake.answer({
      status: 200,
      body: {
        name: 'vnet-payments',
        id: sampleTarget.virtualNetworkId,
        etag: 'W/"1"',
        location: 'Central US',
        tags: { a: 'b' },
        properties: {
          provisioningState: 'Succeeded',
          resourceGuid: 'guid-1',
          addressSpace: {
            addressPrefixes: ['10.0.0.0/24'],
            ipamPoolPrefixAllocations: [
              {
                numberOfIpAddresses: '256',
                ...poolReference,
                allocatedAddressPrefixes: ['10.0.0.0/24'],
              },
            ],
          },
          subnets: [
            { name: 'app', properties: { addressPrefixes: ['10.0.0.0/27'] } },
            { name: 'plain', properties: { addressPrefix: '10.0.0.32/27' } },
          ],
        },
      },
    });
    expect(await azure.getVirtualNetwork(sampleTarget)).toEqual({
      ok: true,
      value: {
        id: sampleTarget.virtualNetworkId,
        resourceGuid: 'guid-1',
        location: 'centralus',
        etag: 'W/"1"',
        provisioningState: 'Succeeded',
        tags: { a: 'b' },
        addressPrefixes: ['10.0.0.0/24'],
        allocations: [
          { poolId: samplePoolId, numberOfIpAddresses: '256', prefixes: ['10.0.0.0/24'] },
        ],
        subnets: [
          { name: 'app', addressPrefixes: ['10.0.0.0/27'], allocations: [], users: [] },
          { name: 'plain', addressPrefixes: ['10.0.0.32/27'], allocations: [], users: [] },
        ],
        peerings: [],
      },
    });
    expect(fake.requests[0]?.headers['x-ms-authorization-auxiliary']).toBeUndefined();
  });

  test.each(['ResourceNotFound', 'NotFound', 'ResourceGroupNotFound'])(
    'answers null for %s',
    async (code) => {
      fake.answer({ status: 404, body: { error: { code, message: 'x' } } });
      expect(await azure.getVirtualNetwork(sampleTarget)).toEqual({ ok: true, value: null });
    },
  );

  test('does not take an unknown subscription for an absent VNet', async () => {
    fake.answer({ status: 404, body: { error: { code: 'SubscriptionNotFound', message: 'x' } } });
    expect(await azure.getVirtualNetwork(sampleTarget)).toMatchObject({
      ok: false,
      error: { code: 'NotFound', kind: 'operator' },
    });
  });

  test.each<[string, unknown]>([
    ['a list', []],
    ['nothing', undefined],
    ['no JSON', '<html>'],
    [
      'no etag',
      {
        id: 'x',
        location: 'centralus',
        properties: { provisioningState: 'Succeeded', resourceGuid: 'guid-1' },
      },
    ],
  ])('refuses an answer that is %s', async (_, body) => {
    fake.answer({ status: 200, body });
    expect(await azure.getVirtualNetwork(sampleTarget)).toMatchObject({
      ok: false,
      error: { code: 'AzureAnswerInvalid' },
    });
  });
});

describe('deleting a VNet', () => {
  test('is one DELETE of exactly the VNet that was read, with both tokens', async () => {
    fake.answer({
      status: 202,
      headers: {
        'Azure-AsyncOperation': `${fake.origin}/operations/2`,
        Location: `${fake.origin}/operationResults/2`,
        'Retry-After': '10',
      },
    });
    expect(await azure.deleteVirtualNetwork(sampleTarget, 'W/"1"')).toMatchObject({
      ok: true,
      value: { operationUrl: `${fake.origin}/operations/2`, retryAfterSeconds: 10 },
    });
    expect(fake.requests).toHaveLength(1);
    const [request] = fake.requests;
    expect(request).toMatchObject({ method: 'DELETE', url, headers: { 'if-match': 'W/"1"' } });
    expect(tenantsIn(request?.headers['x-ms-authorization-auxiliary'])).toEqual([
      managementTenantId,
    ]);
  });

  test.each<[number, unknown]>([
    [204, undefined],
    [404, { error: { code: 'ResourceGroupNotFound', message: 'x' } }],
  ])('answers null when it is gone already (%i)', async (status, body) => {
    fake.answer({ status, body });
    expect(await azure.deleteVirtualNetwork(sampleTarget, 'W/"1"')).toEqual({
      ok: true,
      value: null,
    });
  });
});

describe('polling an operation', () => {
  const poll = () => azure.pollOperation(sampleTarget, `${fake.origin}/operations/1?s=signed`);

  test.each<[string, FakeAnswer, object]>([
    [
      'InProgress',
      { status: 200, headers: { 'Retry-After': '10' }, body: { status: 'InProgress' } },
      { status: 'running', retryAfterSeconds: 10 },
    ],
    ['Succeeded', { status: 200, body: { status: 'Succeeded' } }, { status: 'succeeded' }],
    ['a Location, 202', { status: 202 }, { status: 'running' }],
    ['a Location, 204', { status: 204 }, { status: 'succeeded' }],
    ['a Location, 200', { status: 200 }, { status: 'succeeded' }],
    [
      'a Location that says InProgress in a 200',
      { status: 200, body: { status: 'InProgress' } },
      { status: 'running' },
    ],
    [
      'the resource itself',
      { status: 200, body: { properties: { provisioningState: 'Updating' } } },
      { status: 'running' },
    ],
  ])('understands %s', async (_, answer, view) => {
    fake.answer(answer);
    expect(await poll()).toMatchObject({ ok: true, value: view });
    expect(fake.requests).toHaveLength(1);
    expect(fake.requests[0]?.url).toBe('/operations/1?s=signed');
  });

  test('keeps code and details of a failure', async () => {
    fake.answer({
      status: 200,
      body: {
        status: 'Failed',
        error: { code: 'Outer', message: 'x', details: [{ code: 'Inner', message: 'y' }] },
      },
    });
    expect(await poll()).toMatchObject({
      ok: false,
      error: {
        code: 'OperationFailed',
        details: { azureCode: 'Outer', azureDetailCodes: 'Inner' },
      },
    });
  });

  test('says that Azure no longer knows the operation', async () => {
    fake.answer({ status: 404, body: { error: { code: 'NotFound', message: 'x' } } });
    expect(await poll()).toMatchObject({ ok: false, error: { code: 'NotFound' } });
  });

  test('does not follow a redirect, nor take it for an end', async () => {
    fake.answer({ status: 307, headers: { Location: `${fake.origin}/elsewhere` } });
    expect(await poll()).toMatchObject({ ok: false, error: { code: 'AzureAnswerInvalid' } });
    expect(fake.requests).toHaveLength(1);
  });

  test('refuses a status document without status', async () => {
    fake.answer({ status: 200, body: { name: 'x' } });
    expect(await poll()).toMatchObject({ ok: false, error: { code: 'AzureAnswerInvalid' } });
  });

  test.each([
    'https://example.com/operations/1',
    'http://localhost/operations/1',
    'https://localhost.example.com/operations/1',
    'https://localhost:1/operations/1',
  ])('sends no token to %s', async (foreign) => {
    expect(await azure.pollOperation(sampleTarget, foreign)).toMatchObject({
      ok: false,
      error: {
        code: 'AzureAnswerInvalid',
        kind: 'terminal',
        cause: expect.stringContaining('Refused'),
      },
    });
    expect(fake.requests).toHaveLength(0);
  });

  test('follows a regional sub-domain of the endpoint', async () => {
    // The name may not resolve here; what counts is that the call was tried.
    const regional = fake.origin.replace('localhost', 'centralus.localhost');
    const outcome = await azure.pollOperation(sampleTarget, `${regional}/operations/1`);
    expect(JSON.stringify(outcome)).not.toContain('Refused');
  });
});
