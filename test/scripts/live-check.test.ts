import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, beforeEach, expect, it } from 'vitest';
import { SystemClock } from '../../src/local/clock.ts';
import { type StartedAzure, startAzureOf } from '../../src/local/emulated-azure.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { Control, until } from '../support/control.ts';
import { trust } from '../support/trust.ts';

const script = fileURLToPath(new URL('../../scripts/live-check.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-live-check-'));
const at = (name: string) => join(folder, name);
const example = readLandscapeFile();

interface Report {
  readonly observations: readonly {
    readonly name: string;
    readonly observed: boolean;
    readonly facts: Readonly<Record<string, unknown>>;
  }[];
  readonly cleanUp: { readonly deleted: number; readonly leftovers: readonly string[] };
  readonly stoppedBy?: string;
}

/** Stands for the real Azure. */
let azure: StartedAzure;
let control: Control;
const children: ChildProcess[] = [];

beforeAll(async () => {
  azure = await startAzureOf({
    landscapeFile: example,
    dataDirectory: at('azure'),
    port: 0,
    speed: 1000,
    clock: new SystemClock(),
    log: () => undefined,
  });
  trust(azure.azure.caFile);
  control = new Control(azure.azure.control);
  writeFileSync(at('landscape.json'), JSON.stringify(example.landscape));
});
beforeEach(() => rmSync(at('report.json'), { force: true }));
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await azure.close();
  rmSync(folder, { recursive: true, force: true });
});

function start(...flags: string[]) {
  const { authority, resourceManager } = azure.azure;
  const child = spawn(
    process.execPath,
    [
      ...[script, '--authority', authority, '--resource-manager', resourceManager],
      ...['--landscape', at('landscape.json'), '--tenant', 'fabrikam', '--pool', 'corp-centralus'],
      ...['--resource-group', 'rg-payments', '--report', at('report.json')],
      ...['--poll-seconds', '0.05', '--patience-seconds', '3', ...flags],
    ],
    {
      env: {
        ...process.env,
        NODE_EXTRA_CA_CERTS: azure.azure.caFile,
        VNETV_CLIENT_SECRET: azure.ready.applications[0]?.clientSecret,
      },
    },
  );
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.text += chunk.toString();
    });
  }
  const ended = new Promise<number | null>((resolve) => child.on('close', resolve));
  return { child, output, ended };
}

it('only says what it would do, unless told to do it', async () => {
  const { output, ended } = start();
  expect(await ended).toBe(2);
  expect(output.text).toMatch(
    /works in earnest[\s\S]*rg-payments[\s\S]*Nothing was done\. Add --yes/,
  );
  expect(existsSync(at('report.json'))).toBe(false);
});

it('goes nowhere that the landscape does not offer', async () => {
  const [first] = example.landscape.managedTenants;
  const subscriptions = [{ ...first?.subscriptions[0], resourceGroups: ['rg-web'] }];
  const managedTenants = [{ ...first, subscriptions }];
  writeFileSync(at('narrow.json'), JSON.stringify({ ...example.landscape, managedTenants }));
  const { output, ended } = start('--landscape', at('narrow.json'), '--yes');
  expect(await ended).toBe(1);
  expect(output.text).toContain(
    "does not offer the resource group 'rg-payments' of fabrikam; it offers rg-web.",
  );
});

it('makes no further VNet when the workflow does not succeed, and shows a report that cannot be written', async () => {
  await control.addFault({
    match: { method: 'PUT', path: '/virtualNetworks/' },
    effect: { status: 403, code: 'AuthorizationFailed' },
  });
  await control.clearRequests();
  const { output, ended } = start('--report', folder, '--yes');
  expect(await ended).toBe(1);
  await control.clearFaults();
  expect(output.text).toMatch(/workflow-allocate ended \S+; no VNet is made beside it/);
  expect(output.text).toMatch(/The report cannot be written[\s\S]*"observations"/);
  const puts = (await control.requests()).filter(
    ({ method, path }) => method === 'PUT' && path.includes('/virtualNetworks/'),
  );
  expect(new Set(puts.map(({ path }) => path)).size).toBe(1);
});

it('sees what there is to see, cleans up, and tells no ids', async () => {
  const { output, ended } = start('--yes');
  expect([await ended, output.text]).toEqual([0, expect.stringContaining('The report is in')]);
  const text = readFileSync(at('report.json'), 'utf8');
  const { observations, cleanUp } = JSON.parse(text) as Report;
  const facts = Object.fromEntries(observations.map((one) => [one.name, one.facts]));
  expect(observations.filter((one) => !one.observed).map((one) => one.name)).toEqual([
    'role-propagation',
  ]);
  expect(facts).toMatchObject({
    'workflow-allocate': { state: 'succeeded' },
    'workflow-remove': { state: 'succeeded' },
    allocation: { prefixAfterMs: expect.any(Number), poolListsAfterMs: expect.any(Number) },
    'if-match': { honoured: true, status: '412' },
    'deletion-without-auxiliary-token': { freed: true },
    release: { poolLetsGoAfterMs: expect.any(Number) },
    'pool-exhausted': { status: '400', azureCode: 'IpamOperationRefused' },
    'unknown-pool': { at: 'PUT' },
    reading: { usage: 'allowed', pool: 'allowed' },
  });
  expect(cleanUp).toEqual({ deleted: 0, leftovers: [] });
  for (const { tenantId } of [
    example.landscape.managementTenant,
    ...example.landscape.managedTenants,
  ]) {
    expect(text).not.toContain(tenantId);
  }
  expect(JSON.stringify(await control.state())).not.toContain('live-check');
});

it('tells that a deletion without auxiliary token frees nothing, and gets the space back', async () => {
  await control.change({ switches: { deleteWithoutAuxiliaryFreesAllocation: false } });
  const { ended } = start('--yes');
  const code = await ended;
  await control.change({ switches: { deleteWithoutAuxiliaryFreesAllocation: true } });
  const { observations, cleanUp } = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Report;
  const deletion = observations.find((one) => one.name === 'deletion-without-auxiliary-token');
  expect(deletion?.facts).toMatchObject({ status: 202, freed: false, poolLetsGoAfterMs: null });
  expect([code, cleanUp.leftovers]).toEqual([0, []]);
  expect(JSON.stringify(await control.state())).not.toContain('live-check');
});

it('stopped half-way, it cleans up before it ends', async () => {
  await control.clearRequests();
  const { child, output, ended } = start('--yes', '--poll-seconds', '0.3');
  await until(
    async () => (await control.requests()).some(({ path }) => path.endsWith('-probe')),
    'the first probe',
  );
  child.kill('SIGINT');
  expect(await ended).toBe(1);
  expect(output.text).toContain('Stopping; cleaning up first.');
  const { cleanUp, stoppedBy } = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Report;
  expect(cleanUp.leftovers).toEqual([]);
  expect(stoppedBy).toBe('The check was stopped.');
  expect(JSON.stringify(await control.state())).not.toContain('live-check');
});

it('what it cannot take away it names, for somebody to do it by hand', async () => {
  await control.addFault({
    match: { method: 'DELETE', path: '-probe$' },
    effect: { status: 403, code: 'AuthorizationFailed' },
  });
  const { output, ended } = start('--yes');
  expect(await ended).toBe(1);
  await control.clearFaults();
  const [, leftBehind] =
    /LEFT BEHIND {2}(\S+)-probe: .*AuthorizationFailed/.exec(output.text) ?? [];
  expect(leftBehind).toMatch(/^\/subscriptions\/.*\/virtualNetworks\/vnet-live-check-/);
  const { observations, cleanUp } = JSON.parse(readFileSync(at('report.json'), 'utf8')) as Report;
  expect(cleanUp.leftovers).toHaveLength(1);
  const deletion = observations.find((one) => one.name === 'deletion-without-auxiliary-token');
  expect(deletion?.facts).toEqual({ status: 403, accepted: false });
});
