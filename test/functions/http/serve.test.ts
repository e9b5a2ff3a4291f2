import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import type { Right } from '../../../src/functions/http/access.ts';
import { ok } from '../../../src/functions/http/answer.ts';
import { RateLimit } from '../../../src/functions/http/rate-limit.ts';
import { defineRoute } from '../../../src/functions/http/route.ts';
import { ApiBench, origin, principalKey } from './api-bench.ts';
import { people, principalOf } from './people.ts';

const get = (access: Right | 'signed-in' = 'signed-in') =>
  defineRoute({
    name: 'get',
    method: 'GET',
    path: 'api/things',
    summary: '',
    access,
    query: z.strictObject({ size: z.coerce.number().optional(), word: z.string().optional() }),
    answers: {},
    handle: async ({ query, caller }) => ok({ query, caller: caller.name }),
  });

const post = defineRoute({
  name: 'post',
  method: 'POST',
  path: 'api/things',
  summary: '',
  access: 'requests.create',
  body: z.strictObject({ reason: z.string() }),
  answers: {},
  handle: async ({ body }) => ok(body),
});

const fails = defineRoute({
  ...get(),
  name: 'fails',
  path: 'api/fails',
  handle: async () => {
    throw new Error('client_secret=hunter2 was refused');
  },
});

const bench = (change = {}) => new ApiBench({ routes: [get(), post, fails], ...change });
const { ada, noor } = people;

it('a call reaches its route with caller and checked parameters', async () => {
  const answer = await bench().get('/api/things?size=7', { as: ada });
  expect(answer.status).toBe(200);
  expect(answer.json).toEqual({ query: { size: 7 }, caller: 'Ada Requester' });
});

describe('nobody is told anything', () => {
  const header = principalOf(ada);
  const cases: Record<string, Record<string, string>> = {
    'without a principal': {},
    'with a principal that cannot be read': { 'x-ms-client-principal': 'ada' },
    'with a principal that did not come from the platform': {
      'x-ms-client-principal': header,
      'x-vnetv-principal-key': 'guessed',
    },
    'with the id alone': { 'x-ms-client-principal-id': ada.objectId },
  };
  it.each(Object.entries(cases))('%s', async (_, headers) => {
    const answer = await bench().get('/api/things', { headers });
    expect(answer.status).toBe(401);
    expect(answer.headers.get('www-authenticate')).toBe('Bearer');
    expect(answer.json).toMatchObject({ code: 'NotSignedIn', signInUrl: '/.auth/login/local' });
  });

  it('with a key that is not sent at all', async () => {
    const { status } = await bench().get('/api/things', {
      headers: { 'x-ms-client-principal': header, 'x-vnetv-principal-key': '' },
    });
    expect(status).toBe(401);
  });
});

it('behind App Service a key proves nothing, and the principal is taken as the platform sends it', async () => {
  const authentication = { by: 'app-service', signInUrl: '/.auth/login/aad' } as const;
  const { status } = await bench({ authentication }).get('/api/things', {
    as: ada,
    headers: { 'x-vnetv-principal-key': '' },
  });
  expect(status).toBe(200);
});

it('who lacks the role is refused before the request is read', async () => {
  const answer = await bench().post('/api/things', { as: noor, body: '{' });
  expect(answer.status).toBe(403);
  expect(answer.json).toMatchObject({
    code: 'Unauthorized',
    detail: 'Noor Newcomer lacks the app role Vnet.Request or Vnet.Operate.',
  });
});

describe('a body is read strictly', () => {
  const nested = `{"reason":${'['.repeat(20)}${']'.repeat(20)}}`;
  const cases: [what: string, body: string | Uint8Array, status: number, code: string][] = [
    ['no JSON', '{', 400, 'SchemaInvalid'],
    ['nothing', '', 400, 'SchemaInvalid'],
    ['no object', '[]', 400, 'SchemaInvalid'],
    ['no UTF-8', new Uint8Array([0x22, 0xff, 0x22]), 400, 'SchemaInvalid'],
    ['nested too deep', nested, 400, 'SchemaInvalid'],
    ['a member twice', '{"reason":"a","reason":"b"}', 400, 'SchemaInvalid'],
    ['a name that pollutes prototypes', '{"__proto__":{"x":1},"reason":"a"}', 400, 'SchemaInvalid'],
    ['a member too many', '{"reason":"a","more":1}', 400, 'SchemaInvalid'],
    ['64 KiB and more', JSON.stringify({ reason: 'x'.repeat(65_536) }), 413, 'TooLarge'],
  ];
  it.each(cases)('%s', async (_, body, status, code) => {
    const answer = await bench().post('/api/things', { as: ada, body });
    expect([answer.status, answer.json]).toMatchObject([status, { code }]);
    expect(answer.headers.get('content-type')).toBe('application/problem+json');
  });

  it('names what is wrong by its JSON pointer', async () => {
    const answer = await bench().post('/api/things', { as: ada, body: { reason: 7 } });
    expect(answer.json).toMatchObject({
      detail: 'The message is refused: /reason must be a text.',
      pointers: ['/reason'],
    });
  });

  it('takes what fits exactly', async () => {
    const reason = 'x'.repeat(65_536 - '{"reason":""}'.length);
    expect((await bench().post('/api/things', { as: ada, body: { reason } })).status).toBe(200);
  });
});

describe('parameters are read strictly', () => {
  it.each(['size=x', 'more=1', '__proto__=1', 'size=1&size=2'])('%s', async (query) => {
    const answer = await bench().get(`/api/things?${query}`, { as: ada });
    expect([answer.status, answer.json]).toMatchObject([400, { code: 'ParameterInvalid' }]);
  });
});

describe('what a page of another site may have sent is refused', () => {
  const body = { reason: 'a' };
  const cases: [what: string, headers: Record<string, string>, status: number][] = [
    ['a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['text that is JSON', { 'content-type': 'text/plain' }, 415],
    ['a media type that only begins so', { 'content-type': 'application/jsonp' }, 415],
    ['another site', { 'sec-fetch-site': 'cross-site' }, 403],
    ['another host of the site', { 'sec-fetch-site': 'same-site' }, 403],
    ['another origin', { origin: 'https://evil.example' }, 403],
    ['an origin that begins like ours', { origin: `${origin}.evil.example` }, 403],
    ['an origin that a browser hides', { origin: 'null' }, 403],
    ['a cookie without the header of the page', { cookie: 'AppServiceAuthSession=x' }, 403],
  ];
  it.each(cases)('%s', async (_, headers, status) => {
    const answer = await bench().post('/api/things', { as: ada, body, headers });
    expect(answer.status).toBe(status);
  });

  const own: [what: string, headers: Record<string, string>][] = [
    ['a program', {}],
    ['the page', { cookie: 'a=b', 'x-vnetv-csrf': '1', origin, 'sec-fetch-site': 'same-origin' }],
    ['JSON with its character set', { 'content-type': 'application/json; charset=utf-8' }],
    ['the page where it is published', { origin: 'https://published.example' }],
  ];
  it.each(own)('%s is taken', async (_, headers) => {
    const service = bench({ publicOrigin: 'https://published.example' });
    expect((await service.post('/api/things', { as: ada, body, headers })).status).toBe(200);
  });

  it('reading needs none of it', async () => {
    const headers = { cookie: 'a=b', 'sec-fetch-site': 'cross-site' };
    expect((await bench().get('/api/things', { as: ada, headers })).status).toBe(200);
  });
});

it('who asks too often hears how long to wait', async () => {
  const service = bench({ rateLimit: new RateLimit(2, () => 0) });
  await service.get('/api/things', { as: ada });
  await service.get('/api/things', { as: ada });
  const answer = await service.get('/api/things', { as: ada });
  expect([answer.status, answer.json]).toMatchObject([429, { code: 'TooManyRequests' }]);
  expect(answer.headers.get('retry-after')).toBe('30');
  expect((await service.get('/api/things', { as: noor })).status).toBe(200);
});

it('what nobody foresaw is told without a detail, and logged without secrets', async () => {
  const service = bench();
  const answer = await service.get('/api/fails', { as: ada });
  expect([answer.status, answer.json]).toMatchObject([500, { code: 'Unexpected' }]);
  expect(answer.text).toContain('report it with the request id invocation-1');
  expect(answer.text).not.toMatch(/hunter2|at .*\.ts/);
  expect(service.logged.join('\n')).toMatch(/"message":"Error: client_secret=\[secret\]/);
});

it('every answer has the headers that keep browsers safe', async () => {
  const service = bench();
  for (const sent of [{ as: ada }, {}]) {
    const { headers } = await service.get('/api/things', sent);
    expect(headers.get('content-security-policy')).toBe(
      "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
    );
    expect(headers.get('x-content-type-options')).toBe('nosniff');
    expect(headers.get('cache-control')).toBe('no-store');
    expect(headers.get('x-request-id')).toBe('invocation-1');
  }
});

it('who has the answer already is not sent it again', async () => {
  const service = bench();
  const first = await service.get('/api/things', { as: ada });
  const headers = { 'if-none-match': first.headers.get('etag') ?? '' };
  const again = await service.get('/api/things', { as: ada, headers });
  expect([again.status, again.text]).toEqual([304, '']);
  expect((await service.get('/api/things?word=x', { as: ada, headers })).status).toBe(200);
});

it('the log tells who called what, and nothing of what was said', async () => {
  const service = bench();
  await service.get('/api/things?word=secret', { as: ada });
  expect(service.logged.map((line) => JSON.parse(line))).toEqual([
    {
      event: 'http.request',
      method: 'GET',
      route: 'api/things',
      status: 200,
      milliseconds: expect.any(Number),
      by: `${ada.tenantId}/${ada.objectId}`,
    },
  ]);
  expect(principalKey).toHaveLength(43);
});

it('a problem points to what the documents say of its code', async () => {
  const answer = await bench().get('/api/things');
  const { type } = answer.json as { type: string };
  const [file = '', anchor] = type.split('#');
  const text = readFileSync(new URL(`../../../${file}`, import.meta.url), 'utf8');
  expect(text).toContain(`<a id="${anchor}"></a>\`NotSignedIn\``);
});
