import { HttpRequest, type InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { onTestFinished } from 'vitest';
import type { ApiApp } from '../../../src/functions/app.ts';
import type { Authentication } from '../../../src/functions/http/authentication.ts';
import { RateLimit } from '../../../src/functions/http/rate-limit.ts';
import type { OpenRoute, Route } from '../../../src/functions/http/route.ts';
import { openRoutes, routes } from '../../../src/functions/http/routes/all-routes.ts';
import { serve, serveOpen } from '../../../src/functions/http/serve.ts';
import type { Service } from '../../../src/functions/http/service.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts';
import { HttpRoutes } from '../../../src/local/host/http-routes.ts';
import type { RegisteredFunction } from '../../../src/local/host/loaded-app.ts';
import { ids, sampleLandscape } from '../../model/samples.ts';
import { contractFaults } from '../../support/api-contract.ts';
import { AzureForApi } from './azure-for-api.ts';
import { type Person, principalOf } from './people.ts';

export const principalKey = 'k'.repeat(43);
export const origin = 'https://vnets.example';

const local: Authentication = {
  by: 'local-platform',
  signInUrl: '/.auth/login/local',
  key: principalKey,
};

export interface Sent {
  readonly as?: Person;
  /** JSON unless it is text or bytes. */
  readonly body?: unknown;
  readonly headers?: Readonly<Record<string, string>>;
}

export interface Answered {
  readonly status: number;
  readonly headers: Headers;
  readonly text: string;
  readonly bytes: Uint8Array;
  /** The body as JSON. */
  readonly json: never;
}

export interface BenchOptions extends Partial<Omit<Service, 'app'>> {
  readonly app?: Partial<ApiApp>;
  /** Other routes than those of the API. */
  readonly routes?: readonly Route[];
}

/** The API without a host: ledger and Azure in memory, and callers whom the platform has signed in. */
export class ApiBench {
  readonly ledger = openSqliteLedger(':memory:');
  readonly azure = new AzureForApi();
  readonly logged: string[] = [];
  /** Ids of the requests that were queued. */
  readonly queued: string[] = [];
  /** Events that were raised, and instances that were started. */
  readonly woken: string[] = [];
  readonly #isRealApi: boolean;
  readonly app: ApiApp;
  service: Service;
  now = new Date('2026-11-22T00:00:00.000Z');
  readonly client = {
    getStatus: async () => ({ runtimeStatus: 'Running' }),
    startNew: async (_: string, { instanceId }: { instanceId: string }) => {
      this.woken.push(`start ${instanceId}`);
    },
    raiseEvent: async (instanceId: string) => {
      this.woken.push(`wake ${instanceId}`);
    },
  } as unknown as DurableClient;
  readonly #found: readonly (Route | OpenRoute)[];
  readonly #routes: HttpRoutes;

  constructor(change: BenchOptions = {}) {
    onTestFinished(() => this.ledger.close());
    const { app, routes: known = routes, ...service } = change;
    this.#isRealApi = known === routes;
    this.#found = [...known, ...openRoutes];
    this.#routes = new HttpRoutes(this.#found.map(registered), '');
    this.app = {
      landscape: sampleLandscape(),
      ledger: this.ledger,
      azure: this.azure,
      now: () => this.now,
      events: { publish: async () => undefined },
      serviceBus: {
        queueRequest: async ({ id }: { id: string }) => {
          this.queued.push(id);
        },
      },
      ...app,
    } as ApiApp;
    this.service = {
      app: this.app,
      authentication: local,
      allowedTenants: [ids.managementTenant, ids.managedTenant],
      publicOrigin: undefined,
      rateLimit: new RateLimit(1_000, () => this.now.getTime()),
      pageFiles: async () => new Map(),
      ...service,
    };
  }

  get = (path: string, sent: Sent = {}) => this.send('GET', path, sent);
  post = (path: string, sent: Sent = {}) => this.send('POST', path, sent);

  async send(method: string, path: string, { as, body, headers }: Sent = {}): Promise<Answered> {
    const url = new URL(path, origin);
    const match = this.#routes.match(method, url.pathname);
    if (!match) throw new Error(`No function takes ${method} ${path}.`);
    const request = new HttpRequest({
      method,
      url: url.href,
      params: match.params,
      headers: {
        ...(as ? { 'x-ms-client-principal': principalOf(as) } : {}),
        'x-vnetv-principal-key': principalKey,
        ...(method === 'GET' || method === 'HEAD' ? {} : { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body === undefined ? {} : { body: { bytes: bytesOf(body) } }),
    });
    const found = this.#found.find(({ name }) => name === match.target.name);
    if (!found) throw new Error('unreachable');
    const init =
      'method' in found
        ? await serve(found as Route, request, this.client, this.#context(), this.service)
        : await serveOpen(found as OpenRoute, request, this.#context(), this.service);
    const bytes = bytesIn(init.body);
    const text = Buffer.from(bytes).toString();
    const answered = new Headers(init.headers as Record<string, string>);
    const answer: Answered = {
      status: init.status ?? 200,
      headers: answered,
      text,
      bytes,
      json: (/json\b/.test(answered.get('content-type') ?? '') && init.status !== 304
        ? JSON.parse(text)
        : undefined) as never,
    };
    this.#keepContract(method, url.pathname, body, answer);
    return answer;
  }

  /** Whatever a test is about: no answer is other than the OpenAPI document says. */
  #keepContract(method: string, pathname: string, sent: unknown, answer: Answered): void {
    if (!this.#isRealApi) return;
    const { status, headers, json } = answer;
    const contentType = headers.get('content-type') ?? '';
    const faults = contractFaults({ method, pathname, sent, status, contentType, body: json });
    if (faults !== undefined && faults.length > 0) {
      throw new Error(`${method} ${pathname} breaks its contract:\n${faults.join('\n')}`);
    }
  }

  #context(): InvocationContext {
    const log = (...words: unknown[]) => void this.logged.push(words.join(' '));
    return { invocationId: 'invocation-1', log, warn: log, error: log } as never;
  }
}

const registered = (route: Route | OpenRoute): RegisteredFunction =>
  ({
    name: route.name,
    trigger: {
      route: route.path,
      methods: 'method' in route ? [route.method] : route.methods,
    },
  }) as unknown as RegisteredFunction;

const bytesOf = (body: unknown): Uint8Array =>
  body instanceof Uint8Array
    ? body
    : Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));

const bytesIn = (body: unknown): Uint8Array =>
  body instanceof Uint8Array ? body : Buffer.from(typeof body === 'string' ? body : '');
