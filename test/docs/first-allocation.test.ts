import { type ChildProcess, spawn } from 'node:child_process';
import { chmodSync, existsSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { entry } from '../cli/support/start-vnetv.ts';
import { FreshAzure } from '../setup/fresh-azure.ts';
import { until } from '../support/control.ts';
import { walkPage } from './console-page.ts';

const project = (path: string): string => fileURLToPath(new URL(`../../${path}`, import.meta.url));
const page = new URL('../../docs/first-allocation.md', import.meta.url);

/** Two tenants in which subscriptions exist, and in one of them a resource group for the VNet. */
let fresh: FreshAzure;
let before: Record<string, unknown>;
let platform: ChildProcess | undefined;
let said = '';
const at = (name: string): string => join(fresh.folder, name);

beforeAll(async () => {
  fresh = await FreshAzure.start();
  before = await fresh.state();
  // The one difference to a reader: who signs in, and where Azure is.
  writeFileSync(
    at('vnetv'),
    `#!/bin/sh
[ -e ready.json ] && export VNETV_API="$(node -p 'JSON.parse(fs.readFileSync("ready.json")).api')"
[ "$1" = setup ] && shift && set -- setup --accounts accounts.json "$@"
exec "${process.execPath}" "${entry}" "$@"
`,
  );
  chmodSync(at('vnetv'), 0o755);
  writeFileSync(at('shell-state'), '');
  symlinkSync(project('node_modules'), at('node_modules'));
});
afterAll(async () => {
  platform?.kill('SIGKILL');
  rmSync(at('node_modules'), { force: true });
  await fresh?.close();
});

const environment = () => ({
  PATH: `${fresh.folder}:${project('node_modules/.bin')}:${process.env['PATH']}`,
  HOME: fresh.folder,
  TZ: 'UTC',
  COLUMNS: '100',
  LANG: 'C.UTF-8',
  NODE_EXTRA_CA_CERTS: fresh.azure.caFile,
});

async function run(command: string): Promise<string> {
  if (command.startsWith('npm start -- ')) return await start(command);
  // What the Azure CLI would do with the emulated Azure, test/azure-cli shows with the real one.
  const secret = command.includes('az ad app credential reset') ? await fresh.newSecret() : '';
  const played = command.replace(/\$\(az ad app credential reset[^)]*\)/, secret);
  return await bash(`set -a; . ./shell-state; exec 2>&1\n${played}\nexport -p > shell-state`);
}

function bash(script: string): Promise<string> {
  const child = spawn('bash', ['-c', script], { cwd: fresh.folder, env: environment() });
  let output = '';
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    output += chunk;
  });
  return new Promise((resolve) => child.on('close', () => resolve(output)));
}

/** Leaves it running, as a terminal of its own does. */
async function start(command: string): Promise<string> {
  const { authority, resourceManager } = fresh.azure;
  const flags = command.slice('npm start -- '.length);
  const script = `set -a; . ./shell-state
exec "${process.execPath}" "${project('src/local/main.ts')}" ${flags} --ready-file ready.json --port 0 --amqp-port 0 \\
  --authority ${authority} --resource-manager ${resourceManager}`;
  platform = spawn('bash', ['-c', script], { cwd: fresh.folder, env: environment() });
  for (const stream of [platform.stdout, platform.stderr]) {
    stream?.setEncoding('utf8').on('data', (chunk: string) => {
      said += chunk;
    });
  }
  await until(() => {
    if (platform?.exitCode !== null) throw new Error(`It stopped: ${said}`);
    return existsSync(at('ready.json')) && said.includes('vnetv doctor');
  }, 'the platform to start');
  const { api } = JSON.parse(readFileSync(at('ready.json'), 'utf8'));
  return said
    .replaceAll(api, 'http://127.0.0.1:7071')
    .replace(/sb:\/\/127\.0\.0\.1:\d+/, 'sb://127.0.0.1:5672')
    .replace(resourceManager, 'https://management.azure.com')
    .replace(authority, 'https://login.microsoftonline.com');
}

/** What differs from run to run: times, and what Azure makes up. */
const normalized = (output: string): string =>
  output
    .replaceAll(/\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z/g, '<time>')
    // Cut off where the window ends.
    .replaceAll(/\b[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f-]*…?/g, '<id>')
    .replaceAll(/^.*waiting: (Azure is|Waiting until|Azure accepted).*\n/gm, '');

describe('the page from two tenants to the first allocation', () => {
  it('does what it says, command for command, and leaves nothing behind', async () => {
    await walkPage(page, { folder: fresh.folder, run, normalized });

    const stopped = new Promise((resolve) => platform?.once('exit', resolve));
    platform?.kill('SIGTERM');
    await stopped;
    expect(await fresh.state()).toEqual(before);
  }, 120_000);
});
