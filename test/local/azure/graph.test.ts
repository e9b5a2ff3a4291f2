import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { type Answer, ids, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
let tokenA: string;
let tokenB: string;
beforeEach(async () => {
  azure = await startTestAzure();
  tokenA = await tokenOf(azure, ids.tenantA, ids.administratorA, `${azure.graph}/.default`);
  tokenB = await tokenOf(azure, ids.tenantB, ids.administratorB, `${azure.graph}/.default`);
});
afterEach(() => azure.close());

async function graph(
  token: string,
  method: string,
  path: string,
  body?: unknown,
): Promise<Pick<Answer, 'status' | 'body'>> {
  const response = await fetch(`${azure.graph}/v1.0${path}`, {
    method,
    headers: { authorization: `Bearer ${token}` },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  const text = await response.text();
  return { status: response.status, body: text === '' ? undefined : JSON.parse(text) };
}

const byAppId = (appId: string) => `?$filter=${encodeURIComponent(`appId eq '${appId}'`)}`;

test('an application is onboarded to another tenant as the tutorial does it', async () => {
  const created = await graph(tokenA, 'POST', '/applications', { displayName: 'New' });
  expect(created).toMatchObject({
    status: 201,
    body: { displayName: 'New', signInAudience: 'AzureADMyOrg', passwordCredentials: [] },
  });
  const { id, appId } = created.body;
  const password = await graph(tokenA, 'POST', `/applications/${id}/addPassword`, {
    passwordCredential: { displayName: 'rbac' },
  });
  expect(password.body).toMatchObject({
    displayName: 'rbac',
    secretText: expect.stringMatching(/^[a-z]/),
  });
  const application = { clientId: appId, clientSecret: password.body.secretText };

  const tooEarly = await graph(tokenB, 'POST', '/servicePrincipals', { appId });
  expect(tooEarly).toMatchObject({
    status: 400,
    body: { error: { code: 'NoBackingApplicationObject' } },
  });
  const read = await graph(tokenA, 'GET', `/applications/${id}`);
  const update = { ...read.body, signInAudience: 'AzureADMultipleOrgs' };
  expect((await graph(tokenA, 'PATCH', `/applications/${id}`, update)).status).toBe(204);
  await expect(tokenOf(azure, ids.tenantB, application)).rejects.toThrow(/AADSTS7000229/);

  const principal = await graph(tokenB, 'POST', '/servicePrincipals', {
    appId: appId.toUpperCase(),
    accountEnabled: true,
  });
  expect(principal).toMatchObject({
    status: 201,
    body: { appId, displayName: 'New', appOwnerOrganizationId: ids.tenantA },
  });
  expect(await tokenOf(azure, ids.tenantB, application)).toBeTruthy();
  expect(await graph(tokenB, 'POST', '/servicePrincipals', { appId })).toMatchObject({
    status: 409,
    body: { error: { code: 'Request_MultipleObjectsWithSameKeyValue' } },
  });

  await graph(tokenB, 'DELETE', `/servicePrincipals/${principal.body.id}`);
  await expect(tokenOf(azure, ids.tenantB, application)).rejects.toThrow(/AADSTS7000229/);
});

describe('$filter', () => {
  test('finds by application id in any case, and by name', async () => {
    const names = async (token: string, path: string) =>
      (await graph(token, 'GET', path)).body.value.map(
        ({ displayName }: { displayName: string }) => displayName,
      );
    const appId = ids.application.clientId.toUpperCase();
    expect(await names(tokenA, `/applications${byAppId(appId)}`)).toEqual(['Application']);
    expect(await names(tokenB, `/servicePrincipals${byAppId(appId)}`)).toEqual(['Application']);
    expect(await names(tokenA, "/applications?$filter=displayName eq 'application'")).toEqual([
      'Application',
    ]);
    expect(await names(tokenA, "/applications?$filter=startswith(displayName,'Single')")).toEqual([
      'Single-tenant application',
    ]);
    const anyName = `servicePrincipalNames/any(c:c eq '${appId}')`;
    expect(await names(tokenB, `/servicePrincipals?$filter=${anyName}`)).toEqual(['Application']);
  });

  test('shows each tenant its own only', async () => {
    const found = await graph(tokenB, 'GET', `/applications${byAppId(ids.application.clientId)}`);
    expect(found.body.value).toEqual([]);
  });

  test('that is not understood is refused, not ignored', async () => {
    expect(await graph(tokenA, 'GET', '/applications?$filter=nonsense')).toMatchObject({
      status: 400,
      body: { error: { code: 'Request_UnsupportedQuery' } },
    });
  });
});

describe('credentials', () => {
  test('are never shown, and can be taken away', async () => {
    const path = `/applications(appId='${ids.application.clientId}')`;
    const { body } = await graph(tokenA, 'GET', path);
    expect(body.passwordCredentials).toMatchObject([{ hint: 'sec', secretText: null }]);
    expect(JSON.stringify(body)).not.toContain('hash');
    const [{ keyId }] = body.passwordCredentials;
    expect((await graph(tokenA, 'POST', `${path}/removePassword`, { keyId })).status).toBe(204);
    expect((await graph(tokenA, 'POST', `${path}/removePassword`, { keyId })).status).toBe(400);
    await expect(tokenOf(azure, ids.tenantA, ids.application)).rejects.toThrow(/AADSTS7000215/);
  });

  test('that have expired are told apart', async () => {
    const path = `/applications(appId='${ids.application.clientId}')`;
    const { body } = await graph(tokenA, 'POST', `${path}/addPassword`, {
      passwordCredential: { endDateTime: '2020-01-01T00:00:00Z' },
    });
    const application = { ...ids.application, clientSecret: body.secretText };
    await expect(tokenOf(azure, ids.tenantA, application)).rejects.toThrow(/AADSTS7000222/);
  });

  test('must be certificates where keys are set', async () => {
    const path = `/applications(appId='${ids.application.clientId}')`;
    const answer = await graph(tokenA, 'PATCH', path, { keyCredentials: [{ key: 'nonsense' }] });
    expect(answer.body.error.code).toBe('KeyCredentialsInvalidValue');
  });
});

describe('Graph refuses', () => {
  const code = async (token: string, method = 'GET', path = '/applications', body?: unknown) => {
    const answer = await graph(token, method, path, body);
    return [answer.status, answer.body.error.code];
  };

  test('everybody but administrators', async () => {
    const token = await tokenOf(
      azure,
      ids.tenantA,
      ids.application,
      'https://graph.microsoft.com/.default',
    );
    expect(await code(token)).toEqual([403, 'Authorization_RequestDenied']);
  });

  test('tokens of another audience, and none', async () => {
    const token = await tokenOf(azure, ids.tenantA, ids.administratorA);
    expect(await code(token)).toEqual([401, 'InvalidAuthenticationToken']);
    expect(await code('nonsense')).toEqual([401, 'InvalidAuthenticationToken']);
  });

  test('what it cannot carry out', async () => {
    expect(await code(tokenA, 'GET', '/nonsense')).toEqual([400, 'BadRequest']);
    expect(await code(tokenA, 'GET', '/applications/nobody')).toEqual([
      404,
      'Request_ResourceNotFound',
    ]);
    expect(await code(tokenA, 'POST', '/applications', {})).toEqual([400, 'Request_BadRequest']);
    expect(
      await code(tokenA, 'PATCH', `/applications(appId='${ids.application.clientId}')`, {
        signInAudience: 'Everybody',
      }),
    ).toEqual([400, 'Request_BadRequest']);
    expect(await code(tokenA, 'GET', '/me')).toEqual([400, 'BadRequest']);
  });
});

test('the organization of the caller is known', async () => {
  expect((await graph(tokenB, 'GET', '/organization')).body.value).toEqual([
    { id: ids.tenantB, displayName: 'Tenant B' },
  ]);
});
