import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ClientSecretCredential } from '@azure/identity';
import { ServiceBusClient } from '@azure/service-bus';
import { decodeJwt } from 'jose';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import type { AzureReady, PlatformReady } from '../../src/local/ready-file.ts';
import { until } from '../support/control.ts';
import { trust } from '../support/trust.ts';

const entry = (name: string) => fileURLToPath(new URL(`../../src/local/${name}`, import.meta.url));

interface Started {
  readonly process: ChildProcess;
  readonly output: { text: string };
}

let folder: string;
const children: ChildProcess[] = [];

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'vnet-vending-contract-'));
});
afterEach(() => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  rmSync(folder, { recursive: true, force: true });
});

function run(file: string, ...flags: string[]): Started {
  const child = spawn(process.execPath, [entry(file), ...flags], {
    stdio: ['ignore', 'pipe', 'pipe'],
  });
  children.push(child);
  const output = { text: '' };
  for (const stream of [child.stdout, child.stderr]) {
    stream.on('data', (chunk: Buffer) => {
      output.text += chunk.toString();
    });
  }
  return { process: child, output };
}

async function startPlatform(
  readyFile: string,
  { hasStaleFile = false } = {},
): Promise<Started & { ready: PlatformReady }> {
  const started = run(
    'main.ts',
    ...['--port', '0', '--amqp-port', '0', '--azure-port', '0', '--speed', '200'],
    ...['--data', join(folder, 'data'), '--ready-file', readyFile],
  );
  if (hasStaleFile) await until(() => !existsSync(readyFile), 'the stale file to go');
  await until(() => existsSync(readyFile), 'the ready file');
  return { ...started, ready: JSON.parse(readFileSync(readyFile, 'utf8')) };
}

/** Other events of an allocation tell that it has begun, or where it is. */
const endOfAllocation = /\.allocation\.(succeeded|failed|compensat(ed|ion-failed))\./;

async function resultEvent(ready: PlatformReady, id: string): Promise<unknown> {
  const client = new ServiceBusClient(ready.serviceBus);
  const receiver = client.createReceiver(ready.topics.events, ready.subscriptions.events);
  let found: unknown;
  await until(async () => {
    for (const message of await receiver.receiveMessages(10, { maxWaitTimeInMs: 200 })) {
      if (message.body.subject === id && endOfAllocation.test(message.body.type)) {
        found = message.body;
      }
      await receiver.completeMessage(message);
    }
    return found !== undefined;
  }, `the result event of ${id}`);
  await client.close();
  return found;
}

async function sessionOf({ signIn }: PlatformReady): Promise<string> {
  const answer = await fetch(signIn, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ person: 'ada' }),
  });
  return ((await answer.json()) as { token: string }).token;
}

describe('npm start', () => {
  it('writes the ready file of the contract, and everything in it answers', async () => {
    const { ready, output } = await startPlatform(join(folder, 'ready.json'));

    await until(() => output.text.includes('CA certificate'), 'what a person is told');
    expect(output.text).toContain(`Page         ${ready.api}/  sign in as Ada Requester, Ben`);
    expect(ready).toMatchObject({
      queues: { requests: 'vnet-requests', rejected: 'vnet-requests-rejected' },
      topics: { events: 'vnet-events' },
      pid: expect.any(Number),
    });
    expect(ready.serviceBus).toMatch(
      /^Endpoint=sb:\/\/127\.0\.0\.1:\d+;SharedAccessKeyName=[^;]+;SharedAccessKey=[^;]+;UseDevelopmentEmulator=true;$/,
    );
    expect(ready.landscape.managedTenants.map(({ alias }) => alias)).toEqual([
      'fabrikam',
      'northwind',
    ]);
    expect(ready.applications).toHaveLength(1);
    expect(ready.administrators.map(({ tenantId }) => tenantId)).toEqual([
      ready.landscape.managementTenantId,
      ...ready.landscape.managedTenants.map(({ tenantId }) => tenantId),
    ]);
    expect(ready.signIn).toBe(`${ready.api}/.auth/login/local`);
    expect(ready.people.map(({ key }) => key)).toEqual('ada ben cleo olu ravi noor'.split(' '));
    expect(ready.people[1]).toEqual({
      key: 'ben',
      name: 'Ben Approver',
      objectId: '44444444-4444-4444-8444-444444444444',
      tenantId: ready.landscape.managementTenantId,
      roles: ['Vnet.Approve'],
    });
    expect((await fetch(`${ready.api}/api/health`)).status).toBe(200);
    // Nobody is signed in, and nobody may make the host read megabytes.
    const body = 'x'.repeat(1024 * 1024 + 1);
    const tooLarge = await fetch(`${ready.api}/api/requests`, { method: 'POST', body });
    expect(tooLarge.status).toBe(413);
    expect(readFileSync(ready.azure.caFile, 'utf8')).toContain('BEGIN CERTIFICATE');
  });

  it('knows the ticket system by the token that the real client gets for the API', async () => {
    const { ready } = await startPlatform(join(folder, 'ready.json'));
    trust(ready.azure.caFile);
    const { tenantId, clientId, clientSecret } = ready.ticketSystem;
    const credential = new ClientSecretCredential(tenantId, clientId, clientSecret, {
      authorityHost: ready.azure.authority,
      disableInstanceDiscovery: true,
    });
    const { token } = await credential.getToken('api://vnet-vending/.default');
    const me = await fetch(new URL('/.auth/me', ready.api), {
      headers: { authorization: `Bearer ${token}` },
    });

    expect(await me.json()).toEqual([
      expect.objectContaining({
        user_id: decodeJwt(token)['oid'],
        user_claims: expect.arrayContaining([{ typ: 'roles', val: 'Vnet.Request' }]),
      }),
    ]);
  });

  it('goes on with its data after SIGTERM and after kill -9', async () => {
    const first = await startPlatform(join(folder, 'ready-1.json'));
    const client = new ServiceBusClient(first.ready.serviceBus);
    await client.createSender(first.ready.queues.requests).sendMessages({
      body: allocateMessage(first.ready, 'CONTRACT-1', 'vnet-contract'),
      messageId: 'CONTRACT-1',
    });
    await client.close();
    const session = await sessionOf(first.ready);
    const exited = once(first.process, 'exit');
    first.process.kill('SIGTERM');
    expect(await exited).toEqual([0, null]);

    // The file of the first start is still there; it must not be taken for the second's.
    const second = await startPlatform(join(folder, 'ready-1.json'), { hasStaleFile: true });
    expect(await resultEvent(second.ready, 'CONTRACT-1')).toMatchObject({
      type: 'com.vnetvending.allocation.succeeded.v1',
      data: { result: { allocations: [{ prefixes: ['10.0.0.0/24'] }] } },
    });
    const me = new URL('/.auth/me', second.ready.api);
    expect((await fetch(me, { headers: { authorization: `Bearer ${session}` } })).status).toBe(200);
    const killed = once(second.process, 'exit');
    second.process.kill('SIGKILL');
    await killed;

    const third = await startPlatform(join(folder, 'ready-3.json'));
    expect(third.ready.applications).toEqual(first.ready.applications);
  });

  it('refuses a data folder that another platform runs on', async () => {
    await startPlatform(join(folder, 'ready.json'));
    const second = run(
      'main.ts',
      ...['--port', '0', '--amqp-port', '0', '--azure-port', '0', '--data', join(folder, 'data')],
    );
    const [code] = await once(second.process, 'exit');

    expect(code).toBe(1);
    expect(second.output.text).toContain('Another platform runs on the data folder');
  });

  it.each(['--port', '--amqp-port', '--azure-port'])(
    'says which port is taken and what to do: %s',
    async (flag) => {
      const server = createServer().listen(0, '127.0.0.1');
      await once(server, 'listening');
      const { port } = server.address() as { port: number };
      const started = run(
        'main.ts',
        ...['--port', '0', '--amqp-port', '0', '--azure-port', '0'],
        ...[flag, String(port), '--data', join(folder, 'data')],
      );
      const [code] = await once(started.process, 'exit');
      server.close();

      expect(code).toBe(1);
      expect(started.output.text).toContain(String(port));
      expect(started.output.text).toContain('npm start -- --port 0 --amqp-port 0 --azure-port 0');
      expect(started.output.text).not.toMatch(/\n {4}at /);
    },
  );

  it.each([
    [['--port', '70000'], 'A port is a whole number'],
    [['--speed', '0'], 'The speed is a number above 0'],
    [['--landscape', '/nowhere/landscape.json'], '/nowhere/landscape.json'],
    [['--data', `${fileURLToPath(import.meta.url)}/data`], 'Choose another one with --data.'],
  ])('explains the wrong flags %j', async (flags, words) => {
    const started = run('main.ts', '--data', join(folder, 'data'), ...flags);
    const [code] = await once(started.process, 'exit');

    expect(code).toBe(1);
    expect(started.output.text).toContain(words);
    expect(started.output.text).not.toMatch(/\n {4}at /);
  });
});

describe('npm run azure', () => {
  it('starts the emulated Azure alone, with the parts of the ready file that apply', async () => {
    const readyFile = join(folder, 'ready.json');
    run(
      'azure/main.ts',
      '--azure-port',
      '0',
      '--data',
      join(folder, 'data'),
      '--ready-file',
      readyFile,
    );
    await until(() => existsSync(readyFile), 'the ready file');
    const ready = JSON.parse(readFileSync(readyFile, 'utf8')) as AzureReady;

    expect(Object.keys(ready).sort()).toEqual([
      'administrators',
      'applications',
      'azure',
      'landscape',
      'pid',
    ]);
    expect(ready.azure.control).toMatch(/^https:\/\/localhost:\d+\/_control$/);
  });
});
