import { type ChildProcess, spawn } from 'node:child_process';
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ServiceBusClient } from '@azure/service-bus';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { SystemClock } from '../../src/local/clock.ts';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import { type StartedAzure, startAzureOf } from '../../src/local/emulated-azure.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { parsePlatformOptions } from '../../src/local/options.ts';
import { readPeopleFile } from '../../src/local/people-file.ts';
import type { RealAzureReady } from '../../src/local/ready-file.ts';
import { type RealStartOptions, startOnRealAzure } from '../../src/local/real-azure.ts';
import { realStartMessage } from '../../src/local/start-message.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { until } from '../support/control.ts';
import { trust } from '../support/trust.ts';

const main = fileURLToPath(new URL('../../src/local/main.ts', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-real-'));
const at = (name: string) => join(folder, name);
const example = readLandscapeFile();
const { landscape } = example;
const secretSetting = 'APPLICATION_SECRET';

/** Stands for the real Azure: an emulated one that the platform only knows by its addresses. */
let azure: StartedAzure;
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
  const credential = { type: 'clientSecret', setting: secretSetting };
  const application = { ...landscape.application, credential };
  writeFileSync(at('landscape.json'), JSON.stringify({ ...landscape, application }));
  writeFileSync(at('people.json'), JSON.stringify(example.emulatedAzure.localPeople.slice(0, 2)));
});
afterAll(async () => {
  for (const child of children) child.kill('SIGKILL');
  await azure.close();
  rmSync(folder, { recursive: true, force: true });
});

const secret = () => azure.ready.applications[0]?.clientSecret ?? '';

function run(...flags: string[]) {
  const child = spawn(process.execPath, [main, '--port', '0', '--amqp-port', '0', ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: {
      ...process.env,
      NODE_EXTRA_CA_CERTS: azure.azure.caFile,
      [secretSetting]: secret(),
    },
  });
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

const realFlags = (data: string) => {
  const { authority, resourceManager } = azure.azure;
  return [
    ...['--authority', authority, '--resource-manager', resourceManager, '--data', at(data)],
    ...['--landscape', at('landscape.json'), '--people', at('people.json')],
  ];
};

async function startReal(data: string) {
  const readyFile = at(`${data}.ready.json`);
  rmSync(readyFile, { force: true });
  const started = run(...realFlags(data), '--ready-file', readyFile);
  await until(() => existsSync(readyFile), 'the ready file');
  const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as RealAzureReady;
  return { ...started, ready, readyText: readFileSync(readyFile, 'utf8') };
}

async function outcomeOf(ready: RealAzureReady, requestId: string): Promise<string> {
  const client = new ServiceBusClient(ready.serviceBus);
  const receiver = client.createReceiver(ready.topics.events, ready.subscriptions.events);
  let outcome: string | undefined;
  await until(async () => {
    for (const { body } of await receiver.receiveMessages(10, { maxWaitTimeInMs: 200 })) {
      if (body.subject === requestId && /allocation\.(succeeded|failed)/.test(body.type)) {
        outcome = body.type;
      }
    }
    return outcome !== undefined;
  }, `the end of ${requestId}`);
  await client.close();
  return outcome ?? '';
}

async function send(ready: RealAzureReady, body: unknown): Promise<void> {
  const client = new ServiceBusClient(ready.serviceBus);
  await client.createSender(ready.queues.requests).sendMessages({ body });
  await client.close();
}

describe('npm start before a real Azure', () => {
  it('allocates a VNet there, says loudly what it is, and leaves no secret anywhere', async () => {
    const { child, output, ended, ready, readyText } = await startReal('real');
    await until(() => output.text.includes('vnetv doctor'), 'the start message');
    expect(output.text).toMatch(
      /REAL AZURE[\s\S]*APPROVERS included:\n.*Ada Requester: Vnet\.Request\n/,
    );
    expect(ready.azure).toEqual({
      cloud: 'public',
      resourceManager: azure.azure.resourceManager,
      authority: azure.azure.authority,
    });
    await send(ready, allocateMessage(azure.ready, 'RITM-real', 'vnet-real'));
    expect(await outcomeOf(ready, 'RITM-real')).toMatch(/succeeded/);
    const state = await (await fetch(`${azure.azure.control}/state`)).text();
    expect(state).toContain('vnet-real');
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    for (const text of [output.text, readyText, ...filesIn(at('real'))]) {
      expect(text.includes(secret())).toBe(false);
    }
  });

  it('lets people in with their codes alone, and Service Bus with its key', async () => {
    const { child, output, ended, ready } = await startReal('real');
    const accessFile = at('real/access.json');
    const access = JSON.parse(readFileSync(accessFile, 'utf8')) as {
      serviceBus: string;
      people: { key: string; code: string }[];
    };
    expect(statSync(accessFile).mode & 0o077).toBe(0);
    const [ada, ben] = access.people;
    const signIn = async (code: string | undefined) =>
      await fetch(ready.signIn, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept: 'application/json' },
        body: JSON.stringify({ person: 'ada', ...(code === undefined ? {} : { code }) }),
      });
    for (const wrong of [undefined, '', ben?.code]) expect((await signIn(wrong)).status).toBe(401);
    const { token } = (await (await signIn(ada?.code.toLowerCase())).json()) as { token: string };
    const headers = { authorization: `Bearer ${token}` };
    expect(await (await fetch(`${ready.api}/api/me`, { headers })).json()).toMatchObject({
      name: 'Ada Requester',
      roles: ['Vnet.Request'],
    });
    const page = await (await fetch(ready.signIn, { headers: { accept: 'text/html' } })).text();
    expect(page).toMatch(/works on the real Azure[\s\S]*type="password"/);
    expect(access.serviceBus).toBe(ready.serviceBus);
    const stranger = new ServiceBusClient(
      ready.serviceBus.replace(/SharedAccessKey=[^;]+/, 'SharedAccessKey=local'),
      { retryOptions: { maxRetries: 0 } },
    );
    await expect(
      stranger.createSender(ready.queues.requests).sendMessages({ body: {} }),
    ).rejects.toThrow(/not signed with the key/);
    await stranger.close();
    child.kill('SIGTERM');
    expect(await ended).toBe(0);
    const key = /SharedAccessKey=([^;]+)/.exec(ready.serviceBus)?.[1] ?? '';
    for (const hidden of [key, ada?.code ?? '']) expect(output.text).not.toContain(hidden);
  });

  it('keeps the records of the two apart', async () => {
    const emulated = run('--azure-port', '0', '--data', at('real'));
    expect(await emulated.ended).toBe(1);
    expect(emulated.output.text).toMatch(
      /belongs to management tenant .* and this is the emulated/,
    );
    const folderOfBefore = mkdtempSync(join(folder, 'before-'));
    writeFileSync(join(folderOfBefore, 'azure.db'), '');
    await expect(startOnRealAzure(options({ dataDirectory: folderOfBefore }))).rejects.toThrow(
      /belongs to the emulated Azure, and this is management tenant .* choose another folder with --data/,
    );
  });
});

const filesIn = (directory: string): readonly string[] =>
  readdirSync(directory, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => readFileSync(join(entry.parentPath, entry.name), 'latin1'));

const options = (change: Partial<RealStartOptions> = {}): RealStartOptions => ({
  azure: { cloud: 'public', resourceManager: 'https://a.example', authority: 'https://b.example' },
  landscape,
  people: [],
  dataDirectory: mkdtempSync(join(folder, 'data-')),
  ports: { api: 0, amqp: 0 },
  environment: { VNETV_CLIENT_SECRET: 'secret' },
  ...change,
});

describe('it does not start', () => {
  const landscapeFlag = ['--landscape', 'l.json'];
  it.each<[string, readonly string[], RegExp]>([
    ['with the built-in example', ['--cloud', 'azure'], /tenants that there are not/],
    ['with half of its own endpoints', ['--authority', 'https://x', ...landscapeFlag], /two/],
    [
      'in the clear',
      ['--authority', 'https://x', '--resource-manager', 'http://x', ...landscapeFlag],
      /--resource-manager is an address such as https/,
    ],
    [
      'at a speed',
      ['--cloud', 'public', '--speed', '2', ...landscapeFlag],
      /--speed is about the em/,
    ],
    [
      'with a port of the emulated Azure',
      ['--cloud', 'china', '--azure-port', '0', ...landscapeFlag],
      /--azure-port is about the emulated/,
    ],
    ['with people who would have no Azure', ['--people', 'p.json'], /--people is about the real/],
  ])('%s', (_, flags, words) => {
    expect(() => parsePlatformOptions(flags)).toThrow(words);
  });

  it('unless the secret that the landscape names is in the environment', async () => {
    await expect(startOnRealAzure(options({ environment: {} }))).rejects.toThrow(
      /environment variable VNETV_CLIENT_SECRET .* not set/,
    );
  });

  it.each<[string, object, RegExp]>([
    [
      'with a certificate that is not there',
      { type: 'certificate', file: '/nowhere/application.pem' },
      /'\/nowhere\/application\.pem'.*cannot be read/,
    ],
    [
      'with a managed identity on a machine that has none',
      {
        type: 'federatedIdentity',
        managedIdentityClientId: '00000000-0000-4000-8000-0000000000e1',
      },
      /this machine has none .*certificate or a clientSecret .*the application acts, not you/,
    ],
  ])('%s', async (_, credential, words) => {
    const changed = landscapeSchema.parse({
      ...landscape,
      application: { ...landscape.application, credential },
    });
    await expect(startOnRealAzure(options({ landscape: changed }))).rejects.toThrow(words);
  });

  it('with people of tenants that the landscape does not know', () => {
    const [first] = example.emulatedAzure.localPeople;
    const tenantId = 'eeeeeeee-0000-4000-8000-00000000000e';
    writeFileSync(at('strangers.json'), JSON.stringify([{ ...first, tenantId }]));
    expect(() => readPeopleFile(at('strangers.json'), landscape)).toThrow(
      /The file of people .*strangers.json' is wrong.*\n.*has no tenant eeeeeeee/,
    );
  });
});

it('the names of the clouds are those of Azure, and azure for the public one', () => {
  const cloudOf = (name: string) =>
    parsePlatformOptions(['--cloud', name, '--landscape', 'l.json']).cloud;
  expect(['azure', 'public', 'usgovernment', 'china'].map(cloudOf)).toEqual([
    'public',
    'public',
    'usgovernment',
    'china',
  ]);
});

it('without people it says that nobody can sign in', () => {
  const ready = {
    api: 'http://127.0.0.1:7071',
    serviceBus: 'Endpoint=sb://127.0.0.1:5672;',
    azure: { cloud: 'china', resourceManager: 'https://a', authority: 'https://b' },
    landscape: { managementTenantId: 'm', managedTenants: [{ alias: 'fabrikam' }] },
    people: [],
  } as unknown as RealAzureReady;
  expect(realStartMessage({ ready, accessFile: 'access.json' }, '.local-real')).toMatch(
    /china: https:\/\/a, Entra ID https:\/\/b\n.*m \(management\); fabrikam\n[\s\S]*Nobody can sign in/,
  );
});
