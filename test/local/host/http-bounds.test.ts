import { once } from 'node:events';
import { type ClientRequest, type IncomingMessage, request } from 'node:http';
import { afterEach, describe, expect, it } from 'vitest';
import type { HostOptions } from '../../../src/local/host/host.ts';
import type { HttpFront } from '../../../src/local/host/http-front.ts';
import { buildSource, startTestHost, type TestHost } from './test-host.ts';

let host: TestHost | undefined;
afterEach(async () => {
  await host?.close();
  host = undefined;
});

const limit = 100_000;

interface Seen {
  readonly seen: number[];
  release?: () => void;
}
const lab = globalThis as unknown as { httpLab: Seen };

/** An app that counts what arrives, waits for the test, and streams without an end. */
function source(isStreaming: boolean): string {
  return `
    import { app } from '@azure/functions';
    app.setup({ enableHttpStream: ${isStreaming} });
    const lab = globalThis.httpLab;
    app.post('count', async (request) => {
      const { length } = await request.text();
      lab.seen.push(length);
      return { headers: { 'x-user': request.headers.get('x-user') ?? '' }, body: String(length) };
    });
    app.get('slow', async () => {
      lab.seen.push(0);
      await new Promise((resolve) => { lab.release = resolve; });
      return { body: 'at last' };
    });
    app.get('endless', async () => ({ body: new ReadableStream({
      start(controller) { controller.enqueue(new TextEncoder().encode('begin')); } }) }));`;
}

async function start(
  isStreaming: boolean,
  options: Pick<Partial<HostOptions>, 'httpFront' | 'settings'> = {},
): Promise<TestHost> {
  lab.httpLab = { seen: [] };
  const appFile = await buildSource(source(isStreaming));
  host = await startTestHost({
    appFile,
    settings: { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: String(limit) },
    ...options,
  });
  return host;
}

/** Opens a request and leaves its body to the caller. */
function open(path: string, headers: Record<string, string | number> = {}): ClientRequest {
  const url = new URL(`/api/${path}`, host?.baseUrl);
  return request(url, { method: 'POST', headers });
}

async function answerTo(outgoing: ClientRequest): Promise<IncomingMessage> {
  const [answer] = (await once(outgoing, 'response')) as [IncomingMessage];
  answer.resume();
  outgoing.on('error', () => undefined);
  return answer;
}

describe.each([
  ['through memory', false],
  ['as streams', true],
])('requests that pass %s', (_, isStreaming) => {
  it('may have a body as long as the limit', async () => {
    const { baseUrl, clock } = await start(isStreaming);
    const answer = await fetch(`${baseUrl}/api/count`, { method: 'POST', body: 'x'.repeat(limit) });
    expect(await answer.text()).toBe(String(limit));
    await expect.poll(() => clock.nextDueAt()).toBeUndefined();
  });

  it('are refused before their body comes when they announce a longer one', async () => {
    await start(isStreaming);
    const outgoing = open('count', { 'content-length': limit + 1 });
    outgoing.flushHeaders();
    const answer = await answerTo(outgoing);
    outgoing.destroy();
    expect(answer.statusCode).toBe(413);
    expect(answer.headers.connection).toBe('close');
    expect(lab.httpLab.seen).toEqual([]);
  });

  it('are refused at the limit when their body has no end', async () => {
    const { logged } = await start(isStreaming);
    const outgoing = open('count');
    const feeding = setInterval(() => outgoing.write('x'.repeat(10_000)), 1);
    const answer = await answerTo(outgoing);
    clearInterval(feeding);
    outgoing.destroy();
    expect(answer.statusCode).toBe(413);
    expect(lab.httpLab.seen).toEqual([]);
    expect(logged.join()).not.toContain('BodyTooLarge');
  });

  it('that ask first are told to go on, or that they need not', async () => {
    await start(isStreaming);
    const expected = { expect: '100-continue' };
    const welcome = open('count', { ...expected, 'content-length': 3 });
    welcome.flushHeaders();
    await once(welcome, 'continue');
    welcome.end('abc');
    expect((await answerTo(welcome)).statusCode).toBe(200);

    const unwelcome = open('count', { ...expected, 'content-length': limit + 1 });
    let isWelcome = false;
    unwelcome.on('continue', () => {
      isWelcome = true;
    });
    unwelcome.flushHeaders();
    expect((await answerTo(unwelcome)).statusCode).toBe(413);
    unwelcome.destroy();
    expect(isWelcome).toBe(false);
  });

  it('get 504 when no answer begins in the time that Azure waits', async () => {
    const { baseUrl, clock, logged } = await start(isStreaming);
    const asked = fetch(`${baseUrl}/api/slow`);
    await expect.poll(() => lab.httpLab.seen).toEqual([0]);
    clock.advance(229_999);
    expect(logged.join()).not.toContain('failed');
    clock.advance(1);
    expect((await asked).status).toBe(504);
    expect(logged.join()).toContain('"slow" failed: Error: it has not answered within 230 s');
    lab.httpLab.release?.();
    await host?.whenIdle();
    expect(clock.nextDueAt()).toBeUndefined();
  });

  it('whose client goes away are no failure of the function', async () => {
    const { promise: arrived, resolve } = Promise.withResolvers<void>();
    const front: HttpFront = {
      receive: async ({ headers }) => {
        resolve();
        return headers;
      },
    };
    const { logged } = await start(isStreaming, { httpFront: front });
    const outgoing = open('count', { 'content-length': 10 });
    outgoing.on('error', () => undefined).write('abc');
    await arrived;
    outgoing.destroy();
    await host?.close();
    expect(logged.join()).not.toMatch(/aborted|ECONNRESET|AbortError/);
  });

  it('have the headers that the front gives them', async () => {
    const front: HttpFront = {
      receive: async (incoming) => ({ ...incoming.headers, 'x-user': 'from the front' }),
    };
    const { baseUrl } = await start(isStreaming, { httpFront: front });
    const headers = { 'x-user': 'from the client' };
    const answer = await fetch(`${baseUrl}/api/count`, { method: 'POST', body: 'a', headers });
    expect(answer.headers.get('x-user')).toBe('from the front');
  });
});

it('an answer that never ends holds up the end of the host for a moment only', async () => {
  const { baseUrl } = await start(true);
  const answer = await fetch(`${baseUrl}/api/endless`);
  const reader = answer.body?.getReader();
  expect(Buffer.from((await reader?.read())?.value ?? []).toString()).toBe('begin');
  const closed = host?.close();
  await expect(reader?.read()).rejects.toThrow();
  await closed;
  host = undefined;
});

it('a stream whose reader goes away is work no longer, and no failure', async () => {
  const { baseUrl, logged } = await start(true);
  const leaving = new AbortController();
  const answer = await fetch(`${baseUrl}/api/endless`, { signal: leaving.signal });
  expect(answer.status).toBe(200);
  expect(host?.isIdle()).toBe(false);
  leaving.abort();
  await host?.whenIdle();
  expect(logged.join()).not.toContain('failed');
});

it('a front that fails is answered with 500, and nobody gets past it', async () => {
  const front: HttpFront = {
    receive: async () => {
      throw new Error('the front broke');
    },
  };
  const { baseUrl, logged } = await start(false, { httpFront: front });
  expect((await fetch(`${baseUrl}/api/count`, { method: 'POST', body: 'a' })).status).toBe(500);
  expect(lab.httpLab.seen).toEqual([]);
  expect(logged.join()).toContain('the front broke');
});

it('a limit that is no number stops the host', async () => {
  const settings = { FUNCTIONS_REQUEST_BODY_SIZE_LIMIT: '100MB' };
  await expect(start(false, { settings })).rejects.toThrow(
    'FUNCTIONS_REQUEST_BODY_SIZE_LIMIT is "100MB"',
  );
});
