import { createHash } from 'node:crypto';
import { createServer, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { z } from 'zod';
import { meSchema } from '../../../src/model/api/callers.ts';
import {
  type PoolDetail,
  poolDetailSchema,
  poolPageSchema,
} from '../../../src/model/api/pool-views.ts';
import { problemSchema } from '../../../src/model/api/problems.ts';
import {
  acceptedSchema,
  decisionBodySchema,
  type PlanPreview,
  planPreviewSchema,
  type RequestDetail,
  reasonBodySchema,
  requestDetailSchema,
  requestPageSchema,
  requestSummarySchema,
} from '../../../src/model/api/request-views.ts';
import {
  type TenantCheck,
  tenantCheckSchema,
  tenantPageSchema,
} from '../../../src/model/api/tenant-views.ts';
import {
  type AuditEntry,
  type AuditVerification,
  auditGenesis,
  auditPageSchema,
  auditVerificationSchema,
} from '../../../src/model/audit.ts';
import { canonicalJson } from '../../../src/model/canonical-json.ts';
import { sampleDetail, samplePlan, samplePool, subscriptionId } from './samples.ts';

export interface Call {
  readonly method: string;
  readonly path: string;
  readonly query: URLSearchParams;
  readonly headers: IncomingMessage['headers'];
  readonly body: unknown;
}

interface Scripted {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
  /** Breaks the connection instead of answering. */
  readonly drop?: boolean;
}

const people = [
  { key: 'ada', name: 'Ada Requester', objectId: '22', tenantId: 'b', roles: ['Vnet.Request'] },
  { key: 'ben', name: 'Ben Approver', objectId: '44', tenantId: 'a', roles: ['Vnet.Approve'] },
];

/**
 * An HTTP API of the product that only knows what a test tells it. Everything it answers is checked against the
 * schemas of the real one.
 */
export class FakeApi {
  readonly calls: Call[] = [];
  readonly requests = new Map<string, RequestDetail>();
  pools: PoolDetail[] = [samplePool];
  preview: PlanPreview = { plan: samplePlan, riskFlags: [] };
  check: TenantCheck = {
    alias: 'fabrikam',
    checkedAt: '2026-11-28T17:00:00.000Z',
    ready: true,
    findings: [{ check: 'managed-token', status: 'passed', subject: 'managed tenant fabrikam' }],
  };
  audit: AuditEntry[] = [];
  /** Default: what is true of `audit`. */
  verification: AuditVerification | undefined;
  /** Requests on a page. */
  pageSize = 2;
  /** What the next calls are answered, whatever they ask for. */
  readonly scripted: Scripted[] = [];
  /** What a request is like at the next looks, one after the other; the last one stays. */
  readonly story: RequestDetail[] = [];
  readonly #server: Server;

  private constructor() {
    this.#server = createServer((request, response) => void this.#receive(request, response));
  }

  static async start(): Promise<FakeApi> {
    const api = new FakeApi();
    await new Promise<void>((resolve) => api.#server.listen(0, '127.0.0.1', resolve));
    return api;
  }

  get url(): string {
    return `http://127.0.0.1:${(this.#server.address() as AddressInfo).port}`;
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }

  /** The calls of a method, without the sign-in. */
  callsOf(method: string): readonly Call[] {
    return this.calls.filter((call) => call.method === method && call.path.startsWith('/api/'));
  }

  addRequest(change: Partial<RequestDetail> = {}): RequestDetail {
    const request = { ...sampleDetail, ...change };
    this.requests.set(request.id, request);
    return request;
  }

  /** Adds sealed entries to the audit trail. */
  addAudit(count: number): void {
    for (let index = 0; index < count; index++) {
      const entry = {
        sequence: this.audit.length + 1,
        at: '2026-11-28T17:00:00.000Z',
        requestId: 'NET-7',
        kind: 'request-changed' as const,
        state: 'deploying',
        actor: { name: 'workflow' },
        facts: { text: 'a, "quoted" one' },
        recordHash: 'a'.repeat(64),
        previousHash: this.audit.at(-1)?.hash ?? auditGenesis,
      };
      this.audit.push({ ...entry, hash: hashOf(entry) });
    }
  }

  async #receive(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const url = new URL(request.url ?? '/', 'http://localhost');
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk as Buffer);
    const text = Buffer.concat(chunks).toString();
    const call: Call = {
      method: request.method ?? '',
      path: url.pathname,
      query: url.searchParams,
      headers: request.headers,
      body: text === '' ? undefined : JSON.parse(text),
    };
    this.calls.push(call);
    const scripted = call.path.startsWith('/.auth') ? undefined : this.scripted.shift();
    if (scripted?.drop) {
      response.destroy();
      return;
    }
    const answer = scripted ?? this.#answer(call);
    response.writeHead(answer.status, { 'content-type': 'application/json', ...answer.headers });
    response.end(answer.body);
  }

  #answer(call: Call): Scripted {
    if (call.path === '/.auth/login/local') return signIn(call);
    if (call.headers.authorization === undefined)
      return problem(401, 'NotSignedIn', 'Nobody is signed in.');
    const request = /^\/api\/requests\/([^/]+)(?:\/(\w+))?$/.exec(call.path);
    if (request) return this.#answerRequest(call, request[1] ?? '', request[2]);
    switch (`${call.method} ${call.path}`) {
      case 'GET /api/me':
        return json(meSchema, {
          name: 'Ada Requester',
          objectId: '22222222-2222-4222-8222-222222222222',
          tenantId: 'b0000000-0000-4000-8000-00000000000b',
          roles: ['Vnet.Request'],
        });
      case 'POST /api/requests': {
        const { id } = call.body as { id: string };
        if (!this.requests.has(id)) this.addRequest({ id, state: 'received' });
        return json(
          acceptedSchema,
          { id, state: 'received', location: `/api/requests/${id}` },
          202,
        );
      }
      case 'POST /api/plans':
        return json(planPreviewSchema, this.preview);
      case 'GET /api/requests':
        return this.#page(call);
      case 'GET /api/pools':
        return json(poolPageSchema, {
          pools: this.pools.map(({ blocks: _, usage: __, ...summary }) => summary),
        });
      case 'GET /api/tenants':
        return json(tenantPageSchema, tenants as z.input<typeof tenantPageSchema>);
      case 'GET /api/audit':
        return this.#auditPage(call);
      case 'GET /api/audit/verification':
        return json(auditVerificationSchema, this.verification ?? this.#truth());
      case 'GET /api/audit/export':
        return this.#exportPart(call);
      default:
        return this.#answerByAlias(call);
    }
  }

  #answerByAlias({ path }: Call): Scripted {
    const alias = decodeURIComponent(path.split('/')[3] ?? '');
    const pool = this.pools.find((one) => one.alias === alias);
    if (path.startsWith('/api/pools/') && pool) return json(poolDetailSchema, pool);
    if (path === `/api/tenants/${this.check.alias}/check`)
      return json(tenantCheckSchema, this.check);
    return problem(404, 'UnknownRoute', `There is nothing at ${path}.`);
  }

  #answerRequest({ method, body }: Call, id: string, what: string | undefined): Scripted {
    const request =
      this.story.length > 1 ? this.story.shift() : (this.story[0] ?? this.requests.get(id));
    if (request === undefined) return problem(404, 'UnknownRequest', `There is no request ${id}.`);
    if (method === 'GET') return json(requestDetailSchema, request);
    if (what === 'decisions') decisionBodySchema.parse(body);
    else reasonBodySchema.parse(body);
    return json(requestDetailSchema, request);
  }

  #page({ query }: Call): Scripted {
    const states = query.get('state')?.split(',') ?? [];
    const all = [...this.requests.values()].filter(
      ({ state }) => states.length === 0 || states.includes(state),
    );
    const from = Number(query.get('page') ?? 0);
    const to = from + Math.min(this.pageSize, Number(query.get('pageSize') ?? 50));
    const requests = all
      .slice(from, to)
      .map((request) => requestSummarySchema.loose().parse(request))
      .map(summaryOf);
    const next = `/api/requests?page=${to}${states.length > 0 ? `&state=${states.join(',')}` : ''}`;
    return json(requestPageSchema, { requests, ...(to < all.length ? { next } : {}) });
  }

  #auditPage({ query }: Call): Scripted {
    const after = Number(query.get('after') ?? 0);
    const entries = this.audit.slice(after, after + 3);
    const last = after + entries.length;
    const next = last < this.audit.length ? { next: `/api/audit?after=${last}` } : {};
    return json(auditPageSchema, { entries, ...next });
  }

  #exportPart({ query }: Call): Scripted {
    const after = Number(query.get('after') ?? 0);
    const entries = this.audit.slice(after, after + 3);
    const isCsv = query.get('format') === 'csv';
    const last = after + entries.length;
    const next = `/api/audit/export?format=${query.get('format')}&after=${last}`;
    return {
      status: 200,
      headers: {
        'content-type': isCsv ? 'text/csv' : 'application/jsonl',
        ...(last < this.audit.length ? { link: `<${next}>; rel="next"` } : {}),
      },
      body: isCsv
        ? `sequence,hash\r\n${entries.map(({ sequence, hash }) => `${sequence},${hash}\r\n`).join('')}`
        : entries.map((entry) => `${JSON.stringify(entry)}\n`).join(''),
    };
  }

  #truth(): AuditVerification {
    const { sequence = 0, hash = auditGenesis } = this.audit.at(-1) ?? {};
    return { intact: true, entries: this.audit.length, head: { sequence, hash }, problems: [] };
  }
}

const tenants = {
  tenants: [
    {
      alias: 'fabrikam',
      tenantId: 'b0000000-0000-4000-8000-00000000000b',
      subscriptions: [{ subscriptionId }],
    },
    {
      alias: 'northwind',
      tenantId: 'c0000000-0000-4000-8000-00000000000c',
      subscriptions: [
        { subscriptionId: 'c0000000-0000-4000-8000-0000000000c1' },
        { subscriptionId: 'c0000000-0000-4000-8000-0000000000c2', resourceGroups: ['rg-shared'] },
      ],
    },
  ],
  requiredTags: [],
};

function summaryOf(detail: unknown) {
  const {
    request,
    plan,
    timeline,
    decisions,
    result,
    error,
    leftovers,
    actions,
    next,
    ...summary
  } = detail as RequestDetail;
  return summary;
}

function signIn({ method, body }: Call): Scripted {
  if (method === 'GET') return { status: 200, body: JSON.stringify({ people }) };
  const { person } = body as { person: string };
  const found = people.find(({ key }) => key === person);
  return found
    ? { status: 200, body: JSON.stringify({ token: `token of ${person}`, person: found }) }
    : problem(400, 'SignIn', 'There is no such person.');
}

function json<T>(schema: z.ZodType<T>, value: T, status = 200): Scripted {
  return { status, body: JSON.stringify(schema.parse(value)) };
}

export function problem(status: number, code: string, detail: string): Scripted {
  const body = problemSchema.parse({
    type: `docs/errors.md#${code.toLowerCase()}`,
    title: code,
    status,
    detail,
    code,
    cause: 'The fake knows no better.',
    remedy: 'Do something else.',
  });
  return {
    status,
    headers: { 'content-type': 'application/problem+json' },
    body: JSON.stringify(body),
  };
}

const hashOf = (value: unknown) => createHash('sha256').update(canonicalJson(value)).digest('hex');
