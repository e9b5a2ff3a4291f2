import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { decodeJwt } from 'jose';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest';
import { clouds } from '../../src/azure/clouds.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import type { TenantCredentials } from '../../src/azure/credentials.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import { makeCertificate } from '../local/azure/support/certificate.ts';
import { control, ids, startTestAzure, tokenOf } from '../local/azure/support/test-azure.ts';
import {
  changeApplication,
  credentialsOf,
  landscapeWith,
  readGraph,
  registerCertificates,
  tokenRequests,
} from './credentials-of.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from './managed-identity-endpoint.ts';
import { target, unwrap } from './on-emulated-azure.ts';

/** Stands for the app's managed identity: its tokens are those of a service principal of tenant A. */
const identity = ids.administratorA;
const audience = 'api://AzureADTokenExchange';
const secret = { type: 'clientSecret', setting: 'SECRET' } as const;
const settings = { SECRET: ids.application.clientSecret };
const scope = clouds.public.resourceManagerScope;

let azure: EmulatedAzure;
beforeAll(async () => {
  azure = await startTestAzure();
});
afterAll(() => azure.close());
beforeEach(() => control(azure, 'DELETE', '/requests'));

async function claimsOf(
  credentials: TenantCredentials,
  tenantId: string,
  use: 'primary' | 'auxiliary' = 'primary',
) {
  const { token } = unwrap(await credentials.obtain(tenantId, use, 'Testing'));
  return decodeJwt(token.token);
}

/** The error of a token that must not be had; it tells nothing of what proves the application. */
async function errorOf(credentials: TenantCredentials, tenantId = ids.tenantB) {
  const outcome = await credentials.obtain(tenantId, 'primary', 'Testing');
  if (outcome.ok) throw new Error('There is a token.');
  expect(JSON.stringify(outcome.error)).not.toMatch(/eyJ|secret of the|PRIVATE KEY/);
  return outcome.error;
}

const trustIdentity = (change: object = {}) =>
  changeApplication(
    azure,
    'POST',
    {
      name: `identity-${Math.random()}`,
      issuer: `${azure.authority}/${ids.tenantA}/v2.0`,
      subject: identity.objectId,
      audiences: [audience],
      ...change,
    },
    '/federatedIdentityCredentials',
  );

async function distrustAll() {
  const application = `applications(appId='${ids.application.clientId}')`;
  const { value } = await readGraph(azure, `${application}/federatedIdentityCredentials`);
  for (const { id } of value) {
    await changeApplication(azure, 'DELETE', undefined, `/federatedIdentityCredentials/${id}`);
  }
}

describe('a federated managed identity', () => {
  let endpoint: IdentityEndpoint;
  beforeAll(async () => {
    endpoint = await startIdentityEndpoint(async (resource, clientId) => {
      if (clientId === ids.notOnboarded.clientId || resource !== audience) return { status: 400 };
      return await tokenOf(azure, ids.tenantA, identity, `${resource}/.default`);
    });
    await trustIdentity();
  });
  afterAll(() => endpoint.close());

  test('needs no secret, and signs one application in to both tenants', async () => {
    const used = createAzure({
      landscape: landscapeWith(undefined),
      settings: { AZURE_CLIENT_ID: identity.clientId },
      endpoints: { ...azure, disableInstanceDiscovery: true },
    });
    unwrap(
      await used.listPermissions({ tenantId: ids.tenantB, scope: target('n').virtualNetworkId }),
    );
    expect(unwrap(await used.getVirtualNetwork(target('none')))).toBeNull();
    expect(endpoint.asked).toEqual([`${audience} ${identity.clientId}`]);
    const credentials = credentialsOf(azure, landscapeWith(undefined), {
      settings: { AZURE_CLIENT_ID: identity.clientId },
    });
    expect([
      await claimsOf(credentials, ids.tenantA, 'auxiliary'),
      await claimsOf(credentials, ids.tenantB, 'primary'),
    ]).toMatchObject([
      { appid: ids.application.clientId, tid: ids.tenantA },
      { appid: ids.application.clientId, tid: ids.tenantB },
    ]);
  });

  test('asks for the audience of its cloud', async () => {
    const managedIdentityClientId = '00000000-0000-4000-8000-00000000000a';
    const credentials = credentialsOf(
      azure,
      landscapeWith({ type: 'federatedIdentity', managedIdentityClientId }),
      { cloud: { ...clouds.usgovernment, resourceManagerScope: scope } },
    );
    await credentials.obtain(ids.tenantB, 'primary', 'Testing');
    expect(endpoint.asked).toContain(`api://AzureADTokenExchangeUSGov ${managedIdentityClientId}`);
  });

  test('that the app does not have is told by its id, with what to do', async () => {
    const managedIdentityClientId = ids.notOnboarded.clientId;
    const credentials = credentialsOf(
      azure,
      landscapeWith({ type: 'federatedIdentity', managedIdentityClientId }),
    );
    expect(await errorOf(credentials)).toMatchObject({
      code: 'ManagedIdentityMissing',
      kind: 'operator',
      message: `Testing failed: the managed identity (${managedIdentityClientId}) yields no token.`,
      remedy: expect.stringContaining('az functionapp identity assign'),
    });
  });

  test('that is missing is told so to everybody who asks at the same time', async () => {
    const managedIdentityClientId = ids.notOnboarded.clientId;
    const credentials = credentialsOf(
      azure,
      landscapeWith({ type: 'federatedIdentity', managedIdentityClientId }),
    );
    const outcomes: ReturnType<typeof credentials.obtain>[] = [];
    for (let count = 0; count < 60; count++) {
      const use = count % 2 === 0 ? 'primary' : 'auxiliary';
      outcomes.push(credentials.obtain(ids.tenantB, use, 'Testing'));
      await new Promise(setImmediate);
    }
    const codes = (await Promise.all(outcomes)).map((one) => one.ok || one.error.code);
    expect(new Set(codes)).toEqual(new Set(['ManagedIdentityMissing']));
  });

  test.each([
    ['issuer', 700211, { issuer: 'https://login.microsoftonline.com/other/v2.0' }],
    ['audience', 700212, { audiences: ['api://other'] }],
    ['subject', 700213, { subject: '00000000-0000-4000-8000-00000000000b' }],
  ])(
    'that is trusted under another %s is told by that (AADSTS%i)',
    async (member, code, change) => {
      await distrustAll();
      await trustIdentity(change);
      const credentials = credentialsOf(azure, landscapeWith(undefined), {
        settings: { AZURE_CLIENT_ID: identity.clientId },
      });
      expect(await errorOf(credentials)).toMatchObject({
        code: 'CredentialInvalid',
        details: { azureCode: `AADSTS${code}` },
        remedy: expect.stringContaining(`The ${member} that the cause names`),
      });
      await distrustAll();
      await trustIdentity();
      expect(await claimsOf(credentials, ids.tenantB)).toMatchObject({ tid: ids.tenantB });
    },
  );
});

test('where there is no managed identity, that is told within the time limit of a request', async () => {
  const credentials = credentialsOf(azure, landscapeWith(undefined), {
    settings: { AZURE_CLIENT_ID: '00000000-0000-4000-8000-00000000000c' },
    requestTimeoutSeconds: 1,
  });
  expect(await errorOf(credentials)).toMatchObject({
    code: 'ManagedIdentityMissing',
    kind: 'operator',
    remedy: expect.stringContaining('another credential: certificate or clientSecret'),
  });
});

describe('a token', () => {
  afterEach(() => vi.useRealTimers());

  test('is kept for each tenant, and asked for again before it ends', async () => {
    const credentials = credentialsOf(azure, landscapeWith(secret), { settings });
    for (const tenant of [ids.tenantB, ids.tenantA, ids.tenantB, ids.tenantA]) {
      await claimsOf(credentials, tenant);
    }
    expect(await tokenRequests(azure)).toEqual([ids.tenantB, ids.tenantA]);
    const { exp = 0 } = await claimsOf(credentials, ids.tenantB);
    vi.useFakeTimers({ toFake: ['Date'], now: (exp - 4 * 60) * 1000 });
    const renewed = await claimsOf(credentials, ids.tenantB);
    expect(renewed.exp).toBeGreaterThan(exp);
    expect(await tokenRequests(azure)).toEqual([ids.tenantB, ids.tenantA, ids.tenantB]);
  });

  test('of each tenant may be had with another credential, all for one application', async () => {
    const { pem, base64 } = await makeCertificate('application');
    await registerCertificates(azure, base64);
    const file = join(mkdtempSync(join(tmpdir(), 'certificate-')), 'application.pem');
    writeFileSync(file, pem);
    const landscape = landscapeWith(secret, { managed: { type: 'certificate', file } });
    const credentials = credentialsOf(azure, landscape, { settings });
    const { clientId: appid } = ids.application;
    expect(await claimsOf(credentials, ids.tenantA, 'auxiliary')).toMatchObject({ appid });
    expect(await claimsOf(credentials, ids.tenantB)).toMatchObject({ appid, tid: ids.tenantB });
  });
});

describe('a client secret', () => {
  test('that is not set is told by the name of its setting', async () => {
    const error = await errorOf(credentialsOf(azure, landscapeWith(secret)));
    expect(error).toMatchObject({
      code: 'CredentialInvalid',
      cause: expect.stringContaining("'SECRET'"),
    });
    expect(await tokenRequests(azure)).toEqual([]);
  });

  test('that is wrong is told as such', async () => {
    const wrong = { settings: { SECRET: 'secret of the other' } };
    const error = await errorOf(credentialsOf(azure, landscapeWith(secret), wrong));
    expect(error).toMatchObject({
      code: 'CredentialInvalid',
      details: { azureCode: 'AADSTS7000215' },
      remedy: expect.stringContaining('not the id'),
    });
  });
});
