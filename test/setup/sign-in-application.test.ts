import { afterEach, beforeEach, expect, test } from 'vitest';
import { appRoles } from '../../src/model/api/callers.ts';
import { FreshAzure, ids } from './fresh-azure.ts';
import { outcomes, settled } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

const name = 'VNet vending';
const redirectUri = 'https://vnets.example/.auth/login/aad/callback';
const identity = 'eeeeeeee-0000-4000-8000-000000000001';
const named = ['--sign-in-application', name];

async function registration() {
  const filter = encodeURIComponent(`displayName eq '${name}'`);
  const { body } = await fresh.graph(ids.tenantA, 'GET', `/applications?$filter=${filter}`);
  expect(body.value).toHaveLength(1);
  return body.value[0];
}

test('what people sign in to is made with its app roles, then learns where they come back to and whom it trusts', async () => {
  const before = await settled(fresh);
  expect((await fresh.setup(named)).code).toBe(0);
  const made = await registration();
  expect(made).toMatchObject({
    signInAudience: 'AzureADMyOrg',
    identifierUris: [`api://${made.appId}`],
    api: { requestedAccessTokenVersion: 2 },
  });
  expect(made.web.implicitGrantSettings).toEqual({ enableIdTokenIssuance: true });
  // Azure CLI, and what azure-identity signs people in with.
  expect(made.api.preAuthorizedApplications).toEqual([
    {
      appId: '04b07795-8ddb-461a-bbee-02f9e1bf7b46',
      delegatedPermissionIds: [made.api.oauth2PermissionScopes[0].id],
    },
  ]);
  expect(made.appRoles.map(({ value }: { value: string }) => value)).toEqual([...appRoles]);

  const later = [...named, '--redirect-uri', redirectUri, '--managed-identity', identity];
  const second = await fresh.setup(later);
  expect(second.code).toBe(0);
  const changed = [...outcomes(second)].filter(([, outcome]) => /^(made|changed)/.test(outcome));
  expect(changed).toEqual([
    ['federated credential', 'made'],
    ['API application', 'changed'],
    ['API federated credential', 'made'],
  ]);
  expect(await registration()).toMatchObject({
    web: {
      redirectUris: [redirectUri],
      implicitGrantSettings: { enableIdTokenIssuance: true },
    },
    api: made.api,
  });
  await fresh.writes();
  expect([(await fresh.setup(later)).code, await fresh.writes()]).toEqual([0, []]);

  expect((await fresh.setup(['--undo'])).code).toBe(0);
  expect(await settled(fresh)).toEqual(before);
});

test('one that others made is used if it has the app roles, keeps what it had, and is not undone', async () => {
  const body = { displayName: name, web: { redirectUris: ['https://old.example'] } };
  const created = await fresh.graph(ids.tenantA, 'POST', '/applications', body);
  const chosen = ['--sign-in-application', created.body.appId];
  const lacking = await fresh.setup(chosen);
  expect(
    lacking.result.steps.find((step: { id: string }) => step.id === 'API application'),
  ).toMatchObject({
    outcome: 'failed',
    error: { code: 'Conflict', why: expect.stringContaining('lacks Vnet.Request, Vnet.Approve') },
  });
  await fresh.graph(ids.tenantA, 'PATCH', `/applications/${created.body.id}`, {
    appRoles: appRoles.map((value) => ({ id: value, value })),
  });
  expect((await fresh.setup([...chosen, '--redirect-uri', redirectUri])).code).toBe(0);
  expect((await registration()).web.redirectUris).toEqual(['https://old.example', redirectUri]);
  expect((await fresh.setup(['--undo'])).code).toBe(0);
  expect((await registration()).appId).toBe(created.body.appId);
});

test('one is never taken by its name or its tags, which anybody can give it', async () => {
  await fresh.setup();
  const { body } = await fresh.graph(
    ids.tenantA,
    'GET',
    `/applications?$filter=${encodeURIComponent(`appId eq '${fresh.clientId}'`)}`,
  );
  const forged = await fresh.graph(ids.tenantA, 'POST', '/applications', {
    displayName: name,
    tags: [...body.value[0].tags, `vnet-vending-setup:sign-in:${fresh.clientId}`],
    appRoles: appRoles.map((value) => ({ id: value, value })),
  });
  const { code, result } = await fresh.setup([...named, '--managed-identity', identity]);
  const step = result.steps.find(({ id }: { id: string }) => id === 'API application');
  expect([code, step.error]).toMatchObject([
    6,
    { code: 'Conflict', why: expect.stringContaining(forged.body.appId) },
  ]);
  expect(outcomes({ result }).get('API federated credential')).toBe('not-reached');
  await fresh.setup(['--undo']);
  expect((await registration()).appId).toBe(forged.body.appId);
});

test('one whose making was interrupted is gone on with', async () => {
  await fresh.setup();
  await fresh.fault({ method: 'POST', path: '/applications$', times: 1 }, { applyThenDrop: true });
  expect((await fresh.setup(named)).code).toBe(6);
  expect((await fresh.setup(named)).code).toBe(0);
  expect(await registration()).toMatchObject({ signInAudience: 'AzureADMyOrg' });
});

test('an address to come back to that is none, or of nothing, is refused', async () => {
  for (const argv of [
    [...named, '--redirect-uri', 'http://vnets.example'],
    ['--redirect-uri', redirectUri],
  ]) {
    const { code, stderr } = await fresh.setup(argv);
    expect([code, stderr]).toEqual([2, expect.stringContaining('cannot be used')]);
  }
});
