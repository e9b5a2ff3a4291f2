import { afterEach, expect, test } from 'vitest';
import type { HostErrorCode } from '../../../src/local/host/host-error.ts';
import { buildSource, newDatabaseFile, startTestHost, type TestHost } from './test-host.ts';

let host: TestHost | undefined;

afterEach(async () => {
  await host?.close();
  host = undefined;
});

const http = "import { app } from '@azure/functions';";

const failures: [what: string, code: HostErrorCode, source: string, text: RegExp][] = [
  ['throws', 'app-failed-to-load', `${http} throw new Error('top level');`, /top level/],
  ['registers nothing', 'no-functions', 'export const x = 1;', /registered no function/],
  [
    'uses a name twice',
    'duplicate-function',
    `${http} app.get('a', () => ({})); app.post('a', () => ({}));`,
    /two functions are named "a"/i,
  ],
  [
    'uses a route twice',
    'route-conflict',
    `${http} app.get('a', { route: 'x/{id}', handler: () => ({}) });
     app.get('b', { route: 'x/{name}', handler: () => ({}) });`,
    /"a" .* and "b" .* both answer GET/,
  ],
  [
    'has an unknown trigger',
    'unsupported-trigger',
    `${http} app.storageQueue('q', { queueName: 'x', connection: 'y', handler: () => {} });`,
    /queueTrigger/,
  ],
  [
    'has an entity',
    'unsupported-trigger',
    `import * as df from 'durable-functions'; df.app.entity('counter', () => {});`,
    /entityTrigger/,
  ],
  [
    'has an unknown binding',
    'unsupported-binding',
    `import { app, output } from '@azure/functions';
     app.get('a', { extraOutputs: [output.storageQueue({ queueName: 'q', connection: 'c' })],
       handler: () => ({}) });`,
    /binding of type queue/,
  ],
  [
    'has a bad schedule',
    'bad-schedule',
    `${http} app.timer('t', { schedule: '0 0 * * MON', handler: () => {} });`,
    /it has 5 fields/,
  ],
  [
    'names a setting that is missing',
    'setting-missing',
    `${http} app.timer('t', { schedule: '%WHEN%', handler: () => {} });`,
    /"WHEN"/,
  ],
  [
    'names a connection that is missing',
    'setting-missing',
    `${http} app.serviceBusQueue('s', { queueName: 'q', connection: 'BUS', handler: () => {} });`,
    /"BUS"/,
  ],
  [
    'wants sessions',
    'bad-trigger-options',
    `${http} app.serviceBusQueue('s', { queueName: 'q', connection: 'BUS', isSessionsEnabled: true,
       handler: () => {} });`,
    /message sessions/,
  ],
];

test.each(failures)('an app that %s is refused: %s', async (_what, code, source, text) => {
  const appFile = await buildSource(source);
  const error = await startTestHost({ appFile }).catch((e: unknown) => e);
  expect(error).toMatchObject({ name: 'HostError', code, message: expect.stringMatching(text) });
  expect((error as { remedy: string }).remedy.length).toBeGreaterThan(20);
});

test('an app that is not there is refused', async () => {
  await expect(startTestHost({ appFile: '/nowhere/main.cjs' })).rejects.toMatchObject({
    code: 'app-missing',
    remedy: expect.stringContaining('npm run build'),
  });
});

test('a port that is taken is refused, and the database is free again', async () => {
  host = await startTestHost();
  const databaseFile = newDatabaseFile();
  await expect(startTestHost({ databaseFile, port: host.port })).rejects.toMatchObject({
    code: 'port-taken',
  });
  const other = await startTestHost({ databaseFile });
  await other.close();
});

test('a duration in host.json that is none is refused', async () => {
  const hostJson = { extensions: { serviceBus: { maxAutoLockRenewalDuration: '5 minutes' } } };
  await expect(startTestHost({ hostJson })).rejects.toMatchObject({ code: 'bad-host-json' });
});

test('registering after the start is refused', async () => {
  const appFile = await buildSource(`${http}
    app.get('late', () => { app.get('more', () => ({})); return {}; });`);
  host = await startTestHost({ appFile });
  expect((await fetch(`${host.baseUrl}/api/late`)).status).toBe(500);
  expect(host.logged.join()).toContain('registered after the app had started');
});

test('every host has its own copy of the app, and settings are there when it loads', async () => {
  const appFile = await buildSource(`${http}
    let calls = 0;
    const setting = process.env['GREETING'];
    app.get('count', () => ({ body: setting + ++calls }));`);
  host = await startTestHost({ appFile, settings: { GREETING: 'a' } });
  const other = await startTestHost({ appFile, settings: { GREETING: 'b' } });
  try {
    const count = async (h: TestHost) => (await fetch(`${h.baseUrl}/api/count`)).text();
    expect(await count(host)).toBe('a1');
    expect(await count(host)).toBe('a2');
    expect(await count(other)).toBe('b1');
    expect(host.functions).toEqual(['count']);
  } finally {
    await other.close();
  }
});

test('hooks run around functions, at the start and at the end', async () => {
  const appFile = await buildSource(`${http}
    const seen: string[] = [];
    globalThis.hooksSeen = seen;
    app.hook.appStart(() => { seen.push('start'); });
    app.hook.appTerminate(() => { seen.push('terminate'); });
    app.hook.preInvocation((c) => { seen.push('before ' + c.invocationContext.functionName); });
    app.hook.postInvocation((c) => { c.result = { body: 'changed ' + c.result.body }; });
    app.get('f', () => ({ body: 'body' }));`);
  host = await startTestHost({ appFile });
  expect(await (await fetch(`${host.baseUrl}/api/f`)).text()).toBe('changed body');
  await host.close();
  const { hooksSeen } = globalThis as { hooksSeen?: string[] };
  expect(hooksSeen).toEqual(['start', 'before f', 'terminate']);
});
