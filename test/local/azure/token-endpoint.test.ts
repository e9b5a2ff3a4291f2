import { createHash } from 'node:crypto';
import {
  ClientAssertionCredential,
  ClientCertificateCredential,
  ClientSecretCredential,
} from '@azure/identity';
import { createRemoteJWKSet, decodeJwt, jwtVerify, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { makeCertificate } from './support/certificate.ts';
import { control, ids, startTestAzure, tokenOf } from './support/test-azure.ts';

const scope = 'https://management.azure.com/.default';
const unknown = '00000000-0000-4000-8000-000000000000';

let azure: EmulatedAzure;
let certificate: Awaited<ReturnType<typeof makeCertificate>>;
beforeAll(async () => {
  azure = await startTestAzure();
  certificate = await makeCertificate('application');
  await graph('PATCH', {
    keyCredentials: [{ type: 'AsymmetricX509Cert', key: certificate.base64 }],
  });
});
afterAll(() => azure.close());

const options = () => ({ authorityHost: azure.authority, disableInstanceDiscovery: true });

/** Changes the application as the administrator of its tenant. */
async function graph(method: string, body: unknown, below = '') {
  const token = await tokenOf(azure, ids.tenantA, ids.administratorA, `${azure.graph}/.default`);
  const response = await fetch(
    `${azure.graph}/v1.0/applications(appId='${ids.application.clientId}')${below}`,
    { method, headers: { authorization: `Bearer ${token}` }, body: JSON.stringify(body) },
  );
  if (!response.ok) throw new Error(await response.text());
}

async function ask(tenant: string, form: Record<string, string>, path = 'oauth2/v2.0/token') {
  const response = await fetch(`${azure.authority}/${tenant}/${path}`, {
    method: 'POST',
    body: new URLSearchParams(form),
    headers: { 'client-request-id': 'the-correlation-id' },
  });
  return { status: response.status, body: (await response.json()) as Record<string, unknown> };
}

const withSecret = {
  grant_type: 'client_credentials',
  client_id: ids.application.clientId,
  client_secret: ids.application.clientSecret,
  scope,
};

describe('a token', () => {
  test('is given for id and secret in the Authorization header too', async () => {
    const { clientId, clientSecret } = ids.application;
    const basic = [clientId, clientSecret].map(encodeURIComponent).join(':');
    const response = await fetch(`${azure.authority}/${ids.tenantB}/oauth2/v2.0/token`, {
      method: 'POST',
      body: new URLSearchParams({ grant_type: 'client_credentials', scope }),
      headers: { authorization: `Basic ${Buffer.from(basic).toString('base64')}` },
    });
    expect(response.status).toBe(200);
  });

  test('has the claims that Resource Manager looks at, and is signed by a published key', async () => {
    const credential = new ClientSecretCredential(
      ids.tenantB,
      ids.application.clientId,
      ids.application.clientSecret,
      options(),
    );
    const { token, expiresOnTimestamp } = await credential.getToken(scope);
    const metadata = await fetch(
      `${azure.authority}/${ids.tenantB}/v2.0/.well-known/openid-configuration`,
    );
    const { jwks_uri } = (await metadata.json()) as { jwks_uri: string };
    const { payload, protectedHeader } = await jwtVerify(
      token,
      createRemoteJWKSet(new URL(jwks_uri)),
    );
    expect(protectedHeader.alg).toBe('RS256');
    expect(payload).toMatchObject({
      iss: `https://sts.windows.net/${ids.tenantB}/`,
      aud: 'https://management.azure.com',
      tid: ids.tenantB,
      appid: ids.application.clientId,
      oid: ids.objectIdInB,
      idtyp: 'app',
    });
    expect(Number(payload.exp) * 1000).toBeGreaterThan(Date.now() + 50 * 60_000);
    expect(Math.abs(expiresOnTimestamp - Number(payload.exp) * 1000)).toBeLessThan(5000);
  });

  test('is for another object in another tenant, because each has its own service principal', async () => {
    const inA = decodeJwt(await tokenOf(azure, ids.tenantA, ids.application));
    const inB = decodeJwt(await tokenOf(azure, ids.tenantB, ids.application));
    expect([inA['oid'], inB['oid']]).toEqual([ids.objectIdInA, ids.objectIdInB]);
  });

  test('can be had from the v1 endpoint by resource', async () => {
    const { scope: _, ...form } = withSecret;
    const answer = await ask(
      ids.tenantB,
      { ...form, resource: 'https://management.core.windows.net/' },
      'oauth2/token',
    );
    expect(answer.status).toBe(200);
    expect(decodeJwt(String(answer.body['access_token'])).aud).toBe(
      'https://management.core.windows.net/',
    );
  });

  test('can be had whatever the case of tenant and application', async () => {
    const answer = await ask(ids.tenantB.toUpperCase(), {
      ...withSecret,
      client_id: ids.application.clientId.toUpperCase(),
    });
    expect(decodeJwt(String(answer.body['access_token']))).toMatchObject({
      tid: ids.tenantB,
      appid: ids.application.clientId,
    });
  });

  test('can be had with a registered certificate through the unmodified credential', async () => {
    const credential = new ClientCertificateCredential(
      ids.tenantB,
      ids.application.clientId,
      { certificate: certificate.pem },
      options(),
    );
    const { token } = await credential.getToken(scope);
    expect(decodeJwt(token)['oid']).toBe(ids.objectIdInB);
  });

  test('can be had with the token of an identity that the application trusts', async () => {
    const exchange = 'api://AzureADTokenExchange';
    await graph(
      'POST',
      {
        name: 'administrator',
        issuer: `${azure.authority}/${ids.tenantA}/v2.0`,
        subject: ids.administratorA.objectId,
        audiences: [exchange],
      },
      '/federatedIdentityCredentials',
    );
    const credential = new ClientAssertionCredential(
      ids.tenantB,
      ids.application.clientId,
      () => tokenOf(azure, ids.tenantA, ids.administratorA, `${exchange}/.default`),
      options(),
    );
    const { token } = await credential.getToken(scope);
    expect(decodeJwt(token)['oid']).toBe(ids.objectIdInB);

    const untrusted = new ClientAssertionCredential(
      ids.tenantB,
      ids.application.clientId,
      () => tokenOf(azure, ids.tenantA, ids.singleTenant, `${exchange}/.default`),
      options(),
    );
    await expect(untrusted.getToken(scope)).rejects.toThrow(/AADSTS700213/);
  });
});

describe('the refusal', () => {
  const cases: readonly [string, number, number, string, string, Record<string, string>][] = [
    ['a wrong secret', 7000215, 401, 'invalid_client', ids.tenantB, { client_secret: 'wrong' }],
    [
      'an unknown application',
      700016,
      400,
      'unauthorized_client',
      ids.tenantB,
      { client_id: unknown },
    ],
    [
      'a missing service principal',
      7000229,
      401,
      'invalid_client',
      ids.tenantB,
      { client_id: ids.notOnboarded.clientId, client_secret: ids.notOnboarded.clientSecret },
    ],
    [
      'a single-tenant application in another tenant',
      700016,
      400,
      'unauthorized_client',
      ids.tenantB,
      { client_id: ids.singleTenant.clientId, client_secret: ids.singleTenant.clientSecret },
    ],
    ['an unknown tenant', 90002, 400, 'invalid_request', unknown, {}],
    [
      'another grant',
      70003,
      400,
      'unsupported_grant_type',
      ids.tenantB,
      { grant_type: 'password' },
    ],
    ['a missing client id', 900144, 400, 'invalid_request', ids.tenantB, { client_id: '' }],
    ['a missing secret', 7000218, 401, 'invalid_client', ids.tenantB, { client_secret: '' }],
    [
      'a scope that is not .default',
      1002012,
      400,
      'invalid_scope',
      ids.tenantB,
      { scope: 'https://management.azure.com/user_impersonation' },
    ],
    [
      'an unknown resource',
      500011,
      400,
      'invalid_resource',
      ids.tenantB,
      { scope: 'https://nowhere.example/.default' },
    ],
  ];
  test.each(cases)('of %s is AADSTS%i', async (_, aadsts, status, error, tenant, change) => {
    const answer = await ask(tenant, { ...withSecret, ...change });
    expect(answer).toMatchObject({
      status,
      body: {
        error,
        error_description: expect.stringMatching(
          new RegExp(`^AADSTS${aadsts}: .+ Trace ID: .+ Correlation ID: the-correlation-id Time`),
        ),
        error_codes: [aadsts],
        timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ$/),
        trace_id: expect.any(String),
        correlation_id: 'the-correlation-id',
        error_uri: expect.stringContaining(String(aadsts)),
      },
    });
  });

  test('reaches the user of the unmodified credential with its AADSTS code', async () => {
    const credential = new ClientSecretCredential(
      ids.tenantB,
      ids.notOnboarded.clientId,
      ids.notOnboarded.clientSecret,
      options(),
    );
    await expect(credential.getToken(scope)).rejects.toThrow(
      `AADSTS7000229: The client application ${ids.notOnboarded.clientId} is missing service principal in the tenant ${ids.tenantB}.`,
    );
  });

  test('of an application that was made single-tenant after it was onboarded is told apart', async () => {
    const change = (body: object) => control(azure, 'POST', '/state', body);
    const { clientId } = ids.application;
    await change({ applications: [{ clientId, signInAudience: 'AzureADMyOrg' }] });
    expect((await ask(ids.tenantA, withSecret)).status).toBe(200);
    expect(await ask(ids.tenantB, withSecret)).toMatchObject({
      status: 400,
      body: {
        error: 'invalid_request',
        error_description: expect.stringContaining('is not configured as a multi-tenant'),
        error_codes: [50194],
      },
    });
    await change({ switches: { singleTenantApplicationAbroad: 700016 } });
    expect((await ask(ids.tenantB, withSecret)).body['error_codes']).toEqual([700016]);
    await change({
      switches: { singleTenantApplicationAbroad: null },
      applications: [{ clientId, signInAudience: 'AzureADMultipleOrgs' }],
    });
    expect((await ask(ids.tenantB, withSecret)).status).toBe(200);
  });
});

describe('a client assertion is refused', () => {
  /** An assertion as credentials make it, with something changed. */
  async function assertion(change: {
    readonly expiresIn?: string;
    readonly audience?: string;
    readonly certificate?: typeof certificate;
    readonly claimedCertificate?: typeof certificate;
  }): Promise<string> {
    const own = change.certificate ?? certificate;
    const claimed = Buffer.from((change.claimedCertificate ?? own).base64, 'base64');
    return new SignJWT({})
      .setProtectedHeader({
        alg: 'RS256',
        x5t: createHash('sha1').update(claimed).digest('base64url'),
      })
      .setIssuer(ids.application.clientId)
      .setSubject(ids.application.clientId)
      .setAudience(change.audience ?? `${azure.authority}/${ids.tenantB}/oauth2/v2.0/token`)
      .setNotBefore('-20 minutes')
      .setExpirationTime(change.expiresIn ?? '10 minutes')
      .sign(own.privateKey);
  }

  async function refusalOf(clientAssertion: string) {
    const { client_secret: _, ...form } = withSecret;
    const answer = await ask(ids.tenantB, {
      ...form,
      client_assertion: clientAssertion,
      client_assertion_type: 'urn:ietf:params:oauth:client-assertion-type:jwt-bearer',
    });
    return [answer.status, answer.body['error'], answer.body['error_codes']];
  }

  test('when it has expired', async () => {
    expect(await refusalOf(await assertion({ expiresIn: '-10 minutes' }))).toEqual([
      401,
      'invalid_client',
      [700024],
    ]);
  });

  test('when its certificate is not registered', async () => {
    const other = await makeCertificate('other');
    expect(await refusalOf(await assertion({ certificate: other }))).toEqual([
      401,
      'invalid_client',
      [700027],
    ]);
  });

  test('when it claims a registered certificate and is signed by another key', async () => {
    const other = await makeCertificate('other');
    const forged = await assertion({ certificate: other, claimedCertificate: certificate });
    expect(await refusalOf(forged)).toEqual([401, 'invalid_client', [700027]]);
  });

  test('when it is meant for somebody else', async () => {
    const elsewhere = await assertion({ audience: 'https://login.example/token' });
    expect(await refusalOf(elsewhere)).toEqual([401, 'invalid_client', [700023]]);
  });

  test('when it is no assertion at all, or nobody trusts its issuer', async () => {
    const part = (json: unknown) => Buffer.from(JSON.stringify(json)).toString('base64url');
    const own = part({ iss: ids.application.clientId });
    const broken = ['nonsense', `%%.${own}.x`, `${part([])}.${own}.x`, `${part({})}.${part({})}.x`];
    for (const assertion of broken) {
      expect((await refusalOf(assertion))[2]).toEqual([700027]);
    }
    const stranger = await new SignJWT({})
      .setProtectedHeader({ alg: 'RS256' })
      .setIssuer('https://issuer.example')
      .setExpirationTime('5 minutes')
      .sign(certificate.privateKey);
    expect((await refusalOf(stranger))[2]).toEqual([700211]);
  });
});

test('metadata exist for a tenant and for all of them, not for an unknown one', async () => {
  const read = async (tenant: string, version = '/v2.0') => {
    const response = await fetch(
      `${azure.authority}/${tenant}${version}/.well-known/openid-configuration`,
    );
    return (await response.json()) as Record<string, unknown>;
  };
  expect(await read(ids.tenantA)).toMatchObject({
    issuer: `${azure.authority}/${ids.tenantA}/v2.0`,
    token_endpoint: `${azure.authority}/${ids.tenantA}/oauth2/v2.0/token`,
  });
  expect(await read(ids.tenantA, '')).toMatchObject({
    issuer: `https://sts.windows.net/${ids.tenantA}/`,
    token_endpoint: `${azure.authority}/${ids.tenantA}/oauth2/token`,
  });
  expect(await read('organizations')).toMatchObject({
    issuer: `${azure.authority}/{tenantid}/v2.0`,
  });
  expect(await read(unknown)).toMatchObject({ error_codes: [90002] });
});

test('instance discovery knows no other host than this one', async () => {
  const ask = async (endpoint: string) => {
    const query = new URLSearchParams({ authorization_endpoint: endpoint });
    const response = await fetch(`${azure.authority}/common/discovery/instance?${query}`);
    return (await response.json()) as Record<string, unknown>;
  };
  const { host } = new URL(azure.authority);
  expect(await ask(`${azure.authority}/${ids.tenantB}/oauth2/v2.0/authorize`)).toMatchObject({
    tenant_discovery_endpoint: `${azure.authority}/${ids.tenantB}/v2.0/.well-known/openid-configuration`,
    metadata: [{ aliases: [host] }],
  });
  expect(await ask('nonsense')).toMatchObject({
    tenant_discovery_endpoint: `${azure.authority}/common/v2.0/.well-known/openid-configuration`,
  });
});
