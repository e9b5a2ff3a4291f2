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
import { setTimeout as wait } from 'node:timers/promises';
import type { Clock } from '../clock.ts';
import type { RpcHttpData, RpcTypedData } from './core-api.ts';
import type { FunctionHost } from './function-host.ts';
import { HostError } from './host-error.ts';
import { passedOn, refuse, writeAnswer } from './http-answer.ts';
import { announcesMoreThan, BodyTooLarge, limitedBody, readBody } from './http-body.ts';
import type { HttpFront } from './http-front.ts';
import type { HttpLimits } from './http-limits.ts';
import { HttpRoutes, type RouteMatch } from './http-routes.ts';
import type { RegisteredFunction } from './loaded-app.ts';

export interface HttpTriggerParts {
  readonly clock: Clock;
  readonly routePrefix: string;
  /**
   * Where the library takes requests when the app has switched HTTP streaming on; otherwise requests
   * and answers go through memory.
   */
  readonly streamUrl: string | undefined;
  readonly front: HttpFront | undefined;
  readonly limits: HttpLimits;
}

/** A request, its headers as they may reach the app, and the function that answers it. */
interface Call {
  readonly request: IncomingMessage;
  readonly headers: IncomingHttpHeaders;
  readonly url: URL;
  readonly match: RouteMatch;
}

/** Clients keep connections longer than Node's 5 s, and may then write to a closed one. */
const keepAliveTimeout = 120_000;

/** How long answers under way may take once the host closes; a stream may have no end of its own. */
const closePatienceMs = 2_000;

/** Serves the app's HTTP functions. */
export class HttpTriggers {
  readonly #host: FunctionHost;
  readonly #routes: HttpRoutes;
  readonly #parts: HttpTriggerParts;
  readonly #server: Server;
  readonly #open = new Set<Promise<void>>();

  constructor(host: FunctionHost, targets: readonly RegisteredFunction[], parts: HttpTriggerParts) {
    this.#host = host;
    this.#routes = new HttpRoutes(targets, parts.routePrefix);
    this.#parts = parts;
    const serve = (request: IncomingMessage, response: ServerResponse): void => {
      const served = this.#serve(request, response).finally(() => this.#open.delete(served));
      this.#open.add(served);
    };
    this.#server = createServer({ keepAliveTimeout }, serve);
    // Who asks before sending a body is told to go on only when somebody wants it.
    this.#server.on('checkContinue', serve);
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

  /** Takes no more requests, then waits a moment for those under way (or drops them at once). */
  async close(options: { drop: boolean }): Promise<void> {
    const closed = new Promise<void>((resolve) => this.#server.close(() => resolve()));
    if (!options.drop) {
      const patience = wait(closePatienceMs, undefined, { ref: false });
      await Promise.race([Promise.all(this.#open), patience]);
    }
    this.#server.closeAllConnections();
    await closed;
  }

  async #serve(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const headers = await this.#pass(request, response);
    if (!headers) return;
    const url = URL.parse(urlOf(request));
    if (!url) return refuse(response, 400);
    const match = this.#routes.match(request.method ?? 'GET', url.pathname);
    if (!match) return refuse(response, 404);
    if (announcesMoreThan(request, this.#parts.limits.bodyBytes)) return refuse(response, 413);
    if (request.headers.expect !== undefined) response.writeContinue();
    try {
      await this.#answer({ request, headers, url, match }, response);
    } catch (error) {
      if (error instanceof BodyTooLarge) return refuse(response, 413);
      // The client went away: nobody failed.
      if (response.destroyed) return;
      this.#host.logFailure(match.target, error);
      if (response.headersSent) response.destroy();
      else refuse(response, 500);
    }
  }

  /** The headers as the front lets them through; undefined when it has answered. */
  async #pass(
    request: IncomingMessage,
    response: ServerResponse,
  ): Promise<IncomingHttpHeaders | undefined> {
    const { front } = this.#parts;
    if (!front) return request.headers;
    try {
      return await front.receive(request, response);
    } catch (error) {
      this.#host.logError('The authentication in front of the app failed', error);
      refuse(response, 500);
      return undefined;
    }
  }

  #answer(call: Call, response: ServerResponse): Promise<void> {
    const { streamUrl } = this.#parts;
    return streamUrl === undefined
      ? this.#serveBuffered(call, response)
      : this.#serveStream(call, response, streamUrl);
  }

  async #serveBuffered(call: Call, response: ServerResponse): Promise<void> {
    const { target, params } = call.match;
    const bytes = await readBody(call.request, this.#parts.limits.bodyBytes);
    const http = { ...describe(call), params, body: { bytes } };
    const called = this.#host.call(target, { http });
    const { returnValue, outputData } = await this.#inTime(target, response, called);
    if (response.headersSent) return;
    const answer = returnValue ?? outputData?.find((output) => output.data.http)?.data;
    writeAnswer(answer?.http, response);
  }

  /**
   * The library's own proxy takes the request; the invocation id ties both together. The library does
   * not notice when the client goes away, and reads the function's stream to its end.
   */
  async #serveStream(call: Call, response: ServerResponse, streamUrl: string): Promise<void> {
    const { target, params } = call.match;
    const invocationId = randomUUID();
    const metadata: Record<string, RpcTypedData> = {
      Headers: { json: JSON.stringify(joined(call.headers)) },
    };
    for (const [name, value] of Object.entries(params)) metadata[name] = { string: value };
    const abandoned = new AbortController();
    response.once('close', () => {
      if (!response.writableFinished) abandoned.abort();
    });
    const proxied = this.#proxy(call, streamUrl, invocationId, abandoned.signal);
    const called = this.#host.call(target, { http: {} }, metadata, {
      invocationId,
      abandoned: abandoned.signal,
    });
    // The failure of one is told below; then nobody waits for the other.
    for (const each of [proxied, called]) each.catch(() => abandoned.abort());
    const begun = Promise.race([proxied, called.then(() => proxied)]);
    const answer = await this.#inTime(target, response, begun);
    if (response.headersSent) return;
    response.writeHead(answer.statusCode ?? 200, passedOn(answer.headers));
    await Promise.all([pipeline(answer, response), called]);
  }

  /** Sends the request to the library's proxy; the body follows as it comes. */
  #proxy(
    { request, headers, url }: Call,
    streamUrl: string,
    invocationId: string,
    signal: AbortSignal,
  ): Promise<IncomingMessage> {
    return new Promise((resolve, reject) => {
      const outgoing = sendRequest(new URL(`${url.pathname}${url.search}`, streamUrl), {
        method: request.method,
        signal,
        headers: {
          ...headers,
          'x-ms-invocation-id': invocationId,
          'x-forwarded-host': url.host,
          'x-forwarded-proto': 'http',
        },
      });
      outgoing.on('response', resolve).on('error', reject);
      // No pipeline: when it fails, it would take the connection away on which the refusal goes.
      request
        .pipe(limitedBody(this.#parts.limits.bodyBytes))
        .on('error', (error) => outgoing.destroy(error))
        .pipe(outgoing);
    });
  }

  /** Answers 504 when what is waited for takes longer than Azure waits. The function goes on. */
  async #inTime<T>(
    target: RegisteredFunction,
    response: ServerResponse,
    awaited: Promise<T>,
  ): Promise<T> {
    const { clock, limits } = this.#parts;
    const timer = clock.setTimer(() => {
      const late = `it has not answered within ${limits.answerMs / 1000} s, its caller got 504`;
      this.#host.logFailure(target, new Error(late));
      refuse(response, 504);
    }, limits.answerMs);
    try {
      return await awaited;
    } finally {
      timer.cancel();
    }
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

function describe({ request, headers, url }: Call): RpcHttpData {
  return { method: request.method ?? 'GET', url: url.href, headers: joined(headers) };
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
