import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { type Answer, arm, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
let tokenA: string;
let tokenB: string;
beforeAll(async () => {
  azure = await startTestAzure({ clock: new VirtualClock() });
  tokenA = await tokenOf(azure, ids.tenantA, ids.administratorA);
  tokenB = await tokenOf(azure, ids.tenantB, ids.administratorB);
});
afterAll(() => azure.close());

const guid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/;
const providerB = `${scopes.groupB}/providers/Microsoft.Network`;
const inA = (method: string, path: string, body?: unknown) =>
  arm(azure, method, path, { token: tokenA, ...(body === undefined ? {} : { body }) });
const inB = (method: string, path: string, body?: unknown) =>
  arm(azure, method, path, { token: tokenB, ...(body === undefined ? {} : { body }) });
const putVirtualNetwork = (name: string) =>
  inB('PUT', `${providerB}/virtualNetworks/${name}`, {
    location: 'eastus',
    properties: { addressSpace: { addressPrefixes: ['10.9.0.0/24'] } },
  });

function header({ headers }: Answer, name: string): string | null {
  return headers.get(name);
}

describe('every answer', () => {
  test('has the headers that Azure puts on all of them', async () => {
    const answer = await inB('GET', scopes.groupB);
    const correlation = header(answer, 'x-ms-correlation-request-id') ?? '';
    expect(correlation).toMatch(guid);
    expect(header(answer, 'x-ms-routing-request-id')).toMatch(
      new RegExp(`^[A-Z0-9]+:\\d{8}T\\d{6}Z:${correlation}$`),
    );
    expect(header(answer, 'content-type')).toBe('application/json; charset=utf-8');
    expect(header(answer, 'cache-control')).toBe('no-cache');
    expect(header(answer, 'pragma')).toBe('no-cache');
    expect(header(answer, 'expires')).toBe('-1');
    expect(header(answer, 'x-content-type-options')).toBe('nosniff');
    expect(header(answer, 'strict-transport-security')).toContain('max-age');
    expect(header(answer, 'x-cache')).toBe('CONFIG_NOCACHE');
    expect(header(answer, 'x-msedge-ref')).toContain('Ref A:');
  });

  test('takes over the correlation id of the client, and its request id when it wants that', async () => {
    const answer = await arm(azure, 'GET', scopes.groupB, {
      token: tokenB,
      headers: {
        'x-ms-correlation-request-id': '11111111-2222-4333-8444-555555555555',
        'x-ms-client-request-id': 'mine',
        'x-ms-return-client-request-id': 'true',
      },
    });
    expect(header(answer, 'x-ms-correlation-request-id')).toBe(
      '11111111-2222-4333-8444-555555555555',
    );
    expect(header(answer, 'x-ms-client-request-id')).toBe('mine');
  });
});

describe('the gateway', () => {
  test('names itself on its own errors and shows no rate limits there', async () => {
    const answer = await inB('GET', `${providerB}/virtualNetworks/never`);
    expect(answer.status).toBe(404);
    expect(answer.body).toEqual({
      error: {
        code: 'ResourceNotFound',
        message:
          "The Resource 'Microsoft.Network/virtualNetworks/never' under resource group 'rg-app' was not found. For more details please go to https://aka.ms/ARMResourceNotFoundFix",
      },
    });
    expect(header(answer, 'x-ms-failure-cause')).toBe('gateway');
    expect(header(answer, 'x-ms-request-id')).toBe(header(answer, 'x-ms-correlation-request-id'));
    expect(header(answer, 'x-ms-arm-service-request-id')).toBeNull();
    expect([...answer.headers.keys()].filter((name) => name.includes('ratelimit'))).toEqual([]);
  });
});

describe('the network resource provider', () => {
  test('has request ids of its own; that of an asynchronous call is in the URL of its operation', async () => {
    const answer = await putVirtualNetwork('v1');
    expect(answer.status).toBe(201);
    const requestId = header(answer, 'x-ms-request-id') ?? '';
    expect(requestId).toMatch(guid);
    expect(requestId).not.toBe(header(answer, 'x-ms-correlation-request-id'));
    expect(header(answer, 'azure-asyncoperation')).toContain(`/operations/${requestId}?`);
    expect(header(answer, 'azure-asyncnotification')).toBe('Enabled');
    expect(header(answer, 'x-ms-arm-service-request-id')).toMatch(guid);
    expect(header(answer, 'x-ms-failure-cause')).toBeNull();
    expect(header(answer, 'mise-correlation-id')).toBeNull();
    expect(header(answer, 'etag')).toBeNull();
    const read = await inB('GET', `${providerB}/virtualNetworks/v1`);
    expect(header(read, 'etag')).toBe(read.body.etag);
    expect(header(read, 'x-ms-request-id')).toMatch(guid);
    expect(header(read, 'x-ms-request-id')).not.toBe(header(read, 'x-ms-correlation-request-id'));
  });

  test('refuses in its own shape, with rate limits', async () => {
    await putVirtualNetwork('v2');
    const answer = await inB('GET', `${providerB}/virtualNetworks/v2/subnets/never`);
    expect(answer).toMatchObject({
      status: 404,
      body: { error: { code: 'NotFound', details: [] } },
    });
    expect(Object.keys(answer.body.error)).toEqual(['code', 'message', 'details']);
    expect(header(answer, 'x-ms-failure-cause')).toBeNull();
    expect(header(answer, 'x-ms-ratelimit-remaining-subscription-reads')).toMatch(/^\d+$/);
  });
});

describe('the IPAM service', () => {
  test('has a correlation id of its own, no etag, and flat errors', async () => {
    const pool = await inA('GET', scopes.pool);
    expect(pool.status).toBe(200);
    expect(header(pool, 'mise-correlation-id')).toMatch(guid);
    expect(header(pool, 'etag')).toBeNull();
    expect(header(pool, 'x-ms-request-id')).toBe(header(pool, 'x-ms-correlation-request-id'));
    const missing = await inA('GET', `${scopes.pool}/staticCidrs/never`);
    expect(missing.body).toEqual({
      code: 'NotFound',
      message: expect.stringContaining('Static CIDR resource'),
      target: null,
      details: null,
      additionalInfo: null,
    });
    expect(header(missing, 'x-ms-failure-cause')).toBeNull();
  });

  test('answers 204 without content type', async () => {
    await inA('PUT', `${scopes.pool}/staticCidrs/c`, {
      properties: { addressPrefixes: ['10.0.0.0/28'] },
    });
    const gone = await inA('DELETE', `${scopes.pool}/staticCidrs/c`);
    expect(gone.status).toBe(204);
    expect(header(gone, 'content-type')).toBeNull();
  });
});

describe('the network manager service', () => {
  test('puts the message first in its errors', async () => {
    const answer = await inA('GET', `${scopes.networkManager}/scopeConnections/never`);
    expect(answer.status).toBe(404);
    expect(Object.keys(answer.body.error)).toEqual(['message', 'code']);
    expect(header(answer, 'mise-correlation-id')).toBeNull();
  });
});

describe('the counters of the rate limits', () => {
  test('go down by kind, and POST counts as a write', async () => {
    const fresh = await startTestAzure();
    const token = await tokenOf(fresh, ids.tenantA, ids.administratorA);
    const remaining = async (method: string, path: string, kind: string) => {
      const answer = await arm(fresh, method, path, { token });
      const level = 'x-ms-ratelimit-remaining-subscription';
      return [header(answer, `${level}-${kind}`), header(answer, `${level}-global-${kind}`)];
    };
    expect(await remaining('GET', scopes.groupA, 'reads')).toEqual(['1099', '16499']);
    const usage = `${scopes.pool}/getPoolUsage`;
    expect(await remaining('POST', usage, 'writes')).toEqual(['799', '11999']);
    expect(await remaining('DELETE', `${scopes.pool}/staticCidrs/x`, 'deletes')).toEqual([
      '799',
      '11999',
    ]);
    await fresh.close();
  });
});
