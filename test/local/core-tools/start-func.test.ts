import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import type { AddressInfo } from 'node:net';
import { createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { delimiter, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readSettings } from '../../../src/functions/settings.ts';
import { findFunc } from '../../../src/local/core-tools/find-func.ts';
import { type RunningFunc, startFunc } from '../../../src/local/core-tools/start-func.ts';
import { readLandscapeFile } from '../../../src/local/landscape/landscape-file.ts';
import { signedIn } from '../../../src/local/signed-in.ts';

/** What the fake of Core Tools says. */
interface Seen {
  readonly command: string;
  readonly settings: { readonly IsEncrypted: boolean; readonly Values: Record<string, string> };
  readonly hostJson: unknown;
  readonly package: unknown;
  readonly extraCertificates: string;
  readonly method: string;
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
}

const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-func-'));
const environment = {
  ...process.env,
  PATH: `${join(folder, 'bin')}${delimiter}${process.env['PATH']}`,
};

beforeAll(() => {
  const fake = fileURLToPath(new URL('fake-func.mjs', import.meta.url));
  mkdirSync(join(folder, 'bin'));
  writeFileSync(join(folder, 'bin/func'), `#!/bin/sh\nexec '${process.execPath}' '${fake}' "$@"\n`);
  chmodSync(join(folder, 'bin/func'), 0o755);
});

afterAll(() => rmSync(folder, { recursive: true, force: true }));

describe('findFunc', () => {
  it('says how to get Core Tools where there are none', () => {
    expect(() => findFunc({ PATH: '/nowhere' })).toThrow(
      /none is on the path[\s\S]*npm install --global azure-functions-core-tools@4/,
    );
  });

  it('refuses Core Tools of another runtime', () => {
    expect(() => findFunc({ ...environment, FAKE_FUNC_VERSION: '3.0.1' })).toThrow(
      "version '3.0.1' is on the path",
    );
  });

  it('takes those of the runtime', () => {
    expect(findFunc(environment)).toBe('4.2.1');
  });
});

describe('startFunc', { timeout: 120_000 }, () => {
  const landscapeFile = readLandscapeFile();
  let running: RunningFunc;

  beforeAll(async () => {
    const [func = 0, blob = 0, queue = 0, table = 0] = await freePorts(4);
    running = await startFunc({
      landscapeFile,
      dataDirectory: join(folder, 'data'),
      speed: 1000,
      ports: { api: 0, func, amqp: 0, azure: 0, storage: { blob, queue, table } },
      environment,
    });
    await untilUp(running.url);
  }, 120_000);

  afterAll(async () => {
    await running?.close();
  });

  const ask = async (path: string, init?: RequestInit) =>
    (await (await fetch(new URL(path, running.url), init)).json()) as Seen;

  it('starts Core Tools on the built app as it is', async () => {
    const { command, hostJson, package: deployed } = await ask('/api/health');

    expect(command).toBe('start');
    expect(deployed).toMatchObject({ main: 'main.cjs' });
    expect(hostJson).toMatchObject({ extensions: { http: { routePrefix: '' } } });
  });

  it('gives it all settings that the app needs, and the certificate of the emulated Azure', async () => {
    const { settings, extraCertificates } = await ask('/');
    const values = settings.Values;
    const read = readSettings(values);

    expect(settings).toMatchObject({ IsEncrypted: false });
    expect(values['FUNCTIONS_WORKER_RUNTIME']).toBe('node');
    expect(read.authentication.by).toBe('local-platform');
    expect(read.serviceBus).toMatchObject({
      connectionString: expect.stringContaining('UseDevelopmentEmulator=true'),
    });
    expect(read.landscape.application.credential.type).toBe('clientSecret');
    expect(read.endpoints.resourceManager).toMatch(/^https:\/\/localhost:/);
    expect(extraCertificates).toMatch(/ca\.pem$/);
  });

  it('has the storage that the settings name', async () => {
    const { settings } = await ask('/');
    const connection = settings.Values['AzureWebJobsStorage'];
    const table = TableClient.fromConnectionString(connection ?? '', 'probe', {
      allowInsecureConnection: true,
    });

    await table.createTable();
    await expect(table.createEntity({ partitionKey: 'a', rowKey: 'b' })).resolves.toBeDefined();
  });

  it('lets nobody name themselves', async () => {
    const { headers } = await ask('/api/me', {
      headers: { 'x-ms-client-principal': 'forged', 'x-vnetv-principal-key': 'forged' },
    });

    expect(headers).not.toHaveProperty('x-ms-client-principal');
    expect(headers).not.toHaveProperty('x-vnetv-principal-key');
  });

  it('tells the app who has signed in, with the key that it was given', async () => {
    const [person] = landscapeFile.emulatedAzure.localPeople;
    const fetchAs = signedIn(
      { api: running.url, signIn: `${running.url}/.auth/login/local` },
      person?.key ?? '',
    );
    const answer = await fetchAs('/api/requests', { method: 'POST', body: '{"id":"RITM1"}' });
    const seen = (await answer.json()) as Seen;
    const principal = Buffer.from(seen.headers['x-ms-client-principal'] ?? '', 'base64').toString();

    expect(principal).toContain(person?.objectId);
    expect(seen.headers['x-vnetv-principal-key']).toBe(
      seen.settings.Values['VNETV_LOCAL_PRINCIPAL_KEY'],
    );
    expect(seen).toMatchObject({ method: 'POST', url: '/api/requests', body: '{"id":"RITM1"}' });
  });

  it('stops all of it', async () => {
    await running.close();

    await expect(running.ended).resolves.toBe(0);
    await expect(fetch(running.url)).rejects.toThrow();
  });
});

async function freePorts(count: number): Promise<number[]> {
  const servers = await Promise.all(
    Array.from({ length: count }, async () => {
      const server = createServer().listen(0, '127.0.0.1');
      await new Promise((resolve) => server.once('listening', resolve));
      return server;
    }),
  );
  const ports = servers.map((server) => (server.address() as AddressInfo).port);
  await Promise.all(servers.map((server) => new Promise((resolve) => server.close(resolve))));
  return ports;
}

async function untilUp(url: string): Promise<void> {
  for (;;) {
    const answer = await fetch(url).catch(() => undefined);
    if (answer?.ok) return;
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
