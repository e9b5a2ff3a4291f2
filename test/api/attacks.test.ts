import { request } from 'node:http';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import type { Problem } from '../../src/model/api/problems.ts';
import type { RequestDetail } from '../../src/model/api/request-views.ts';
import { people, principalOf } from '../functions/http/people.ts';
import { enters, largeRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';
import { TestClient } from './api-client.ts';

let test: TestPlatform;
let ada: TestClient;
let ben: TestClient;

beforeAll(async () => {
  test = await TestPlatform.start();
  ada = new TestClient(test, 'ada');
  ben = new TestClient(test, 'ben');
});
afterAll(() => test?.close());

const asked = (id: string, change: object = {}) => ({
  ...largeRequest(test, id),
  requester: undefined,
  ...change,
});
const count = async () => (await test.ledger.listRequests({ pageSize: 100 })).requests.length;

describe('a caller who names themselves', () => {
  const forged = () => principalOf({ ...people.olu, roles: ['Vnet.Operate', 'Vnet.Approve'] });
  it.each([
    ['nothing else', {}],
    ['a key that is guessed', { 'x-vnetv-principal-key': 'k'.repeat(43) }],
    ['an id', { 'x-ms-client-principal-id': people.olu.objectId }],
    ['a token that nobody signed', { authorization: 'Bearer eyJhbGciOiJub25lIn0.e30.' }],
    ['a cookie that nobody gave', { cookie: 'AppServiceAuthSession=eyJhbGciOiJub25lIn0.e30.' }],
  ])('is nobody, with %s', async (_, headers) => {
    for (const path of ['/api/me', '/api/requests', '/api/audit']) {
      const answer = await fetch(new URL(path, test.platform.ready.api), {
        headers: { 'x-ms-client-principal': forged(), ...headers },
      });
      expect(answer.status).toBe(401);
    }
  });

  it('beside a session stays who they are', async () => {
    const headers = { 'x-ms-client-principal': forged(), 'x-vnetv-principal-key': 'k' };
    expect((await ada.get<{ name: string }>('/api/me', headers)).body.name).toBe('Ada Requester');
    expect((await ada.get('/api/audit', headers)).status).toBe(403);
  });
});

describe('nobody decides', () => {
  it('on their own request, whatever mail address, name or case of ids it was made under', async () => {
    const disguise = { name: 'Somebody Else', email: 'else@contoso.example' };
    const olu = new TestClient(test, 'olu');
    await olu.post('/api/requests', asked('OWN-1', { requester: disguise }));
    await enters(test, 'OWN-1', 'awaiting-approval');
    const { plan, requester } = (await olu.get<RequestDetail>('/api/requests/OWN-1')).body;
    expect(requester.name).toBe('Olu Operator');
    const body = { decision: 'approve', planHash: plan?.planHash };
    const own = await olu.post<Problem>('/api/requests/OWN-1/decisions', body);
    expect([own.status, own.body.code]).toEqual([403, 'Unauthorized']);
    const broken = { ...body, decision: 'break-glass', reason: 'in a hurry' };
    expect((await olu.post('/api/requests/OWN-1/decisions', broken)).status).toBe(403);
  });

  it('on another plan than that of the request', async () => {
    await ada.post('/api/requests', asked('PLAN-1'));
    await enters(test, 'PLAN-1', 'awaiting-approval');
    const other = (await new TestClient(test, 'olu').get<RequestDetail>('/api/requests/OWN-1'))
      .body;
    const body = { decision: 'approve', planHash: other.plan?.planHash };
    const answer = await ben.post<Problem>('/api/requests/PLAN-1/decisions', body);
    expect([answer.status, answer.body.code]).toEqual([409, 'PlanChanged']);
    await test.settle();
    expect((await test.ledger.getRequest('PLAN-1'))?.state).toBe('awaiting-approval');
  });

  it('by asking for themselves as somebody else', async () => {
    const before = await count();
    const { objectId, tenantId } = people.olu;
    const answer = await ada.post(
      '/api/requests',
      asked('AS-1', { requester: { objectId, tenantId } }),
    );
    expect([answer.status, await count()]).toEqual([403, before]);
  });
});

describe('a body that is made to harm is refused, and records nothing', () => {
  const cases: [what: string, body: () => string, status: number][] = [
    ['too large', () => JSON.stringify(asked('BIG-1', { reason: 'x'.repeat(70_000) })), 413],
    ['nested deeply', () => `{"a":${'['.repeat(60_000 / 2)}${']'.repeat(60_000 / 2)}}`, 400],
    [
      'a member given twice',
      () => JSON.stringify(asked('DUP-1')).replace('{', '{"reason":"harmless",'),
      400,
    ],
    [
      'a member that pollutes prototypes',
      () => JSON.stringify(asked('POL-1')).replace('{', '{"__proto__":{"isAdmin":true},'),
      400,
    ],
    [
      'a constructor in the tags',
      () => JSON.stringify(asked('POL-2', { tags: { constructor: 'x' } })),
      400,
    ],
    ['text that turns around', () => JSON.stringify(asked('BIDI-1', { reason: 'a\u202eb' })), 400],
    [
      'a ticket that is a script',
      () =>
        JSON.stringify(asked('JS-1', { ticket: { system: 's', id: 'i', url: 'javascript:x' } })),
      400,
    ],
  ];
  it.each(cases)('%s', async (_, body, status) => {
    const before = await count();
    const answer = await ada.send('POST', '/api/requests', body());
    expect([answer.status, await count()]).toEqual([status, before]);
    expect(({} as Record<string, unknown>)['isAdmin']).toBeUndefined();
  });

  it('too large without saying so: it is read no further than the limit', async () => {
    const body = new ReadableStream({
      start(controller) {
        for (let sent = 0; sent < 100; sent++) controller.enqueue(Buffer.alloc(10_000, 'x'));
        controller.close();
      },
    });
    const answer = await test.as('ada')('/api/requests', {
      method: 'POST',
      body,
      duplex: 'half',
      headers: { 'content-type': 'application/json' },
    } as RequestInit);
    expect(answer.status).toBe(413);
  });
});

it('HTML in names and reasons comes back as JSON that no browser takes for a page', async () => {
  const html = '<script>alert(1)</script><img src=x onerror=alert(1)>';
  await ada.post(
    '/api/requests',
    asked('HTML-1', { reason: html, tags: { owner: '"><svg onload=x>' } }),
  );
  const answer = await ada.get<RequestDetail>('/api/requests/HTML-1');
  expect(answer.body.reason).toBe(html);
  expect(answer.headers.get('content-type')).toBe('application/json; charset=utf-8');
  expect(answer.headers.get('x-content-type-options')).toBe('nosniff');
  expect(answer.headers.get('content-security-policy')).toContain("default-src 'none'");
  const missing = await ada.get<Problem>(`/api/requests/${encodeURIComponent(html)}`);
  expect([missing.status, missing.headers.get('content-type')]).toEqual([
    404,
    'application/problem+json',
  ]);
});

describe('a page of another site', () => {
  /** A session as a browser has it: a cookie. */
  async function cookieOf(person: string): Promise<string> {
    const { signIn } = test.platform.ready;
    const body = new URLSearchParams({ person });
    const answer = await fetch(signIn, { method: 'POST', body, redirect: 'manual' });
    return (answer.headers.get('set-cookie') ?? '').split(';', 1)[0] ?? '';
  }
  const send = async (headers: Record<string, string>, id: string) =>
    (
      await fetch(new URL('/api/requests', test.platform.ready.api), {
        method: 'POST',
        headers: { cookie: await cookieOf('ada'), ...headers },
        body: JSON.stringify(asked(id)),
      })
    ).status;

  const json = { 'content-type': 'application/json' };
  const page = { ...json, 'x-vnetv-csrf': '1' };
  it.each([
    ['sends a form', { 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['sends text', { 'content-type': 'text/plain' }, 415],
    ['sends JSON without the header of the page', json, 403],
    ['says where it is', { ...page, origin: 'https://evil.example' }, 403],
    ['is told by the browser', { ...page, 'sec-fetch-site': 'cross-site' }, 403],
    ['of the same site is told, too', { ...page, 'sec-fetch-site': 'same-site' }, 403],
  ])('that %s changes nothing', async (_, headers, status) => {
    const before = await count();
    expect([await send(headers, 'CSRF-1'), await count()]).toEqual([status, before]);
  });

  it('is not the page itself', async () => {
    const own = { ...page, origin: test.platform.ready.api, 'sec-fetch-site': 'same-origin' };
    expect(await send(own, 'PAGE-1')).toBe(202);
  });

  it('may not read either: no answer allows it', async () => {
    for (const path of ['/api/me', '/api/openapi.json', '/']) {
      const answer = await test.as('ada')(path, { headers: { origin: 'https://evil.example' } });
      for (const [name] of answer.headers) expect(name).not.toMatch(/^access-control-/);
      expect(answer.headers.get('cross-origin-resource-policy')).toBe('same-origin');
    }
  });
});

describe('a path that leads out of the page', () => {
  /** As it is: `fetch` would tidy it up. */
  const raw = (path: string) =>
    new Promise<{ status: number; text: string }>((resolve, reject) => {
      const { hostname, port } = new URL(test.platform.ready.api);
      request({ hostname, port, path }, (answer) => {
        const chunks: Buffer[] = [];
        answer.on('data', (chunk: Buffer) => chunks.push(chunk));
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, text: Buffer.concat(chunks).toString() }),
        );
      })
        .on('error', reject)
        .end();
    });

  it.each([
    '/../main.cjs',
    '/assets/../../main.cjs',
    '/%2e%2e/main.cjs',
    '/..%2fmain.cjs',
    '/assets/..%5c..%5cmain.cjs',
    '/assets/%252e%252e/main.cjs',
    '/host.json',
    '/package.json',
    '//etc/passwd',
    '/assets/../index.html%00.js',
  ])('%s leads to nothing', async (path) => {
    const { status, text } = await raw(path);
    expect([400, 404]).toContain(status);
    expect(text).not.toMatch(/use strict|routePrefix|root:/);
  });

  it('the page itself is served, with its safe headers', async () => {
    const answer = await fetch(test.platform.ready.api);
    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-security-policy')).toContain("frame-ancestors 'none'");
    const script = /src="(\/assets\/page-[^"]+)"/.exec(await answer.text())?.[1] ?? '';
    const loaded = await fetch(new URL(script, test.platform.ready.api));
    expect([loaded.status, loaded.headers.get('cache-control')]).toEqual([
      200,
      'public, max-age=31536000, immutable',
    ]);
  });
});

it("Durable's own HTTP API, whose key can purge everything, is named in no answer", async () => {
  const answer = await ada.get('/api/requests/HTML-1');
  expect(JSON.stringify(answer.body)).not.toMatch(/runtime\/webhooks|durabletask/i);
  for (const path of ['/runtime/webhooks/durabletask/instances', '/admin/host/status']) {
    expect((await fetch(new URL(path, test.platform.ready.api))).status).toBe(404);
  }
});
