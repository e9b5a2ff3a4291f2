import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { createServer, type Server } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { clouds } from '../../src/azure/clouds.ts';
import type { CredentialOptions, TenantCredentials } from '../../src/azure/credentials.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import { serverCertificate } from '../../src/local/azure/tls/certificates.ts';
import type { VendingError } from '../../src/model/errors.ts';
import { makeCertificate } from '../local/azure/support/certificate.ts';
import { control, ids, startTestAzure } from '../local/azure/support/test-azure.ts';
import {
  credentialsOf,
  landscapeWith,
  registerCertificates,
  tokenRequests,
} from './credentials-of.ts';
import { type IdentityEndpoint, startIdentityEndpoint } from './managed-identity-endpoint.ts';

type TestCertificate = Awaited<ReturnType<typeof makeCertificate>>;

const file = join(mkdtempSync(join(tmpdir(), 'certificate-')), 'application.pem');
const minute = 60_000;

let azure: EmulatedAzure;
let first: TestCertificate;
let second: TestCertificate;
let now = 0;

beforeAll(async () => {
  azure = await startTestAzure();
  [first, second] = await Promise.all([makeCertificate('first'), makeCertificate('second')]);
});
afterAll(() => azure.close());
beforeEach(async () => {
  await registerCertificates(azure, first.base64);
  await control(azure, 'DELETE', '/requests');
});

const open = (
  credential: { file: string } | { keyVaultSecret: string },
  options: Partial<CredentialOptions> = {},
) =>
  credentialsOf(azure, landscapeWith({ type: 'certificate', ...credential }), {
    now: () => now,
    ...options,
  });

const signIn = (credentials: TenantCredentials, tenantId = ids.tenantB) =>
  credentials.obtain(tenantId, 'primary', 'Testing');

/** It tells nothing of the key. */
async function errorOf(credentials: TenantCredentials): Promise<VendingError> {
  const outcome = await signIn(credentials);
  if (outcome.ok) throw new Error('There is a token.');
  expect(JSON.stringify(outcome.error)).not.toMatch(/eyJ|PRIVATE KEY|MII/);
  return outcome.error;
}

describe('a certificate in a file', () => {
  test('that is replaced is noticed after five minutes, and makes a new token', async () => {
    writeFileSync(file, first.pem);
    const credentials = open({ file });
    expect(await signIn(credentials)).toMatchObject({ ok: true });
    writeFileSync(file, second.pem);
    await registerCertificates(azure, first.base64, second.base64);
    now += 4 * minute;
    await signIn(credentials);
    expect(await tokenRequests(azure, ids.tenantB)).toHaveLength(1);
    now += 2 * minute;
    await registerCertificates(azure, second.base64);
    expect(await signIn(credentials)).toMatchObject({ ok: true });
    expect(await tokenRequests(azure, ids.tenantB)).toHaveLength(2);
  });

  test('that Entra ID no longer knows is read again at once', async () => {
    writeFileSync(file, first.pem);
    const credentials = open({ file });
    await signIn(credentials, ids.tenantA);
    await registerCertificates(azure, second.base64);
    writeFileSync(file, second.pem);
    expect(await signIn(credentials)).toMatchObject({ ok: true });
  });

  test('that Entra ID does not know, and that nobody has replaced, is told so', async () => {
    writeFileSync(file, second.pem);
    expect(await errorOf(open({ file }))).toMatchObject({
      code: 'CredentialInvalid',
      details: { azureCode: 'AADSTS700027' },
      remedy: expect.stringContaining('Register the certificate'),
    });
  });

  test('that cannot be read for a while stays in use, until Entra ID refuses it', async () => {
    writeFileSync(file, first.pem);
    const credentials = open({ file });
    await signIn(credentials);
    rmSync(file);
    now += 10 * minute;
    expect(await signIn(credentials)).toMatchObject({ ok: true });
    await registerCertificates(azure, second.base64);
    const outcome = await signIn(credentials, ids.tenantA);
    expect(outcome).toMatchObject({
      error: {
        code: 'CredentialInvalid',
        details: { azureCode: 'AADSTS700027' },
        cause: expect.stringMatching(/Reading the certificate again failed: .*ENOENT/),
      },
    });
  });

  test.each<[string, () => string | undefined, RegExp]>([
    ['that is not there', () => undefined, /application\.pem'.*ENOENT/],
    ['without a certificate', () => first.pem.split('-----BEGIN CERT')[0], /no certificate/],
    [
      'without a key',
      () => first.pem.slice(first.pem.indexOf('-----BEGIN CERT')),
      /no private key/,
    ],
    [
      'with the key of another one',
      () =>
        first.pem.split('-----BEGIN CERT')[0] +
        second.pem.slice(second.pem.indexOf('-----BEGIN CERT')),
      /does not belong/,
    ],
  ])('%s is refused before anything is sent', async (_, content, cause) => {
    const pem = content();
    if (pem === undefined) rmSync(file, { force: true });
    else writeFileSync(file, pem);
    expect(await errorOf(open({ file }))).toMatchObject({
      code: 'CertificateUnusable',
      kind: 'operator',
      cause: expect.stringMatching(cause),
    });
    expect(await tokenRequests(azure, ids.tenantB)).toEqual([]);
  });
});

describe('a certificate in Key Vault', () => {
  const token = 'token of the managed identity';
  let identity: IdentityEndpoint;
  let vault: Server;
  let secret: { status: number; body: object };
  let asked: (string | undefined)[];
  let address: string;

  beforeAll(async () => {
    identity = await startIdentityEndpoint(async () => token);
    const { certificate, privateKey } = await serverCertificate(dirname(azure.caFile));
    vault = createServer({ cert: certificate, key: privateKey }, ({ url, headers }, response) => {
      asked.push(`${url} ${headers.authorization}`);
      response.writeHead(secret.status).end(JSON.stringify(secret.body));
    });
    await new Promise<void>((resolve) => vault.listen(0, '127.0.0.1', resolve));
    address = `https://127.0.0.1:${(vault.address() as AddressInfo).port}/secrets/vnet-vending`;
  });
  afterAll(async () => {
    await identity.close();
    vault.closeAllConnections();
    vault.close();
  });
  beforeEach(() => {
    asked = [];
    secret = { status: 200, body: { value: first.pem, contentType: 'application/x-pem-file' } };
  });

  /** The address of this machine stands for a vault of the cloud. */
  const inVault = () =>
    open({ keyVaultSecret: address }, { cloud: { ...clouds.public, keyVaultSuffix: '0.0.1' } });

  test('is read as the managed identity, once for all tenants, and again after a new version', async () => {
    const credentials = inVault();
    expect(await signIn(credentials)).toMatchObject({ ok: true });
    expect(await signIn(credentials, ids.tenantA)).toMatchObject({ ok: true });
    expect(asked).toEqual([`/secrets/vnet-vending?api-version=7.4 Bearer ${token}`]);
    expect(identity.asked).toEqual(['https://vault.azure.net null']);
    secret = { status: 200, body: { value: second.pem } };
    await registerCertificates(azure, second.base64);
    now += 6 * minute;
    expect(await signIn(credentials)).toMatchObject({ ok: true });
    expect(asked).toHaveLength(2);
  });

  test.each<[string, number, object, object]>([
    [
      'that the identity may not read',
      403,
      { error: { code: 'Forbidden', message: 'Caller is not authorized.' } },
      { code: 'CertificateUnusable', remedy: expect.stringContaining('Key Vault Secrets User') },
    ],
    [
      'that is not there',
      404,
      { error: { code: 'SecretNotFound', message: 'A secret was not found.' } },
      { code: 'CertificateUnusable', remedy: expect.stringContaining('Correct the address') },
    ],
    ['of a vault that is busy', 429, {}, { code: 'TokenUnavailable', kind: 'retryable' }],
    [
      'in PKCS #12',
      200,
      { value: 'MIIK', contentType: 'application/x-pkcs12' },
      { code: 'CertificateUnusable', remedy: expect.stringContaining('application/x-pem-file') },
    ],
  ])('%s is told with what to do', async (_, status, body, expected) => {
    secret = { status, body };
    const error = await errorOf(inVault());
    expect(error).toMatchObject(expected);
    expect(JSON.stringify(error)).not.toContain(token);
  });

  test('is read from vaults of the cloud alone: no other host gets the token', async () => {
    const elsewhere = open({ keyVaultSecret: address });
    expect(await errorOf(elsewhere)).toMatchObject({
      code: 'CertificateUnusable',
      cause: expect.stringContaining('no vault of vault.azure.net'),
    });
    expect(asked).toEqual([]);
  });
});
