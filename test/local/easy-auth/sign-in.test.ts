import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { rawRequest, startTestSite, type TestSite } from './test-site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(() => site.host.close());

const login = '/.auth/login/local';
const html = { accept: 'text/html,application/xhtml+xml' };

function post(form: Record<string, string>, headers: Record<string, string> = html, query = '') {
  return fetch(`${site.host.baseUrl}${login}${query}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers,
    redirect: 'manual',
  });
}

describe('the menu', () => {
  it('lists the people, says that it is local only, and has the strictest content policy', async () => {
    const answer = await fetch(`${site.host.baseUrl}${login}?post_login_redirect_uri=/pools`, {
      headers: html,
    });
    const page = await answer.text();

    expect(answer.status).toBe(200);
    expect(answer.headers.get('content-type')).toBe('text/html; charset=utf-8');
    expect(answer.headers.get('content-security-policy')).toMatch(
      /^default-src 'none'; style-src 'self'; form-action 'self';/,
    );
    // With "no-referrer" the browser would send the form without its origin, and it would be refused.
    expect(answer.headers.get('referrer-policy')).toBe('same-origin');
    expect(page).toContain('Local platform only.');
    expect(page).toContain('Ada Requester');
    expect(page).toContain('name="post_login_redirect_uri" value="/pools"');
    expect(page).toContain('tenant &lt;b0000000');
    expect(page).not.toMatch(/<script|<style|style=|onclick/i);
    const css = await fetch(`${site.host.baseUrl}/.auth/login/local.css`);
    expect(css.headers.get('content-type')).toBe('text/css');
    expect(await css.text()).toContain('light-dark(');
  });

  it('gives programs the people as JSON', async () => {
    const answer = await fetch(`${site.host.baseUrl}${login}`, {
      headers: { accept: 'application/json' },
    });
    const { people } = (await answer.json()) as { people: { key: string }[] };

    expect(people.map(({ key }) => key)).toEqual(['ada', 'ben', 'cleo', 'olu', 'ravi', 'noor']);
    expect(people[3]).toEqual({
      key: 'olu',
      name: 'Olu Operator',
      objectId: '33333333-3333-4333-8333-333333333333',
      tenantId: 'a0000000-0000-4000-8000-00000000000a',
      roles: ['Vnet.Operate', 'Vnet.Approve'],
    });
  });

  it('says so, with a way out, when nobody has the key', async () => {
    const answer = await post({ person: '<b>eve' });
    expect(answer.status).toBe(400);
    expect(answer.headers.get('set-cookie')).toBeNull();
    const page = await answer.text();
    expect(page).toContain('role="alert"');
    expect(page).toContain('&lt;b&gt;eve');
    expect(page).not.toContain('<b>eve');

    const forPrograms = await post({ person: 'eve' }, { accept: 'application/json' });
    expect(forPrograms.status).toBe(400);
    expect(((await forPrograms.json()) as { detail: string }).detail).toContain('ada, ben, cleo');
  });
});

describe('a browser', () => {
  it('signs in by the form, is known by its cookie, and signs out', async () => {
    const signedIn = await post({ person: 'ada', post_login_redirect_uri: '/requests/new?x=1#y' });
    const cookie = signedIn.headers.get('set-cookie') ?? '';
    expect(signedIn.status).toBe(303);
    expect(signedIn.headers.get('location')).toBe('/requests/new?x=1#y');
    expect(cookie).toMatch(/; HttpOnly; SameSite=Lax; Max-Age=28800$/);

    const session = { cookie: `theme=dark; ${cookie.split(';')[0]}; other=1` };
    expect((await site.seenByApp(session))['x-ms-client-principal-name']).toBe(
      'ada@fabrikam.example',
    );
    const menu = await fetch(`${site.host.baseUrl}${login}`, { headers: { ...html, ...session } });
    expect(await menu.text()).toContain('You are signed in as <strong>Ada Requester</strong>');

    const signedOut = await fetch(
      `${site.host.baseUrl}/.auth/logout?post_logout_redirect_uri=${login}`,
      { headers: session, redirect: 'manual' },
    );
    expect(signedOut.status).toBe(302);
    expect(signedOut.headers.get('location')).toBe(login);
    expect(signedOut.headers.get('set-cookie')).toContain('AppServiceAuthSession=; Path=/');
    expect(signedOut.headers.get('set-cookie')).toContain('Max-Age=0');
  });

  it.each([
    ['https://evil.example/', '/'],
    ['//evil.example/pools', '/'],
    ['/\\evil.example', '/'],
    ['/\t/evil.example', '/'],
    ['/\n/evil.example', '/'],
    ['/.//evil.example', '/'],
    ['/x/..//evil.example', '/'],
    ['/%2e//evil.example', '/'],
    ['javascript:alert(1)', '/'],
    ['/\r\nset-cookie: a=b', '/set-cookie:%20a=b'],
    ['evil.example', '/'],
    ['', '/'],
    ['/.auth/logout', '/'],
    ['/a/../pools', '/pools'],
    ['/requests/RITM1?tab=plan', '/requests/RITM1?tab=plan'],
  ])('asked to go to %j after the sign-in goes to %s', async (wanted, target) => {
    const byForm = await post({ person: 'ada', post_login_redirect_uri: wanted });
    expect(byForm.headers.get('location')).toBe(target);
    const query = `?post_login_redirect_uri=${encodeURIComponent(wanted)}`;
    const byAddress = await post({ person: 'ada' }, html, query);
    expect(byAddress.headers.get('location')).toBe(target);
    const out = await rawRequest(
      site,
      `/.auth/logout?post_logout_redirect_uri=${encodeURIComponent(wanted)}`,
    );
    expect(out.headers.location).toBe(target);
  });

  it.each([
    ['another site', { 'sec-fetch-site': 'cross-site' }],
    ['another port of this machine', { 'sec-fetch-site': 'same-site' }],
    ['a page without a name', { origin: 'null' }],
    ['a page of another origin', { origin: 'http://evil.example' }],
    ['the same host on another port', { origin: 'http://127.0.0.1:1' }],
  ])('is not signed in or out by %s', async (_, headers) => {
    const signIn = await post({ person: 'ada' }, headers);
    expect(signIn.status).toBe(403);
    expect(signIn.headers.get('set-cookie')).toBeNull();
    const signOut = await rawRequest(site, '/.auth/logout', { headers });
    expect(signOut.status).toBe(403);
    expect(signOut.headers['set-cookie']).toBeUndefined();
  });

  it('is signed in by the page itself', async () => {
    const headers = { origin: site.host.baseUrl, 'sec-fetch-site': 'same-origin' };
    expect((await post({ person: 'ada' }, headers)).status).toBe(303);
  });
});

describe('a program', () => {
  it('gets a token for the person it names, by form or JSON, and no cookie', async () => {
    const answer = await post({ person: 'ben' }, { accept: 'application/json' });
    const { token, person, expiresAt } = (await answer.json()) as Record<string, string>;
    expect(answer.headers.get('set-cookie')).toBeNull();
    expect(person).toMatchObject({ key: 'ben', roles: ['Vnet.Approve'] });
    expect(Date.parse(expiresAt ?? '')).toBeGreaterThan(Date.now());
    expect(await site.seenByApp({ authorization: `Bearer ${token}` })).toMatchObject({
      'x-ms-client-principal-id': '44444444-4444-4444-8444-444444444444',
    });
    expect(await site.signIn('cleo')).toMatch(/^eyJ/);
  });

  it.each([
    ['text/plain', 'person=ada'],
    ['application/json', '{"person":'],
    ['application/json', '7'],
    ['application/x-www-form-urlencoded', `person=ada&filler=${'x'.repeat(400_000)}`],
  ])('that sends %s %.20s is told what to send', async (type, body) => {
    const answer = await rawRequest(site, login, {
      method: 'POST',
      headers: { 'content-type': type, accept: 'application/json' },
      body,
    });
    expect(answer.status).toBe(400);
    expect(answer.text).toContain('member \\"person\\"');
  });

  it('learns at /.auth/me who it is', async () => {
    const me = `${site.host.baseUrl}/.auth/me`;
    expect((await fetch(me)).status).toBe(401);
    const authorization = `Bearer ${await site.signIn('ravi')}`;
    const [identity] = (await (await fetch(me, { headers: { authorization } })).json()) as [object];
    expect(identity).toMatchObject({
      provider_name: 'aad',
      user_id: 'ravi@contoso.example',
      user_claims: expect.arrayContaining([{ typ: 'roles', val: 'Vnet.Read' }]),
    });
  });
});

it('nothing else is below /.auth, whoever asks', async () => {
  for (const path of ['/.auth', '/.auth/', '/.auth/login/aad', '/.auth/refresh', '/.AUTH/x']) {
    expect((await rawRequest(site, path)).status, path).toBe(404);
  }
  expect((await rawRequest(site, login, { method: 'DELETE' })).status).toBe(404);
  const head = await rawRequest(site, login, { method: 'HEAD' });
  expect(head).toMatchObject({ status: 200, text: '' });
});
