import { readFile } from 'node:fs/promises';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import { extname, join, normalize } from 'node:path';
import { answerApi } from './fake-routes.ts';
import { type FakeWorld, fakeWorld } from './fake-world.ts';

export interface FakeApi {
  /** Such as http://127.0.0.1:4711. */
  readonly url: string;
  readonly world: FakeWorld;
  readonly close: () => Promise<void>;
}

/** As strict as the real one: what the page does against it fails in the browser. */
const contentSecurityPolicy =
  "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; " +
  "form-action 'self'; base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'";

const types: Readonly<Record<string, string>> = {
  '.html': 'text/html; charset=utf-8',
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.svg': 'image/svg+xml',
};

/**
 * Serves the built page, and an API that answers from a `FakeWorld` in the schemas of src/model/api: for work on the page, and
 * for what the real API cannot be brought to show easily.
 */
export async function startFakeApi(
  pageFolder: string,
  options: { readonly world?: FakeWorld; readonly port?: number } = {},
): Promise<FakeApi> {
  const world = options.world ?? fakeWorld();
  const server = createServer((request, response) => {
    handle(request, response, world, pageFolder).catch((error: unknown) => {
      response.writeHead(500, { 'content-type': 'text/plain' }).end(String(error));
    });
  });
  await new Promise<void>((resolve) => server.listen(options.port ?? 0, '127.0.0.1', resolve));
  const { port } = server.address() as AddressInfo;
  return { url: `http://127.0.0.1:${port}`, world, close: () => stop(server) };
}

const stop = (server: Server): Promise<void> =>
  new Promise((resolve) => {
    server.close(() => resolve());
    server.closeAllConnections();
  });

async function handle(
  request: IncomingMessage,
  response: ServerResponse,
  world: FakeWorld,
  pageFolder: string,
): Promise<void> {
  const url = new URL(request.url ?? '/', 'http://localhost');
  if (url.pathname.startsWith('/.auth/')) return signInOrOut(request, response, world, url);
  if (!url.pathname.startsWith('/api/')) return servePage(response, pageFolder, url.pathname);
  const key = /(?:^|;\s*)person=(\w+)/.exec(request.headers.cookie ?? '')?.[1] ?? '';
  const chunks: Buffer[] = [];
  for await (const chunk of request) chunks.push(chunk as Buffer);
  const answer = answerApi(world, {
    method: request.method ?? 'GET',
    url,
    body: chunks.length === 0 ? undefined : JSON.parse(Buffer.concat(chunks).toString()),
    headers: request.headers,
    me: world.people[key],
  });
  if (answer === 'hang') return;
  response.writeHead(answer.status, {
    'content-type': answer.status >= 400 ? 'application/problem+json' : 'application/json',
    'cache-control': 'no-store',
    ...answer.headers,
  });
  response.end(JSON.stringify(answer.body));
}

function signInOrOut(
  request: IncomingMessage,
  response: ServerResponse,
  world: FakeWorld,
  url: URL,
): void {
  const back = url.searchParams.get('post_login_redirect_uri') ?? '/';
  if (url.pathname === '/.auth/logout') {
    response.writeHead(302, { location: '/', 'set-cookie': 'person=; Max-Age=0; Path=/' }).end();
    return;
  }
  const person = url.searchParams.get('person');
  if (person !== null) {
    response.writeHead(302, { location: back, 'set-cookie': `person=${person}; Path=/` }).end();
  } else if (request.headers.accept?.includes('application/json')) {
    response
      .writeHead(200, { 'content-type': 'application/json' })
      .end(JSON.stringify({ people: Object.keys(world.people) }));
  } else {
    const links = Object.entries(world.people).map(
      ([key, { name }]) =>
        `<li><a href="?person=${key}&post_login_redirect_uri=${encodeURIComponent(back)}">${name}</a>`,
    );
    response
      .writeHead(200, { 'content-type': 'text/html' })
      .end(`<title>Sign in</title><ul>${links.join('')}</ul>`);
  }
}

async function servePage(response: ServerResponse, folder: string, path: string): Promise<void> {
  const file = path.startsWith('/assets/') ? normalize(path) : '/index.html';
  try {
    const contents = await readFile(join(folder, file));
    response
      .writeHead(200, {
        'content-type': types[extname(file)] ?? 'application/octet-stream',
        'content-security-policy': contentSecurityPolicy,
        'x-content-type-options': 'nosniff',
      })
      .end(contents);
  } catch {
    response.writeHead(404).end();
  }
}
