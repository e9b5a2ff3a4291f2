import { type IncomingMessage, request } from 'node:http';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { buildSource, startTestHost, type TestHost } from './test-host.ts';

let host: TestHost;

beforeEach(async () => {
  host = await startTestHost();
});

afterEach(async () => {
  await host.close();
});

const get = (path: string) => fetch(`${host.baseUrl}${path}`);

async function post(path: string, body?: unknown): Promise<{ status: number; json: unknown }> {
  const response = await fetch(`${host.baseUrl}/api/${path}`, {
    method: 'POST',
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return { status: response.status, json: await response.json() };
}

test('a request reaches its function with method, route, query, headers and body', async () => {
  const response = await fetch(`${host.baseUrl}/api/echo/a/b%20c?x=1`, {
    method: 'PUT',
    headers: { 'x-test': 'yes' },
    body: 'grüße',
  });
  expect(response.status).toBe(201);
  expect(response.headers.get('x-method')).toBe('PUT');
  expect(response.headers.get('set-cookie')).toBe('c=v; HttpOnly');
  expect(await response.json()).toEqual({
    url: `${host.baseUrl}/api/echo/a/b%20c?x=1`,
    path: 'a/b c',
    query: { x: '1' },
    body: 'grüße',
    header: 'yes',
  });
});

test('literal routes win over parameters, constraints and methods are respected', async () => {
  expect(await (await get('/api/items/special')).text()).toBe('special');
  expect(await (await get('/api/items/42')).text()).toBe('item 42');
  expect((await get('/api/items/other')).status).toBe(404);
  expect((await fetch(`${host.baseUrl}/api/items/42`, { method: 'POST' })).status).toBe(404);
  expect((await get('/items/42')).status).toBe(404);
});

test('a Host header that is none is the fault of the client', async () => {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const url = new URL('/api/items/special', host.baseUrl);
    request(url, { headers: { host: 'a b c' } }, resolve)
      .on('error', reject)
      .end();
  });
  answer.resume();
  expect(answer.statusCode).toBe(400);
});

test('bytes, no answer and a failing function', async () => {
  const bytes = new Uint8Array(await (await get('/api/bytes')).arrayBuffer());
  expect([...bytes]).toEqual([0, 255, 1]);
  expect((await get('/api/nothing')).status).toBe(204);
  expect((await get('/api/breaks')).status).toBe(500);
  expect(host.logged.join()).toContain('Function "breaks" failed: Error: broken');
});

test('streams pass through when the app asks for them', async () => {
  const appFile = await buildSource(`
    import { app } from '@azure/functions';
    app.setup({ enableHttpStream: true });
    app.post('double', { route: 'double/{name}', handler: async (request) => ({
      status: 202,
      headers: { 'x-name': request.params['name'] ?? '' },
      body: request.body!.pipeThrough(new TransformStream({
        transform(chunk, controller) { controller.enqueue(chunk); controller.enqueue(chunk); } })),
    }) });`);
  const streaming = await startTestHost({ appFile });
  try {
    const response = await fetch(`${streaming.baseUrl}/api/double/me`, {
      method: 'POST',
      body: 'ab',
    });
    expect(response.status).toBe(202);
    expect(response.headers.get('x-name')).toBe('me');
    expect(await response.text()).toBe('abab');
  } finally {
    await streaming.close();
  }
});

test('the route prefix comes from host.json', async () => {
  const other = await startTestHost({ hostJson: { extensions: { http: { routePrefix: '' } } } });
  try {
    expect((await fetch(`${other.baseUrl}/items/1`)).status).toBe(200);
  } finally {
    await other.close();
  }
});

test('the durable client starts, lists and inspects instances', async () => {
  expect(await post('start/chain/one?version=7', { words: ['a'] })).toEqual({
    status: 202,
    json: { instanceId: 'one' },
  });
  await host.whenIdle();
  const { json } = await post('client/status/one');
  expect(json).toMatchObject({
    result: {
      name: 'chain',
      runtimeStatus: 'Completed',
      input: { words: ['a'] },
      output: { said: ['a'], version: '7' },
    },
  });
  const listed = await post('client/list');
  expect(listed.json).toMatchObject({ result: [{ instanceId: 'one' }] });
});

test('an HTTP function gets the durable client as an extra input, or as its own', async () => {
  const appFile = await buildSource(`
    import { app } from '@azure/functions';
    import * as df from 'durable-functions';
    df.app.orchestration('hello', function* (context) { return 'hello ' + context.df.getInput(); });
    const start = async (name, client) => {
      const instanceId = await client.startNew('hello', { instanceId: name, input: name });
      return { jsonBody: { instanceId } };
    };
    app.http('byInput', { methods: ['POST'], route: 'by-input/{name}', authLevel: 'anonymous',
      extraInputs: [df.input.durableClient()],
      handler: (request, context) => start(request.params.name, df.getClient(context)) });
    df.app.client.http('byClient', { methods: ['POST'], route: 'by-client/{name}',
      handler: (request, client) => start(request.params.name, client) });`);
  const other = await startTestHost({
    appFile,
    hostJson: { extensions: { http: { routePrefix: '' } } },
  });
  try {
    for (const route of ['by-input/ada', 'by-client/ben']) {
      const answer = await fetch(`${other.baseUrl}/${route}`, { method: 'POST' });
      expect(await answer.json()).toEqual({ instanceId: route.split('/')[1] });
    }
    await other.whenIdle();
    expect(other.durable.getStatus('ada')?.output).toBe('hello ada');
    expect(other.durable.getStatus('ben')?.output).toBe('hello ben');
  } finally {
    await other.close();
  }
});

test('a generated instance id comes back', async () => {
  const { json } = await post('start/chain', { words: [] });
  const { instanceId } = json as { instanceId: string };
  expect(host.durable.getStatus(instanceId)?.name).toBe('chain');
});

test.each([
  [409, '409'],
  [500, 'already exists'],
] as const)('a start of a running id can be answered with %i', async (status, text) => {
  const other = await startTestHost({ duplicateStartStatus: status });
  try {
    const start = () => fetch(`${other.baseUrl}/api/start/collect/twice`, { method: 'POST' });
    expect((await start()).status).toBe(202);
    expect(await (await start()).text()).toContain(text);
  } finally {
    await other.close();
  }
});

test('a finished id is replaced by a new run', async () => {
  await post('start/chain/again', { words: ['a'] });
  await host.whenIdle();
  await post('start/chain/again', { words: ['b'] });
  await host.whenIdle();
  expect(host.durable.getStatus('again')?.output).toEqual({ said: ['b'], version: null });
  expect(host.durable.getGenerations('again')).toHaveLength(1);
});

test('unknown orchestrations and bad ids are refused', async () => {
  expect((await post('start/unknown')).json).toMatchObject({
    message: expect.stringContaining("no orchestration function named 'unknown'"),
  });
  expect((await post('start/chain/@x')).json).toMatchObject({
    message: expect.stringContaining('do not start with @'),
  });
});

test('events: accepted, silent for a finished instance, refused for an unknown one', async () => {
  await post('start/collect/c');
  await post('client/raise/c?event=item', { n: 1 });
  expect((await post('client/raise/c?event=item', 2)).status).toBe(200);
  await host.whenIdle();
  expect(host.durable.getStatus('c')?.output).toEqual([{ n: 1 }, 2]);
  expect((await post('client/raise/c?event=item', 3)).status).toBe(200);
  expect((await post('client/raise/unknown?event=item', 3)).json).toEqual({
    message: "No instance with ID 'unknown' found.",
  });
});

test('suspend, resume, terminate and purge through the client', async () => {
  await post('start/collect/c');
  await host.whenIdle();
  await post('client/suspend/c');
  await host.whenIdle();
  expect(host.durable.getStatus('c')?.runtimeStatus).toBe('Suspended');
  await post('client/resume/c');
  await post('client/terminate/c');
  await host.whenIdle();
  expect(host.durable.getStatus('c')).toMatchObject({
    runtimeStatus: 'Terminated',
    output: 'enough',
  });
  expect((await post('client/purge/c')).json).toEqual({ result: { instancesDeleted: 1 } });
  expect((await post('client/purge/c')).json).toEqual({ result: { instancesDeleted: 0 } });
  expect((await post('client/status/c')).json).toMatchObject({
    message: expect.stringContaining('HTTP 404'),
  });
  expect((await post('client/purgeBy')).json).toEqual({ result: { instancesDeleted: 0 } });
});

test('what the engine does not have is refused, not ignored', async () => {
  await post('start/chain/x', { words: [] });
  await host.whenIdle();
  expect((await post('client/rewind/x')).json).toMatchObject({
    message: expect.stringContaining('cannot rewind'),
  });
  expect((await post('client/entity/x')).json).toMatchObject({ result: { entityExists: false } });
});
