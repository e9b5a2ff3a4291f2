import { exportPKCS8, generateKeyPair, importPKCS8, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { loadSigningKey, type SigningKey } from '../../../src/local/azure/entra/signing-key.ts';
import { issueToken } from '../../../src/local/azure/entra/tokens.ts';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { arm, control, ids, scopes, startTestAzure, tokenOf } from './support/test-azure.ts';

let azure: EmulatedAzure;
let signingKey: SigningKey;
let tokenA: string;
let tokenB: string;
beforeAll(async () => {
  azure = await startTestAzure();
  signingKey = await loadSigningKey(azure.services.store);
  tokenA = await tokenOf(azure, ids.tenantA, ids.application);
  tokenB = await tokenOf(azure, ids.tenantB, ids.application);
});
afterAll(() => azure.close());

const audience = 'https://management.azure.com';
const inB = {
  tenantId: ids.tenantB,
  appId: ids.application.clientId,
  objectId: ids.objectIdInB,
};
const inA = { ...inB, tenantId: ids.tenantA, objectId: ids.objectIdInA };
const virtualNetwork = `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/v`;
const write = 'Microsoft.Network/virtualNetworks/write';

describe('the primary token', () => {
  test('must be there', async () => {
    const answer = await arm(azure, 'GET', scopes.groupB);
    expect(answer).toMatchObject({
      status: 401,
      body: {
        error: {
          code: 'AuthenticationFailed',
          message: "Authentication failed. The 'Authorization' header is missing.",
        },
      },
    });
    expect(answer.headers.get('x-ms-failure-cause')).toBe('gateway');
    expect(answer.headers.get('www-authenticate')).toContain(
      `authorization_uri="https://login.windows.net/${ids.tenantB}", error="invalid_token"`,
    );
    expect(answer.headers.get('connection')).toBe('close');
  });

  test('must be a bearer token that Entra ID signed', async () => {
    const basic = await arm(azure, 'GET', scopes.groupB, { headers: { authorization: 'Basic x' } });
    expect(basic.body.error.code).toBe('AuthenticationFailedInvalidHeader');
    const nonsense = await arm(azure, 'GET', scopes.groupB, { token: 'nonsense' });
    expect(nonsense).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationToken' } },
    });
    const { privateKey } = await generateKeyPair('RS256', { extractable: true });
    const forged = await issueToken(
      { ...signingKey, privateKey: await importPKCS8(await exportPKCS8(privateKey), 'RS256') },
      inB,
      { audience },
    );
    expect((await arm(azure, 'GET', scopes.groupB, { token: forged })).status).toBe(401);
  });

  test('must not be a token that signs with nothing', async () => {
    const part = (value: object) => Buffer.from(JSON.stringify(value)).toString('base64url');
    const claims = { tid: ids.tenantB, appid: inB.appId, oid: inB.objectId, aud: audience };
    const token = `${part({ alg: 'none' })}.${part({ ...claims, exp: 9999999999 })}.`;
    expect((await arm(azure, 'GET', scopes.groupB, { token })).status).toBe(401);
  });

  test('must be for Resource Manager', async () => {
    const token = await tokenOf(azure, ids.tenantB, ids.application, `${azure.graph}/.default`);
    const answer = await arm(azure, 'GET', scopes.groupB, { token });
    expect(answer).toMatchObject({
      status: 401,
      body: { error: { code: 'InvalidAuthenticationTokenAudience' } },
    });
  });

  test('must not have expired', async () => {
    const token = await issueToken(signingKey, inB, { audience, lifetimeSeconds: -60 });
    const answer = await arm(azure, 'GET', scopes.groupB, { token });
    expect(answer).toMatchObject({
      status: 401,
      body: {
        error: {
          code: 'ExpiredAuthenticationToken',
          message: expect.stringMatching(
            /^The access token expiry UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M' is earlier than current UTC time '\d+\/\d+\/\d{4} \d+:\d\d:\d\d [AP]M'\.$/,
          ),
        },
      },
    });
  });

  test('must be from the tenant of the subscription, whatever the auxiliary header holds', async () => {
    const answer = await arm(azure, 'GET', scopes.groupB, { token: tokenA, auxiliary: [tokenB] });
    expect(answer.status).toBe(401);
    expect(answer.body.error.code).toBe('InvalidAuthenticationTokenTenant');
    expect(answer.body.error.message).toMatch(
      `The access token is from the wrong issuer 'https://sts.windows.net/${ids.tenantA}/'. It must match the tenant 'https://sts.windows.net/${ids.tenantB}/' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${ids.tenantB}' to get the token.`,
    );
    expect(answer.headers.get('www-authenticate')).toContain(
      `authorization_uri="https://login.windows.net/${ids.tenantB}"`,
    );
  });

  test('may be of any tenant where the path names no subscription', async () => {
    expect((await arm(azure, 'GET', '/tenants', { token: tokenA })).status).toBe(200);
  });

  test('does not help with a subscription that does not exist', async () => {
    const path = '/subscriptions/00000000-0000-4000-8000-000000000000/resourceGroups/rg';
    expect(await arm(azure, 'GET', path, { token: tokenB })).toMatchObject({
      status: 404,
      body: { error: { code: 'SubscriptionNotFound' } },
    });
  });
});

describe('an auxiliary token', () => {
  const refusalOf = async (auxiliary: readonly string[]) => {
    const answer = await arm(azure, 'GET', scopes.groupB, { token: tokenB, auxiliary });
    return { ...answer, ...answer.body.error } as Record<string, unknown> & {
      headers: Headers;
    };
  };

  test('is accepted when it is of the same application in another tenant', async () => {
    const answer = await arm(azure, 'GET', scopes.groupB, { token: tokenB, auxiliary: [tokenA] });
    expect(answer.status).toBe(200);
  });

  test('may be announced as EncryptedBearer and separated by a semicolon', async () => {
    const tokenOfAdministrator = await tokenOf(azure, ids.tenantA, ids.administratorA);
    const answer = await arm(azure, 'GET', scopes.groupB, {
      token: tokenB,
      headers: {
        'x-ms-authorization-auxiliary': `EncryptedBearer ${tokenA};Bearer ${tokenOfAdministrator}`,
      },
    });
    // Both were read: the second is of another application.
    expect(answer.body.error.code).toBe('AuxiliaryTokensInvalidApplicationIdentity');
  });

  test('is refused when it is of another application', async () => {
    const other = await tokenOf(azure, ids.tenantA, ids.administratorA);
    const answer = await refusalOf([other]);
    expect(answer).toMatchObject({
      status: 401,
      code: 'AuxiliaryTokensInvalidApplicationIdentity',
      message: `Authentication failed for auxiliary token: 'The '1' auxiliary tokens are either not application token(s) or are from the application(s) '${ids.administratorA.clientId}' which are different from the application of primary identity '${ids.application.clientId}'.'`,
    });
    expect(answer.headers.get('www-authenticate')).toBe(
      `Bearer authorization_uri="https://login.windows.net/${ids.tenantB}", error="invalid_token", error_description="The authentication failed because some auxiliary tokens are not from the same application as primary token."`,
    );
    expect(answer.headers.get('connection')).toBe('close');
    expect(answer.headers.get('x-ms-failure-cause')).toBe('gateway');
  });

  test('is refused when there is another one of its tenant, the primary included', async () => {
    expect(await refusalOf([tokenB])).toMatchObject({
      status: 401,
      code: 'AuxiliaryTokensContainDuplicates',
      message:
        "Authentication failed for auxiliary token: The '1' auxiliary tokens contains duplicates which are from the same tenant.",
    });
    await control(azure, 'POST', '/state', {
      switches: { duplicateTenantTokenCode: 'SomethingElse' },
    });
    expect(await refusalOf([tokenA, tokenA])).toMatchObject({ code: 'SomethingElse' });
  });

  test('is refused when there are more than the switch allows', async () => {
    expect(await refusalOf([tokenA, tokenA, tokenA, tokenA])).toMatchObject({
      status: 401,
      code: 'InvalidAuthenticationToken',
    });
  });

  test('is refused when it has expired, naming its client and tenant', async () => {
    const expired = await issueToken(signingKey, inA, { audience, lifetimeSeconds: -60 });
    expect(await refusalOf([expired])).toMatchObject({
      status: 401,
      code: 'ExpiredAuthenticationToken',
      message: expect.stringContaining(`client '${inA.appId}' and tenant '${inA.tenantId}'`),
    });
  });

  test('is refused when it is no token, or one for somebody else', async () => {
    expect(await refusalOf(['nonsense'])).toMatchObject({ status: 401 });
    const forGraph = await issueToken(signingKey, inA, { audience: 'https://graph.microsoft.com' });
    expect(await refusalOf([forGraph])).toMatchObject({ status: 401 });
    const unsigned = new SignJWT({}).setProtectedHeader({ alg: 'HS256' });
    expect(await refusalOf([await unsigned.sign(new Uint8Array(32))])).toMatchObject({
      status: 401,
    });
  });
});

describe('the order of checks', () => {
  const body = {
    location: 'eastus',
    properties: {
      addressSpace: {
        ipamPoolPrefixAllocations: [{ numberOfIpAddresses: '256', pool: { id: scopes.pool } }],
      },
    },
  };
  const put = (options: Parameters<typeof arm>[3], path = virtualNetwork) =>
    arm(azure, 'PUT', path, { token: tokenB, auxiliary: [tokenA], body, ...options });
  const setRoles = (change: object) =>
    control(azure, 'POST', '/state', { roleAssignments: change }).then(({ status, body }) => {
      expect(status, JSON.stringify(body)).toBe(200);
    });
  const missingGroup = `${scopes.subscriptionB}/resourceGroups/rg-missing/providers/Microsoft.Network/virtualNetworks/v`;

  test('is primary token, auxiliary tokens, RBAC, linked RBAC, existence, validation', async () => {
    const invalid = { ...body, properties: { addressSpace: 'nonsense' } };
    const withPool = { location: 'eastus', properties: { ...body.properties, nonsense: true } };

    const noToken = await arm(azure, 'PUT', missingGroup, { auxiliary: ['nonsense'], body });
    expect([noToken.status, noToken.body.error.code]).toEqual([401, 'AuthenticationFailed']);

    const badAuxiliary = await put({ auxiliary: ['nonsense'] }, missingGroup);
    expect([badAuxiliary.status, badAuxiliary.body.error.code]).toEqual([
      401,
      'InvalidAuthenticationToken',
    ]);

    const noRole = await put({ auxiliary: [] }, missingGroup);
    expect(noRole).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'AuthorizationFailed',
          message: `The client '${inB.appId}' with object id '${inB.objectId}' does not have authorization to perform action '${write}' over scope '${missingGroup}' or the scope is invalid. If access was recently granted, please refresh your credentials.`,
        },
      },
    });

    await setRoles({
      add: [
        { scope: scopes.subscriptionB, role: 'Network Contributor', principalId: inB.objectId },
      ],
    });
    const noAuxiliary = await put({ auxiliary: [] }, missingGroup);
    expect(noAuxiliary).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'LinkedAuthorizationFailed',
          message: `The client has permission to perform action '${write}' on scope '${missingGroup}', however the current tenant '${ids.tenantB}' is not authorized to access linked subscription '${ids.subscriptionA}'.`,
        },
      },
    });
    expect(noAuxiliary.body.error).not.toHaveProperty('details');

    const noGroup = await put({ body: withPool }, missingGroup);
    expect(noGroup).toMatchObject({
      status: 404,
      body: {
        error: {
          code: 'ResourceGroupNotFound',
          message: "Resource group 'rg-missing' could not be found.",
        },
      },
    });

    const notValid = await put({ body: invalid });
    expect(notValid.status).toBe(400);
  });

  test('a role on the pool that is taken away is missed before anything else of the body', async () => {
    const role = { scope: scopes.pool, role: 'IPAM Pool User', principalId: inA.objectId };
    await setRoles({ drop: [role] });
    const answer = await put({});
    expect(answer).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'LinkedAuthorizationFailed',
          message: `The client '${inA.appId}' with object id '${inA.objectId}' has permission to perform action '${write}' on scope '${virtualNetwork}'; however, it does not have permission to perform action(s) 'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action' on the linked scope(s) '${scopes.pool}' (respectively) or the linked scope(s) are invalid.`,
        },
      },
    });
    await setRoles({ add: [role] });
    expect((await put({})).status).toBe(201);
  });

  test('a pool in a subscription that nobody knows is told apart', async () => {
    const unknown = '00000000-0000-4000-8000-000000000000';
    const pool = scopes.pool.replace(ids.subscriptionA, unknown);
    const answer = await put({ body: JSON.parse(JSON.stringify(body).replace(scopes.pool, pool)) });
    expect(answer).toMatchObject({
      status: 403,
      body: {
        error: {
          code: 'LinkedAuthorizationFailed',
          message: `The client has permission to perform action '${write}' on scope '${virtualNetwork}', however the linked subscription '${unknown}' was not found. `,
        },
      },
    });
  });

  test('a right that the token of A would have is worth nothing without that token', async () => {
    const answer = await put({ auxiliary: [] });
    expect(answer.body.error.message).toContain('is not authorized to access linked subscription');
  });
});

describe('api-version', () => {
  const read = (path: string) => arm(azure, 'GET', path, { token: tokenB });

  test('is required', async () => {
    const response = await fetch(`${azure.resourceManager}${scopes.groupB}`, {
      headers: { authorization: `Bearer ${tokenB}` },
    });
    expect(response.status).toBe(400);
    expect(await response.json()).toMatchObject({ error: { code: 'MissingApiVersionParameter' } });
  });

  test('must look like one, and know the pools where pools are asked for', async () => {
    expect(await read(`${scopes.groupB}?api-version=latest`)).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidApiVersionParameter' } },
    });
    expect((await read(`${scopes.groupB}?api-version=2022-07-01`)).status).toBe(200);
    const old = await arm(azure, 'GET', `${scopes.pool}?api-version=2022-07-01`, { token: tokenA });
    expect(old.body.error.code).toBe('InvalidApiVersionParameter');
  });
});

describe('what is not offered', () => {
  test('is refused as Resource Manager does it', async () => {
    const ask = async (method: string, path: string) => {
      const { status, body } = await arm(azure, method, path, { token: tokenB });
      return [status, body.error.code];
    };
    expect(await ask('GET', `${scopes.groupB}/providers/Microsoft.Compute/disks/d`)).toEqual([
      404,
      'InvalidResourceType',
    ]);
    expect(await ask('GET', '/nonsense')).toEqual([404, 'MissingSubscription']);
    expect(await ask('POST', scopes.groupB)).toEqual([405, 'MethodNotAllowed']);
  });

  test('and a body that is not JSON as well', async () => {
    const answer = await arm(azure, 'PUT', virtualNetwork, { token: tokenB, body: '{"location":' });
    expect(answer).toMatchObject({
      status: 400,
      body: { error: { code: 'InvalidRequestContent' } },
    });
  });
});
