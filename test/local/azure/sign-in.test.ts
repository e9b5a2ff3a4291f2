import { ClientSecretCredential } from '@azure/identity';
import { afterAll, beforeAll, expect, test } from 'vitest';
import type { EmulatedAzure } from '../../../src/local/azure/server.ts';
import { arm, ids, scopes, startTestAzure } from './support/test-azure.ts';

let azure: EmulatedAzure;
beforeAll(async () => {
  azure = await startTestAzure();
});
afterAll(() => azure.close());

test('the unmodified client secret credential signs in, and its token reads a resource group', async () => {
  const credential = new ClientSecretCredential(
    ids.tenantB,
    ids.application.clientId,
    ids.application.clientSecret,
    { authorityHost: azure.authority, disableInstanceDiscovery: true },
  );
  const { token } = await credential.getToken('https://management.azure.com/.default');
  const answer = await arm(azure, 'GET', scopes.groupB, { token });
  expect(answer).toMatchObject({
    status: 200,
    body: { id: scopes.groupB, name: 'rg-app', location: 'eastus' },
  });
});
