import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { apiAddress, defaultApi } from '../../src/cli/api/api-address.ts';
import { mostAttempts, retryAfterMs, waitBeforeRetry } from '../../src/cli/api/retry.ts';
import { exitCodes } from '../../src/cli/exit-codes.ts';
import { FakeApi, problem } from './support/fake-api.ts';
import { run } from './support/run-cli.ts';
import { sampleDetail } from './support/samples.ts';

let api: FakeApi;
beforeEach(async () => {
  api = await FakeApi.start();
  api.addRequest();
});
afterEach(() => api.close());

const ada = (...argv: string[]) => run(['--api', api.url, '--as', 'ada', ...argv]);
const busy = (status: number, retryAfter?: string) => ({
  ...problem(status, 'TooManyRequests', 'Too many requests.'),
  headers: {
    'content-type': 'application/problem+json',
    ...(retryAfter === undefined ? {} : { 'retry-after': retryAfter }),
  },
});

describe('the address of the API', () => {
  it('comes from --api, then VNETV_API, then is that of a local platform', () => {
    const env = { VNETV_API: 'https://b.example' };

    expect(apiAddress('https://a.example', env)).toMatchObject({ source: '--api' });
    expect(apiAddress(undefined, env).url.href).toBe('https://b.example/');
    expect(apiAddress(undefined, {}).url.href).toBe(`${defaultApi}/`);
    expect(apiAddress('https://a.example/vending', {}).url.href).toBe('https://a.example/vending/');
  });

  it.each([
    'http://vending.example.com',
    'http://127.0.0.1.example.com',
    'http://localhost.example.com',
    'http://10.0.0.1',
    'http://[::2]',
  ])('is not %s: a token never goes over the network in clear text', async (address) => {
    const { code, stderr } = await run(['--api', address, 'whoami']);

    expect(code).toBe(exitCodes.usage);
    expect(stderr).toContain('in clear text');
  });

  it.each(['', 'vending', 'ftp://x', 'https://x?y', 'https://x#y', 'https://user:secret@x'])(
    'is not %j',
    async (address) => {
      const { code, stderr } = await run(['--api', address || 'x', 'whoami']);

      expect(code).toBe(exitCodes.usage);
      expect(stderr).not.toContain('secret@');
    },
  );

  it.each(['http://127.0.0.1:7071', 'http://127.8.8.8', 'http://[::1]:7071', 'http://localhost:1'])(
    'may be %s',
    (address) => {
      expect(apiAddress(address, {}).isLoopback).toBe(true);
    },
  );
});

describe('a call', () => {
  it('is made again when the API is busy, after as long as it asks', async () => {
    api.scripted.push(busy(429, '7'), busy(503));
    const { code, sleeps, stderr } = await ada('show', 'NET-7', '--json');

    expect(code).toBe(exitCodes.ok);
    expect(sleeps).toEqual([7_000, 750]);
    expect(stderr).toContain('answered 429; trying again');
    expect(api.callsOf('GET')).toHaveLength(3);
  });

  it('is made again when a gateway does not get through, or the connection breaks', async () => {
    api.scripted.push({ status: 502, body: '<html>', headers: { 'content-type': 'text/html' } });
    api.scripted.push({ status: 0, drop: true });
    const { code } = await ada('show', 'NET-7', '--json');

    expect(code).toBe(exitCodes.ok);
    expect(api.callsOf('GET')).toHaveLength(3);
  });

  it('ends after some attempts', async () => {
    api.scripted.push(...Array.from({ length: mostAttempts }, () => busy(503, '1')));
    const { code, stderr } = await ada('show', 'NET-7');

    expect(code).toBe(exitCodes.unreachable);
    expect(stderr).toContain('Too many requests.');
    expect(api.callsOf('GET')).toHaveLength(mostAttempts);
  });

  it('is not made again for an error of the set-up, nor when it would have to wait for long', async () => {
    api.scripted.push(problem(502, 'PermissionMissing', 'A role is missing.'));
    expect((await ada('pools')).code).toBe(exitCodes.unexpected);
    api.scripted.push(busy(429, '3600'));
    expect((await ada('pools')).sleeps).toEqual([]);
  });

  it('that changes something carries one key for all its attempts, and another one next time', async () => {
    const cancel = () => ada('cancel', 'NET-7', '--reason', 'no need');
    api.scripted.push({ status: 0, drop: true }, busy(503));
    await cancel();
    await cancel();
    const keys = api.callsOf('POST').map(({ headers }) => headers['idempotency-key']);

    expect(keys).toHaveLength(4);
    expect(keys[0]).toMatch(/^[0-9a-f-]{36}$/);
    expect(keys.slice(0, 3)).toEqual([keys[0], keys[0], keys[0]]);
    expect(keys[3]).not.toBe(keys[0]);
  });

  it('signs in again, once, when the token is not accepted any more', async () => {
    api.scripted.push(problem(401, 'NotSignedIn', 'The token has expired.'));
    expect((await ada('show', 'NET-7')).code).toBe(exitCodes.ok);
    api.scripted.push(
      ...[1, 2, 3].map(() => problem(401, 'NotSignedIn', 'The token has expired.')),
    );
    expect((await ada('show', 'NET-7')).code).toBe(exitCodes.notAllowed);
    expect(api.callsOf('GET')).toHaveLength(4);
  });

  it('never takes the token elsewhere: neither by a redirect nor by a link of the API', async () => {
    const other = await FakeApi.start();
    api.scripted.push({ status: 302, headers: { location: `${other.url}/api/requests/NET-7` } });
    const redirected = await ada('show', 'NET-7');
    const page = { requests: [], next: `${other.url}/api/requests?page=2` };
    api.scripted.push({ status: 200, body: JSON.stringify(page) });
    const linked = await ada('list');
    await other.close();

    expect(redirected.code).toBe(exitCodes.notAllowed);
    expect(redirected.stderr).toContain('sends to a sign-in page');
    expect(linked.code).toBe(exitCodes.unreachable);
    expect(linked.stderr).toContain('links to another server');
    expect(other.calls).toEqual([]);
  });

  it.each([
    [401, exitCodes.notAllowed],
    [403, exitCodes.notAllowed],
    [404, exitCodes.notFound],
    [409, exitCodes.conflict],
    [412, exitCodes.conflict],
    [400, exitCodes.usage],
    [413, exitCodes.usage],
    [422, exitCodes.usage],
    [500, exitCodes.unexpected],
  ])(
    'that is answered %i ends with %i, and tells what, why and what to do',
    async (status, exitCode) => {
      const answer = problem(status, 'Something', 'It is so.');
      api.scripted.push(answer, answer);
      const { code, stdout, stderr } = await ada('show', 'NET-7');

      expect(code).toBe(exitCode);
      expect(stdout).toBe('');
      expect(stderr).toContain('It is so. (Something)');
      expect(stderr).toContain('The fake knows no better.');
      expect(stderr).toContain('what to do');
    },
  );

  it('tells an error as problem details where JSON is wanted', async () => {
    const { code, stdout, stderr } = await ada('show', 'NET-404', '--json');

    expect(code).toBe(exitCodes.notFound);
    expect(stdout).toBe('');
    expect(JSON.parse(stderr)).toMatchObject({
      status: 404,
      code: 'UnknownRequest',
      remedy: expect.any(String),
    });
  });

  it('knows what is no API of ours', async () => {
    api.scripted.push({ status: 200, body: '<html>', headers: { 'content-type': 'text/html' } });
    expect((await ada('whoami')).stderr).toContain('is no vnet-vending API');
    api.scripted.push({ status: 404, body: 'nope', headers: { 'content-type': 'text/plain' } });
    expect((await ada('whoami')).stderr).toContain('does not know the routes of the API');
    api.scripted.push({ status: 200, body: '{"truncated":' });
    expect((await ada('whoami')).code).toBe(exitCodes.unreachable);
  });

  it('says where nobody answers, and how to start or name somebody who does', async () => {
    const { url } = api;
    await api.close();
    const named = await run(['--api', url, 'show', 'NET-7', '--json']);
    const fetchNothing = () =>
      Promise.reject(
        Object.assign(new TypeError('fetch failed'), { cause: new Error('connect ECONNREFUSED') }),
      );
    const byDefault = await run(['whoami'], { fetch: fetchNothing });
    api = await FakeApi.start();

    expect(named.code).toBe(exitCodes.unreachable);
    expect(named.sleeps).toEqual([]);
    expect(JSON.parse(named.stderr)).toMatchObject({
      code: 'CliUnreachable',
      cause: expect.stringContaining('ECONNREFUSED'),
    });
    expect(byDefault.stderr).toContain('npm start');
  });

  it('shows nothing of a name that would move the cursor', async () => {
    api.requests.set('NET-7', {
      ...sampleDetail,
      reason: 'a\u001b[2Jb',
      requester: { name: '\u202eevil' },
    });
    const { stdout } = await ada('show', 'NET-7');

    expect(stdout).toContain('a\u{fffd}[2Jb');
    expect(stdout.replaceAll('\n', '')).not.toMatch(/[\p{Cc}\p{Bidi_Control}]/u);
  });
});

describe('waiting before another attempt', () => {
  it('is as long as the server asks, by seconds or by a date', () => {
    const now = new Date('2026-11-28T17:00:00Z');

    expect(retryAfterMs('3', now)).toBe(3_000);
    expect(retryAfterMs('Sat, 28 Nov 2026 17:00:05 GMT', now)).toBe(5_000);
    expect(retryAfterMs('Sat, 28 Nov 2026 16:00:00 GMT', now)).toBe(0);
    expect(retryAfterMs('soon', now)).toBeUndefined();
    expect(retryAfterMs(null, now)).toBeUndefined();
  });

  it('grows, is spread by chance, and ends', () => {
    const waits = (random: number) =>
      [1, 2, 3, 4, 5].map((attempt) => waitBeforeRetry(attempt, undefined, () => random));

    expect(waits(1)).toEqual([500, 1_000, 2_000, 4_000, undefined]);
    expect(waits(0)).toEqual([250, 500, 1_000, 2_000, undefined]);
    expect(waitBeforeRetry(1, 60_001, () => 1)).toBeUndefined();
  });
});
