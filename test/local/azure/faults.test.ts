import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { faultSchema } from '../../../src/local/azure/control/faults.ts';
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

const group = `${scopes.subscriptionB}/resourceGroups/rg-new`;
const virtualNetwork = `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/v`;
const plain = {
  location: 'eastus',
  properties: { addressSpace: { addressPrefixes: ['10.9.0.0/24'] } },
};
const read = () => arm(azure, 'GET', scopes.groupB, { token });
const putGroup = () => arm(azure, 'PUT', group, { token, body: { location: 'eastus' } });
const putVirtualNetwork = () => arm(azure, 'PUT', virtualNetwork, { token, body: plain });
const exists = async (path: string) => (await arm(azure, 'GET', path, { token })).status === 200;

async function fault(match: object, effect: object): Promise<void> {
  const answer = await control(azure, 'POST', '/faults', { match, effect });
  expect(answer.status, JSON.stringify(answer.body)).toBe(201);
}

describe('a fault with a status', () => {
  test('is answered in place of the effect, with its headers', async () => {
    await fault(
      { method: 'PUT' },
      { status: 429, code: 'Slow', headers: { 'Retry-After': '7', 'x-extra': 'yes' } },
    );
    const answer = await putGroup();
    expect(answer.status).toBe(429);
    expect(answer.body.error.code).toBe('Slow');
    expect(answer.headers.get('retry-after')).toBe('7');
    expect(answer.headers.get('x-extra')).toBe('yes');
    await control(azure, 'DELETE', '/faults');
    expect(await exists(group)).toBe(false);
    expect((await putGroup()).status).toBe(201);
  });

  test('has the shape of the service that would have answered', async () => {
    await fault({}, { status: 503, message: 'Out.' });
    expect((await read()).body).toEqual({ error: { code: 'ServiceUnavailable', message: 'Out.' } });
    expect((await putVirtualNetwork()).body).toEqual({
      error: { code: 'ServiceUnavailable', message: 'Out.', details: [] },
    });
    expect((await arm(azure, 'GET', scopes.pool, { token })).body).toEqual({
      code: 'ServiceUnavailable',
      message: 'Out.',
      target: null,
      details: null,
      additionalInfo: null,
    });
    const connection = await arm(azure, 'GET', `${scopes.networkManager}/scopeConnections/c`);
    expect(Object.keys(connection.body.error)).toEqual(['message', 'code']);
    const graph = await fetch(`${azure.graph}/v1.0/applications`);
    expect(await graph.json()).toMatchObject({
      error: { code: 'ServiceUnavailable', innerError: { 'request-id': expect.any(String) } },
    });
  });

  test('takes the place of a token as well', async () => {
    await fault({ path: '/oauth2/v2.0/token$', tenant: ids.tenantB, times: 1 }, { status: 503 });
    await fault({ path: '/token$', times: 1 }, { status: 401, code: 'AADSTS7000222' });
    await expect(tokenOf(azure, ids.tenantB, ids.application)).rejects.toThrow(
      /temporarily_unavailable/,
    );
    await expect(tokenOf(azure, ids.tenantB, ids.application)).rejects.toThrow(/AADSTS7000222/);
    expect(await tokenOf(azure, ids.tenantB, ids.application)).toBeTruthy();
  });
});

describe('a fault is met', () => {
  const statuses = async (count: number) => {
    const found: number[] = [];
    for (let index = 0; index < count; index += 1) found.push((await read()).status);
    return found;
  };

  test('by every request that matches, unless told', async () => {
    await fault({}, { status: 500 });
    expect(await statuses(3)).toEqual([500, 500, 500]);
  });

  test('by the nth one only', async () => {
    await fault({ nth: 2 }, { status: 500 });
    expect(await statuses(3)).toEqual([200, 500, 200]);
  });

  test('by so many from the nth one on', async () => {
    await fault({ nth: 2, times: 2 }, { status: 500 });
    expect(await statuses(4)).toEqual([200, 500, 500, 200]);
  });

  test('after the one that was posted before it', async () => {
    await fault({ times: 1 }, { status: 500 });
    await fault({ times: 1 }, { status: 503 });
    expect(await statuses(3)).toEqual([500, 503, 200]);
  });

  test('by method, path in any case, and tenant', async () => {
    await fault(
      { method: 'get', path: 'RESOURCEgroups/rg-app$', tenant: ids.tenantB },
      { status: 500 },
    );
    expect(await statuses(1)).toEqual([500]);
    expect((await putGroup()).status).toBe(201);
    expect(await exists(group)).toBe(true);
    const tokenA = await tokenOf(azure, ids.tenantA, ids.administratorA);
    expect((await arm(azure, 'GET', scopes.groupA, { token: tokenA })).status).toBe(200);
  });
});

describe('the connection', () => {
  test('is dropped before the effect', async () => {
    await fault({ method: 'PUT', times: 1 }, { dropConnection: true });
    await expect(putGroup()).rejects.toThrow('fetch failed');
    expect(await exists(group)).toBe(false);
  });

  test('is dropped after the effect', async () => {
    await fault({ method: 'PUT', times: 1 }, { applyThenDrop: true });
    await expect(putGroup()).rejects.toThrow('fetch failed');
    expect(await exists(group)).toBe(true);
  });
});

describe('an answer that never comes', () => {
  /** Waits until the fault has met a request. */
  const met = async () => {
    const isMet = async () => (await control(azure, 'GET', '/faults')).body[0]?.applied === 1;
    await expect.poll(isMet).toBe(true);
  };

  const hanging = (signal?: AbortSignal) =>
    fetch(`${azure.resourceManager}${group}?api-version=2025-05-01`, {
      method: 'PUT',
      headers: { authorization: `Bearer ${token}`, 'content-type': 'application/json' },
      body: JSON.stringify({ location: 'eastus' }),
      ...(signal && { signal }),
    });

  test.each([
    ['hang', false],
    ['applyThenHang', true],
  ])('%s: waits until the client has enough', async (effect, applied) => {
    await fault({ method: 'PUT' }, { [effect]: true });
    const abort = new AbortController();
    const answer = hanging(abort.signal).catch((error: Error) => error.name);
    await met();
    clock.advance(24 * 3_600_000);
    abort.abort();
    expect(await answer).toBe('AbortError');
    const status = async () => (await control(azure, 'GET', '/requests')).body.at(-1);
    await expect.poll(status).toMatchObject({ method: 'PUT', status: null, fault: true });
    expect(await exists(group)).toBe(applied);
  });

  test.each([
    ['hang', false],
    ['applyThenHang', true],
  ])('%s: breaks off when the faults are deleted', async (effect, applied) => {
    await fault({ method: 'PUT' }, { [effect]: true });
    const answer = hanging().catch((error: Error) => error.message);
    await met();
    await control(azure, 'DELETE', '/faults');
    expect(await answer).toBe('fetch failed');
    expect(await exists(group)).toBe(applied);
  });

  test.each(['applyThenDrop', 'applyThenHang'])(
    '%s: the effect is there, whatever else is asked for',
    async (effect) => {
      await fault({ method: 'PUT' }, { [effect]: true, status: 500 });
      const answer = hanging().catch((error: Error) => error.message);
      await met();
      await control(azure, 'DELETE', '/faults');
      expect(await answer).toBe('fetch failed');
      expect(await exists(group)).toBe(true);
    },
  );

  test('does not keep the platform from ending', async () => {
    await fault({ method: 'PUT' }, { hang: true });
    const answer = hanging().catch((error: Error) => error.message);
    await met();
    await azure.close();
    expect(await answer).toBe('fetch failed');
    azure = await startTestAzure({ clock });
  });
});

describe('an answer', () => {
  test.each([
    [500, 'InternalServerError', {}],
    [429, 'TooManyRequests', { 'Retry-After': '3' }],
  ])('of %i can be given after the effect', async (status, code, headers) => {
    await fault({ method: 'PUT', times: 1 }, { status, headers, applyThenAnswer: true });
    const answer = await putVirtualNetwork();
    expect(answer).toMatchObject({ status, body: { error: { code, details: [] } } });
    expect(Object.fromEntries(answer.headers)).toMatchObject(
      status === 429 ? { 'retry-after': '3' } : {},
    );
    expect(answer.headers.has('azure-asyncoperation')).toBe(false);
    expect(await exists(virtualNetwork)).toBe(true);
  });

  test('is wrong JSON with the status of the true one', async () => {
    await fault({ times: 1 }, { body: '{"value":"nothing you expect"}' });
    const answer = await read();
    expect([answer.status, answer.body]).toEqual([200, { value: 'nothing you expect' }]);
  });

  test('that has no body does not get one', async () => {
    await fault({ method: 'DELETE' }, { body: 'nonsense' });
    expect((await arm(azure, 'DELETE', virtualNetwork, { token })).status).toBe(204);
  });

  test('is late by real time, while the clock of the platform stands still', async () => {
    await fault({ times: 1 }, { delayMs: 120 });
    const startedAt = performance.now();
    expect((await read()).status).toBe(200);
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
    expect(clock.now()).toBe(new VirtualClock().now());
  });

  test('is as late as it was asked to be, however fast the platform is', async () => {
    const fast = await startTestAzure({ speed: 100_000 });
    await control(fast, 'POST', '/faults', { effect: { delayMs: 120 } });
    const startedAt = performance.now();
    expect(await tokenOf(fast, ids.tenantB, ids.application)).toBeTruthy();
    expect(performance.now() - startedAt).toBeGreaterThanOrEqual(115);
    await fast.close();
  });

  test('has a body that is no JSON, although the request had its effect', async () => {
    await fault({ method: 'PUT', times: 1 }, { body: '<html>' });
    await expect(putGroup()).rejects.toThrow(SyntaxError);
    expect(await exists(group)).toBe(true);
  });

  test('has headers besides its own', async () => {
    await fault({ times: 1 }, { headers: { 'Retry-After': 99 } });
    const answer = await read();
    expect([answer.status, answer.headers.get('retry-after')]).toEqual([200, '99']);
  });
});

describe('a long-running operation', () => {
  const end = async (answer: Awaited<ReturnType<typeof arm>>) => {
    clock.advance(60_000);
    const url = answer.headers.get('azure-asyncoperation') ?? '';
    return (await arm(azure, 'GET', url, { token })).body;
  };

  test('fails with the code of the fault', async () => {
    await fault({ method: 'PUT' }, { failOperation: { code: 'Broken', message: 'Because.' } });
    expect(await end(await putVirtualNetwork())).toMatchObject({
      status: 'Failed',
      error: { code: 'Broken', message: 'Because.' },
    });
  });

  test.each([
    [{ failOperation: true }, 'InternalServerError'],
    [{ failOperation: 'Broken' }, 'Broken'],
    [{ failOperation: true, code: 'Broken' }, 'Broken'],
    [{ failOperation: { message: 'Because.' } }, 'InternalServerError'],
  ])('may be asked to fail as %o', (effect, code) => {
    const { effect: understood } = faultSchema.parse({ effect });
    expect(understood.failOperation).toEqual({ code, message: expect.any(String) });
  });

  test.each([
    [{ status: 'Canceled' }, 'Canceled'],
    [{ status: 'Canceled', code: 'Superseded' }, 'Superseded'],
  ])('is canceled as %o', async (failOperation, code) => {
    await fault({ method: 'PUT' }, { failOperation });
    const answer = await putVirtualNetwork();
    expect(await end(answer)).toMatchObject({ status: 'Canceled', error: { code } });
    const { body } = await arm(azure, 'GET', virtualNetwork, { token });
    expect(body.properties.provisioningState).toBe('Failed');
  });

  test('never ends', async () => {
    await fault({ method: 'PUT' }, { hangOperation: true });
    expect(await end(await putVirtualNetwork())).toEqual({ status: 'InProgress' });
  });
});

describe('/_control/faults', () => {
  test('lists faults with what they met, and forgets them', async () => {
    await fault({ times: 2 }, { status: 500 });
    await read();
    const list = await control(azure, 'GET', '/faults');
    expect(list.body).toMatchObject([{ match: { times: 2 }, effect: { status: 500 }, applied: 1 }]);
    expect((await control(azure, 'DELETE', '/faults')).status).toBe(204);
    expect((await control(azure, 'GET', '/faults')).body).toEqual([]);
    expect((await read()).status).toBe(200);
  });

  test.each([
    ['no effect', { effect: {} }, 'at least one effect'],
    ['an unknown effect', { effect: { explode: true } }, 'explode'],
    ['an unknown match', { match: { host: 'x' }, effect: { status: 500 } }, 'host'],
    ['a broken pattern', { match: { path: '(' }, effect: { status: 500 } }, 'regular expression'],
    ['a status that is no error', { effect: { status: 200 } }, 'status'],
    ['a code without a status', { effect: { code: 'X' } }, 'need a status'],
    ['an answer without a status', { effect: { applyThenAnswer: true } }, 'needs a status'],
    ['nothing', [], 'object'],
  ])('refuses %s and says why', async (_, body, reason) => {
    const answer = await control(azure, 'POST', '/faults', body);
    expect(answer.status).toBe(400);
    expect(answer.body.error).toContain(reason);
  });
});
