import { afterEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/web/api/api-error.ts';
import { getJson, onSignedOut, postJson } from '../../src/web/api/client.ts';

const answer = (body: string, init: ResponseInit = {}): void => {
  vi.stubGlobal(
    'fetch',
    vi.fn(async () => new Response(body, init)),
  );
};

const problemOf = async (promise: Promise<unknown>) => {
  const error = await promise.catch((caught: unknown) => caught);
  if (!(error instanceof ApiError)) throw new Error('no problem');
  return error.problem;
};

describe('the client of the API', () => {
  afterEach(() => vi.unstubAllGlobals());

  it('sends what shows that the page itself sends it, and for which state', async () => {
    answer('{}');
    await postJson('/api/x', { a: 1 }, { ifMatch: '"4"', idempotencyKey: 'k' });

    const [path, init] = vi.mocked(fetch).mock.calls[0] ?? [];
    expect(path).toBe('/api/x');
    expect(init).toMatchObject({
      method: 'POST',
      body: '{"a":1}',
      cache: 'no-store',
      credentials: 'same-origin',
      headers: {
        accept: 'application/json',
        'content-type': 'application/json',
        'x-vnetv-csrf': '1',
        'if-match': '"4"',
        'idempotency-key': 'k',
      },
    });
  });

  it('makes an error of problem details, whole', async () => {
    const problem = { type: 't', title: 'T', status: 409, detail: 'd', code: 'C', remedy: 'r' };
    answer(JSON.stringify(problem), { status: 409 });

    expect(await problemOf(getJson('/api/x'))).toEqual(problem);
  });

  it('has a remedy where the answer has none: a proxy, no network, no JSON', async () => {
    answer('<html>Bad gateway</html>', { status: 502 });
    expect(await problemOf(getJson('/api/x'))).toMatchObject({
      status: 502,
      code: 'UnexpectedAnswer',
      remedy: expect.stringMatching(/./),
    });
    answer('not json');
    expect(await problemOf(getJson('/api/x'))).toMatchObject({ code: 'UnexpectedAnswer' });
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new TypeError('Failed to fetch')));
    expect(await problemOf(getJson('/api/x'))).toMatchObject({ code: 'Unreachable', status: 0 });
  });

  it('tells when nobody is signed in, and where that is done', async () => {
    const heard: (string | undefined)[] = [];
    const stop = onSignedOut((url) => heard.push(url));
    const problem = { status: 401, detail: 'd', code: 'NotSignedIn', signInUrl: '/.auth/login/x' };
    answer(JSON.stringify(problem), { status: 401 });
    await problemOf(getJson('/api/x'));
    answer('', { status: 401 });
    await problemOf(getJson('/api/x'));
    stop();
    await problemOf(getJson('/api/x'));

    expect(heard).toEqual(['/.auth/login/x', undefined]);
  });

  it('writes out what would turn text around, in names of members too', async () => {
    answer(JSON.stringify({ 'a\u202E': 'x\u2066y', plain: 'עברית \u200F' }));

    expect(await getJson('/api/x')).toEqual({ 'a‹U+202E›': 'x‹U+2066›y', plain: 'עברית \u200F' });
  });

  it('lets an abort be an abort', async () => {
    vi.stubGlobal('fetch', vi.fn().mockRejectedValue(new DOMException('x', 'AbortError')));

    await expect(getJson('/api/x')).rejects.toBeInstanceOf(DOMException);
  });
});
