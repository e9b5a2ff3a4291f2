import { mkdirSync, readdirSync } from 'node:fs';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { run } from '../cli/support/run-cli.ts';
import { FreshAzure, ids, landscapeOf, noClientId } from './fresh-azure.ts';
import { outcomes, settled } from './looks.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

const stepOf = ({ result }: { result: { steps: { id: string }[] } }, id: string) =>
  result.steps.find((step) => step.id === id);

const register = (body: object) => fresh.graph(ids.tenantA, 'POST', '/applications', body);

describe('an application that somebody else registered', () => {
  const forged = {
    displayName: 'vnet-vending',
    signInAudience: 'AzureADMultipleOrgs',
    tags: ['vnet-vending-setup:made'],
  };

  test('by the name of the one to create, with its tags, is given nothing', async () => {
    const { body } = await register(forged);
    for (const argv of [['--dry-run'], []]) {
      const finished = await fresh.setup(argv);
      expect(finished.code).toBe(6);
      expect(stepOf(finished, 'application')).toMatchObject({
        outcome: 'failed',
        error: {
          code: 'Conflict',
          why: expect.stringContaining(body.appId),
          remedy: expect.stringContaining('--application-name'),
        },
      });
    }
    expect(fresh.clientId).toBe(noClientId);
    expect((await fresh.state())['roleAssignments']).toHaveLength(3);
    expect((await fresh.setup(['--application-name', 'mine'])).code).toBe(0);
    expect(fresh.clientId).not.toBe(body.appId);
  });

  test('is not taken away by a landscape that has none', async () => {
    await fresh.setup();
    fresh.writeLandscape();
    const before = await settled(fresh);
    await fresh.setup(['--undo']);
    expect(await settled(fresh)).toEqual(before);
  });

  test('with the id of an attempt copied is a conflict', async () => {
    await fresh.fault(
      { method: 'POST', path: '/applications$', times: 1 },
      { applyThenDrop: true },
    );
    await fresh.setup();
    const { applications } = (await fresh.state()) as { applications: { displayName: string }[] };
    const lost = applications.find(({ displayName }) => displayName === 'vnet-vending');
    const { tags } = (
      await fresh.graph(
        ids.tenantA,
        'GET',
        `/applications?$filter=${encodeURIComponent("displayName eq 'vnet-vending'")}`,
      )
    ).body.value[0];
    expect(lost).toBeDefined();
    await register({ displayName: 'other', tags });
    const finished = await fresh.setup();
    expect(stepOf(finished, 'application')).toMatchObject({ error: { code: 'Conflict' } });
    expect(fresh.clientId).toBe(noClientId);
  });
});

test('no attempt is left beside the landscape', async () => {
  await fresh.setup();
  expect(readdirSync(fresh.folder).sort()).toEqual(['accounts.json', 'landscape.json']);
});

test('directories that show late what was made are waited for, and are never asked to give roles to nobody', async () => {
  const late = { body: '{"value":[]}' };
  await fresh.fault({ method: 'GET', path: '/applications$', times: 6 }, late);
  await fresh.fault({ method: 'GET', path: '/servicePrincipals$', times: 5 }, late);
  const unknown = { status: 404, code: 'Request_ResourceNotFound', message: 'not there' };
  await fresh.fault({ method: 'POST', path: '/federatedIdentityCredentials$', times: 2 }, unknown);
  const finished = await fresh.setup([
    ...['--managed-identity', 'eeeeeeee-0000-4000-8000-000000000001'],
  ]);
  expect([finished.code, outcomes(finished).get('federated credential')]).toEqual([0, 'made']);
});

test('a replica that does not show what was shown before does not lead to a role of nobody', async () => {
  await fresh.setup(['--tenant', 'fabrikam']);
  await fresh.setup(['--undo', '--tenant', 'fabrikam']);
  await fresh.fault(
    { method: 'GET', path: '/servicePrincipals$', nth: 3, times: 100 },
    { body: '{"value":[]}' },
  );
  expect((await fresh.setup()).code).toBe(0);
});

test('a landscape that cannot be written is told before an application is made', async () => {
  mkdirSync(`${fresh.landscapeFile}.tmp`);
  const finished = await fresh.setup();
  expect(stepOf(finished, 'application')).toMatchObject({
    error: { code: 'InputMissing', message: 'The landscape cannot be written.' },
  });
  expect((await fresh.writes()).filter((write) => write.includes('/applications'))).toEqual([]);
});

test('a trust for another audience is a conflict: nobody could sign in with it', async () => {
  const subject = 'eeeeeeee-0000-4000-8000-000000000001';
  const { body } = await register({ displayName: 'by hand' });
  await fresh.graph(ids.tenantA, 'POST', `/applications/${body.id}/federatedIdentityCredentials`, {
    name: 'by-hand',
    issuer: `${fresh.azure.authority}/${ids.tenantA}/v2.0`,
    subject,
    audiences: ['api://SomethingElse'],
  });
  fresh.writeLandscape({
    application: { ...(landscapeOf()['application'] as object), clientId: body.appId },
  });
  const finished = await fresh.setup(['--managed-identity', subject]);
  expect(stepOf(finished, 'federated credential')).toMatchObject({
    error: { code: 'Conflict', why: expect.stringContaining('api://SomethingElse') },
  });
});

describe('a list', () => {
  const lists = '/networkManagerConnections$';
  const resultOf = async (nextLink: string) => {
    await fresh.setup();
    await fresh.fault(
      { method: 'GET', path: lists },
      { body: JSON.stringify({ value: [], nextLink }) },
    );
    return stepOf(
      await fresh.setup(['--dry-run']),
      `connection ${ids.subscriptionB}, managed side`,
    );
  };

  test.each(['https://management.azure.com.evil.example/next', 'http://127.0.0.1:1/next'])(
    'that goes on at %s is not followed, nor taken for the whole',
    async (link) => {
      expect(await resultOf(link)).toMatchObject({ outcome: 'failed' });
    },
  );

  test('that has no end is given up', async () => {
    const link = `${fresh.azure.resourceManager}/subscriptions/${ids.subscriptionB}/providers/Microsoft.Network/networkManagerConnections?api-version=2025-05-01`;
    expect(await resultOf(link)).toMatchObject({
      outcome: 'failed',
      error: { message: expect.stringContaining('does not end') },
    });
  });
});

test('an undo that nobody can be asked about wants --yes', async () => {
  await fresh.setup();
  const argv = ['setup', '-l', fresh.landscapeFile, '--accounts', fresh.accountsFile, '--undo'];
  for (const more of [[], ['--json']]) {
    const refused = await run([...argv, ...more]);
    expect([refused.code, refused.stderr]).toEqual([2, expect.stringContaining('--yes')]);
  }
  expect((await run([...argv, '--dry-run'])).code).toBe(0);
});
