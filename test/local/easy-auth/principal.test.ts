import { mkdtempSync, statSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { generateKeyPair, SignJWT, UnsecuredJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { issueToken } from '../../../src/local/azure/entra/tokens.ts';
import { loadSessionKey, Sessions } from '../../../src/local/easy-auth/sessions.ts';
import { readLandscapeFile } from '../../../src/local/landscape/landscape-file.ts';
import { principalKey, rawRequest, sessionKey, startTestSite, type TestSite } from './test-site.ts';

let site: TestSite;
beforeAll(async () => {
  site = await startTestSite();
});
afterAll(() => site.host.close());

const ada = {
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};

interface DecodedPrincipal {
  readonly auth_typ: string;
  readonly claims: readonly { readonly typ: string; readonly val: string }[];
  readonly role_typ: string;
}

function decoded(headers: Record<string, string>): DecodedPrincipal {
  const text = Buffer.from(headers['x-ms-client-principal'] ?? '', 'base64').toString('utf8');
  return JSON.parse(text) as DecodedPrincipal;
}

describe('the app', () => {
  it('is told who is signed in, as App Service authentication tells it, with the key of this start', async () => {
    const seen = await site.seenByApp({ authorization: `Bearer ${await site.signIn('ada')}` });

    expect(seen).toMatchObject({
      'x-ms-client-principal-id': ada.objectId,
      'x-ms-client-principal-name': 'ada@fabrikam.example',
      'x-ms-client-principal-idp': 'aad',
      'x-vnetv-principal-key': principalKey,
    });
    const { auth_typ, claims } = decoded(seen);
    expect(auth_typ).toBe('aad');
    expect(claims).toEqual(
      expect.arrayContaining([
        { typ: 'name', val: 'Ada Requester' },
        {
          typ: 'http://schemas.microsoft.com/identity/claims/objectidentifier',
          val: ada.objectId,
        },
        { typ: 'http://schemas.microsoft.com/identity/claims/tenantid', val: ada.tenantId },
        { typ: 'roles', val: 'Vnet.Request' },
      ]),
    );
    const both = await site.seenByApp({ authorization: `Bearer ${await site.signIn('olu')}` });
    const roles = decoded(both).claims.filter(({ typ }) => typ === 'roles');
    expect(roles.map(({ val }) => val)).toEqual(['Vnet.Operate', 'Vnet.Approve']);
  });

  it('gets requests of nobody, without principal and without key', async () => {
    const seen = await site.seenByApp();
    expect(Object.keys(seen).filter((name) => /^x-(ms|vnetv)-/.test(name))).toEqual([]);
  });
});

describe('what a client says of its identity', () => {
  const forged = [
    ['x-ms-client-principal', 'forged'],
    ['X-MS-CLIENT-PRINCIPAL', 'forged too'],
    ['X-Ms-Client-Principal-Id', ada.objectId],
    ['x-ms-client-principal-name', 'forged'],
    ['x-ms-client-principal-idp', 'aad'],
    ['x-ms-client-principal-anything', 'forged'],
    ['x_ms_client_principal', 'forged'],
    ['X_Ms-Client_Principal-Id', 'forged'],
    ['x-ms-token-aad-id-token', 'forged'],
    ['x-vnetv-principal-key', principalKey],
    ['X-VNETV-Principal-Key', principalKey],
    ['x_vnetv_principal_key', principalKey],
    ['x-vnetv-anything', 'forged'],
    ['x_vnetv_csrf', '1'],
  ];

  it.each([[undefined], ['ben']])('never reaches the app (signed in: %s)', async (person) => {
    const authorization = person ? ['authorization', `Bearer ${await site.signIn(person)}`] : [];
    const honest = ['x-vnetv-csrf', '1', 'x-ms-version', '2020', 'host', '127.0.0.1'];
    const headers = [...forged.flat(), ...authorization, ...honest];
    const seen = JSON.parse((await rawRequest(site, '/echo', { headers })).text);

    expect(JSON.stringify(seen)).not.toContain('forged');
    expect(seen).toMatchObject({ 'x-vnetv-csrf': '1', 'x-ms-version': '2020' });
    const reserved = Object.keys(seen).filter((name) =>
      /client.principal|vnetv.principal/.test(name),
    );
    if (person) {
      expect(seen['x-ms-client-principal-id']).toBe('44444444-4444-4444-8444-444444444444');
      expect(seen['x-vnetv-principal-key']).toBe(principalKey);
      expect(reserved).toHaveLength(5);
    } else {
      expect(reserved).toEqual([]);
    }
  });
});

describe('a session', () => {
  const session = (key: Uint8Array, claims = {}, expiry: string | number = '1h') =>
    new SignJWT({ oid: ada.objectId, tid: ada.tenantId, ...claims })
      .setProtectedHeader({ alg: 'HS256' })
      .setIssuer('vnet-vending-local-sign-in')
      .setSubject('ada')
      .setExpirationTime(expiry)
      .sign(key);

  it.each([
    [
      'of another platform',
      async () => session(new Uint8Array(32).fill(8)),
      'none of this platform',
    ],
    ['that has expired', async () => session(sessionKey, {}, 1), 'has expired'],
    ['of somebody else', async () => session(sessionKey, { oid: ada.tenantId }), 'Nobody'],
    ['that is not signed', async () => unsigned(), 'none of this platform'],
    [
      'whose signature was changed',
      async () => `${(await site.signIn('ada')).slice(0, -4)}AAAA`,
      'none',
    ],
    ['that is none', async () => 'abc', 'none of this platform'],
  ])('%s is refused as a bearer token, and no session as a cookie', async (_, make, why) => {
    const token = await make();
    const refused = await fetch(`${site.host.baseUrl}/echo`, {
      headers: { authorization: `Bearer ${token}` },
    });
    expect(refused.status).toBe(401);
    expect(refused.headers.get('www-authenticate')).toContain('error="invalid_token"');
    expect(((await refused.json()) as { detail: string }).detail).toContain(why);

    const seen = await site.seenByApp({ cookie: `AppServiceAuthSession=${token}` });
    expect(seen['x-ms-client-principal']).toBeUndefined();
    expect(seen['x-vnetv-principal-key']).toBeUndefined();
  });

  it('made with the right key is believed: the tests above refuse for the right reason', async () => {
    const seen = await site.seenByApp({ authorization: `Bearer ${await session(sessionKey)}` });
    expect(seen['x-ms-client-principal-id']).toBe(ada.objectId);
  });

  it('outlives a restart on the same folder; its key is for the owner alone', async () => {
    const file = join(mkdtempSync(join(tmpdir(), 'vnet-vending-key-')), 'sign-in.key');
    const people = readLandscapeFile().emulatedAzure.localPeople;
    const [person] = people;
    if (!person) throw new Error('The example lists nobody.');
    const { token } = await new Sessions(people, loadSessionKey(file)).open(person);
    expect(await new Sessions(people, loadSessionKey(file)).read(token)).toEqual(person);
    expect(statSync(file).mode & 0o777).toBe(0o600);

    writeFileSync(file, 'short');
    expect(() => loadSessionKey(file)).toThrow('is damaged. Delete it');
  });

  function unsigned(): string {
    return new UnsecuredJWT({ oid: ada.objectId, tid: ada.tenantId, sub: 'ada' })
      .setIssuer('vnet-vending-local-sign-in')
      .setExpirationTime('1h')
      .encode();
  }
});

describe('an access token of the emulated Entra ID', () => {
  const application = { ...ada, appId: 'c0000000-0000-4000-8000-0000000000cc' };
  const audience = 'api://vnet-vending';
  const issue = (options: { audience?: string; issuer?: string; lifetimeSeconds?: number }) =>
    issueToken(site.signingKey, application, { audience, ...options });

  it('signs an application in by its service principal', async () => {
    const seen = await site.seenByApp({ authorization: `Bearer ${await issue({})}` });
    expect(seen['x-ms-client-principal-id']).toBe(ada.objectId);
    expect(seen['x-vnetv-principal-key']).toBe(principalKey);
    expect(decoded(seen).claims).toContainEqual({ typ: 'appid', val: application.appId });
  });

  it.each([
    ['for another audience', () => issue({ audience: 'https://management.azure.com' }), 'audience'],
    ['of another issuer', () => issue({ issuer: 'https://sts.windows.net/other/' }), 'issuer'],
    ['that has expired', () => issue({ lifetimeSeconds: -1 }), 'has expired'],
    ['of another signer', foreign, 'none of the emulated Entra ID'],
  ])('%s is refused', async (_, make, why) => {
    const refused = await fetch(`${site.host.baseUrl}/echo`, {
      headers: { authorization: `Bearer ${await make()}` },
    });
    expect(refused.status).toBe(401);
    expect(((await refused.json()) as { detail: string }).detail).toContain(why);
  });

  async function foreign(): Promise<string> {
    const { privateKey } = await generateKeyPair('RS256');
    return issueToken({ ...site.signingKey, privateKey }, application, { audience });
  }
});

describe('the Host header', () => {
  it.each(['127.0.0.1', '127.0.0.1:7071', 'localhost', 'LOCALHOST:1', '[::1]:7071'])(
    '%s is of this machine',
    async (host) => {
      expect((await rawRequest(site, '/echo', { headers: { host } })).status).toBe(200);
    },
  );

  it.each([
    'evil.example',
    '127.0.0.1.evil.example',
    'localhost.evil.example:7071',
    '10.0.0.1',
    'x',
  ])('%s is not: a foreign page whose name leads here gets nothing', async (host) => {
    for (const path of ['/echo', '/.auth/login/local', '/.auth/me']) {
      const answer = await rawRequest(site, path, { headers: { host } });
      expect(answer.status).toBe(421);
      expect(answer.text).toContain('http://127.0.0.1');
    }
  });

  it('does not matter where the whole URL is asked for: that is refused', async () => {
    expect((await rawRequest(site, 'http://127.0.0.1/echo')).status).toBe(400);
  });
});
