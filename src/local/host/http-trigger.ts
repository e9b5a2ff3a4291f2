import { randomUUID } from 'node:crypto';
import {
  createServer,
  type IncomingHttpHeaders,
  type IncomingMessage,
  type Server,
  type ServerResponse,
  request as sendRequest,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { pipeline } from 'node:stream/promises';
import type { RpcHttpCookie, RpcHttpData, RpcTypedData } from './core-api.ts';
import type { FunctionHost } from './function-host.ts';
import { HostError } from './host-error.ts';
import type { HttpFront } from './http-front.ts';
import { HttpRoutes, type RouteMatch } from './http-routes.ts';
import type { RegisteredFunction } from './loaded-app.ts';

/** A request, and its headers as they may reach the app. */
interface PassedRequest {
  readonly request: IncomingMessage;
  readonly headers: IncomingHttpHeaders;
}

/**
 * Serves the app's HTTP functions. `streamUrl` is where the library takes requests when the app has
 * switched HTTP streaming on; otherwise requests and answers go through memory.
 */
export class HttpTriggers {
  readonly #host: FunctionHost;
  readonly #routes: HttpRoutes;
  readonly #streamUrl: string | undefined;
  readonly #front: HttpFront | undefined;
  readonly #server: Server;
  readonly #open = new Set<Promise<void>>();

  constructor(
    host: FunctionHost,
    targets: readonly RegisteredFunction[],
    options: {
      routePrefix: string;
      streamUrl: string | undefined;
      front: HttpFront | undefined;
    },
  ) {
    this.#host = host;
    this.#routes = new HttpRoutes(targets, options.routePrefix);
    this.#streamUrl = options.streamUrl;
    this.#front = options.front;
    this.#server = createServer((request, response) => {
      const served = this.#serve(request, response).finally(() => this.#open.delete(served));
      this.#open.add(served);
    });
  }

  /**
   * Listens on the loopback only; 0 takes any free port. Answers the port.
   *
   * @throws HostError when the port is taken
   */
  async listen(port: number): Promise<number> {
    await new Promise<void>((resolve, reject) => {
      this.#server.once('error', (error: NodeJS.ErrnoException) =>
        reject(error.code === 'EADDRINUSE' ? portTaken(port, error) : error),
      );
      this.#server.listen(port, '127.0.0.1', resolve);
    });
    return (this.#server.address() as AddressInfo).port;
  }

  /** Takes no more requests, then waits for those under way (or drops them). */
  async close(options: { drop: boolean }): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (!options.drop) {
      await Promise.all(this.#open);
    }
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = await this.#pass(request, response);
    if (!headers) return;
    const url = URL.parse(urlOf(request));
    if (!url) {
      response.writeHead(400).end();
      return;
    }
    const match = this.#routes.match(request.method ?? 'GET', url.pathname);
    if (!match) {
      response.writeHead(404).end();
      return;
    }
    try {
      if (this.#streamUrl === undefined) {
        await this.#serveBuffered(match, { request, headers }, response);
      } else {
        await this.#serveStream(match, { request, headers }, response, this.#streamUrl);
      }
    } catch (error) {
      this.#host.logFailure(match.target, error);
      if (response.headersSent) {
        response.destroy();
      } else {
        response.writeHead(500).end();
      }
    }
  }

  /** The headers as the front lets them through; undefined when it has answered. */
  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<IncomingHttpHeaders | undefined> {
    if (!this.#front) return request.headers;
    try {
      return await this.#front.receive(request, response);
    } catch (error) {
      this.#host.logError('The authentication in front of the app failed', error);
      response.writeHead(500).end();
      return undefined;
    }
  }

  async #serveBuffered(
    { target, params }: RouteMatch,
    { request, headers }: PassedRequest,
    response: ServerResponse,
  ): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of request) {
      chunks.push(chunk as Buffer);
    }
    const http = { ...describe(request, headers), params, body: { bytes: Buffer.concat(chunks) } };
    const { returnValue, outputData } = await this.#host.call(target, { http });
    const answer = returnValue ?? outputData?.find((output) => output.data.http)?.data;
    writeAnswer(answer?.http, response);
  }

  /** The library's own proxy takes the request; the invocation id ties both together. */
  async #serveStream(
    { target, params }: RouteMatch,
    { request, headers }: PassedRequest,
    response: ServerResponse,
    streamUrl: string,
  ): Promise<void> {
    const invocationId = randomUUID();
    const metadata: Record<string, RpcTypedData> = {
      Headers: { json: JSON.stringify(joined(headers)) },
    };
    for (const [name, value] of Object.entries(params)) {
      metadata[name] = { string: value };
    }
    const proxied = new Promise<IncomingMessage>((resolve, reject) => {
      const outgoing = sendRequest(new URL(request.url ?? '/', streamUrl), {
        method: request.method,
        headers: {
          ...headers,
          'x-ms-invocation-id': invocationId,
          'x-forwarded-host': request.headers.host ?? '127.0.0.1',
          'x-forwarded-proto': 'http',
        },
      });
      outgoing.once('response', resolve);
      outgoing.once('error', reject);
      request.pipe(outgoing);
    });
    const called = this.#host.call(target, { http: {} }, metadata, invocationId);
    const answer = await Promise.race([proxied, called.then(() => proxied)]);
    const { 'x-ms-invocation-id': _id, ...answered } = answer.headers;
    response.writeHead(answer.statusCode ?? 200, answered);
    await Promise.all([pipeline(answer, response), called]);
  }
}

function portTaken(port: number, cause: unknown): HostError {
  return new HostError(
    'port-taken',
    `Port ${port} of 127.0.0.1 is in use by another process.`,
    'Stop that process, or choose another port (0 takes any free one).',
    cause,
  );
}

function describe(request: IncomingMessage, headers: IncomingHttpHeaders): RpcHttpData {
  return {
    method: request.method ?? 'GET',
    url: new URL(urlOf(request)).href,
    headers: joined(headers),
  };
}

/** What the client asked for; no URL at all when its Host header is none. */
function urlOf(request: IncomingMessage): string {
  return `http://${request.headers.host ?? '127.0.0.1'}${request.url ?? '/'}`;
}

function joined(headers: IncomingHttpHeaders): Record<string, string> {
  return Object.fromEntries(
    Object.entries(headers).map(([name, value]) => [
      name,
      Array.isArray(value) ? value.join(', ') : (value ?? ''),
    ]),
  );
}

function writeAnswer(answer: RpcHttpData | null | undefined, response: ServerResponse): void {
  if (!answer) {
    response.writeHead(204).end();
    return;
  }
  response.statusCode = Number(answer.statusCode ?? 200);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, value);
  }
  for (const cookie of answer.cookies ?? []) {
    response.appendHeader('set-cookie', cookieText(cookie));
  }
  response.end(answer.body?.bytes ?? answer.body?.string ?? '');
}

function cookieText(cookie: RpcHttpCookie): string {
  const sameSite = cookie.sameSite === 'explicitNone' ? 'None' : cookie.sameSite;
  const expires = cookie.expires?.value?.seconds;
  const parts: [string, string | undefined][] = [
    [cookie.name ?? '', encodeURIComponent(cookie.value ?? '')],
    ['Domain', cookie.domain?.value],
    ['Path', cookie.path?.value],
    ['Expires', expires === undefined ? undefined : new Date(expires * 1000).toUTCString()],
    ['Max-Age', cookie.maxAge?.value === undefined ? undefined : String(cookie.maxAge.value)],
    ['SameSite', sameSite === 'none' ? undefined : sameSite],
  ];
  const text = parts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  return [
    ...text,
    ...(cookie.secure?.value ? ['Secure'] : []),
    ...(cookie.httpOnly?.value ? ['HttpOnly'] : []),
  ].join('; ');
}
