import { afterAll, beforeAll, expect, test } from 'vitest';
import { credentialOf, type SignInChoice, signInRemedy } from '../../src/setup/credentials.ts';
import { FreshAzure, ids } from './fresh-azure.ts';

let fresh: FreshAzure;
beforeAll(async () => {
  fresh = await FreshAzure.start();
});
afterAll(() => fresh.close());

const choice = (change: Partial<SignInChoice>): SignInChoice => ({
  way: 'chain',
  authority: fresh.azure.authority,
  disableInstanceDiscovery: true,
  env: {},
  tell: () => {},
  ...change,
});
const tenantOfToken = (token: string) =>
  JSON.parse(Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8')).tid;
const tenantB = { tenantId: ids.tenantB, name: 'tenant fabrikam' };

test('a service principal of the environment speaks in the tenant that is asked for, not in AZURE_TENANT_ID', async () => {
  const { clientId, clientSecret } = ids.administratorB;
  const env = {
    AZURE_TENANT_ID: ids.tenantA,
    AZURE_CLIENT_ID: clientId,
    AZURE_CLIENT_SECRET: clientSecret,
  };
  const credential = await credentialOf(choice({ env }), tenantB);
  const token = await credential.getToken('https://management.azure.com/.default');
  expect(tenantOfToken(token?.token ?? '')).toBe(ids.tenantB);
});

test('an account is found whatever the case of its tenant id', async () => {
  const { clientId, clientSecret } = ids.administratorB;
  const administrators = [{ tenantId: ids.tenantB.toUpperCase(), clientId, clientSecret }];
  const credential = await credentialOf(choice({ accounts: { administrators } }), tenantB);
  expect((await credential.getToken('https://management.azure.com/.default'))?.token).toBeTruthy();
});

test('what to do about a missing sign-in depends on the way of signing in', () => {
  expect(signInRemedy(choice({}), tenantB)).toContain(`az login --tenant ${ids.tenantB}`);
  const env = { AZURE_CLIENT_ID: 'x', AZURE_CLIENT_SECRET: 'y' };
  expect(signInRemedy(choice({ env }), tenantB)).toContain('AZURE_CLIENT_ID');
  expect(signInRemedy(choice({ accounts: { administrators: [] } }), tenantB)).toContain(
    '--accounts',
  );
  expect(signInRemedy(choice({ way: 'device-code' }), tenantB)).toContain(
    'Sign in with an account',
  );
});
