import type { Me } from '../../model/api/callers.ts';
import type { PoolDetail, PoolPage } from '../../model/api/pool-views.ts';
import type {
  Accepted,
  DecisionBody,
  PlanPreview,
  RequestDetail,
  RequestPage,
  RequestSummary,
} from '../../model/api/request-views.ts';
import type { TenantCheck, TenantPage } from '../../model/api/tenant-views.ts';
import type { AuditEntry, AuditPage, AuditVerification } from '../../model/audit.ts';
import { CliError } from '../cli-error.ts';
import { notOurs } from './api-errors.ts';
import type { Call, Transport } from './transport.ts';

type Query = NonNullable<Call['query']>;

const auditPageSize = '100';
const largestPage = 200;

/** The routes of the HTTP API that the command line uses. */
export class ApiClient {
  readonly #transport: Transport;

  constructor(transport: Transport) {
    this.#transport = transport;
  }

  me(): Promise<Me> {
    return this.#get('api/me');
  }

  createRequest(request: unknown): Promise<Accepted> {
    return this.#post('api/requests', request);
  }

  previewPlan(request: unknown): Promise<PlanPreview> {
    return this.#post('api/plans', request);
  }

  getRequest(id: string): Promise<RequestDetail> {
    return this.#get(requestPath(id));
  }

  /**
   * Newest first, at most so many; `next` is the link to what follows them. A page may hold fewer
   * than it was asked for, or none, and still have one behind it.
   */
  async listRequests(query: Query, limit: number): Promise<RequestPage> {
    const requests: RequestSummary[] = [];
    let path = 'api/requests';
    let parameters = query;
    for (;;) {
      const pageSize = String(Math.min(limit - requests.length, largestPage));
      const page = await this.#get<RequestPage>(path, { ...parameters, pageSize });
      requests.push(...page.requests);
      if (page.next === undefined || requests.length >= limit) return { ...page, requests };
      path = page.next;
      parameters = {};
    }
  }

  decide(id: string, decision: DecisionBody): Promise<RequestDetail> {
    return this.#post(`${requestPath(id)}/decisions`, decision);
  }

  cancel(id: string, reason: string): Promise<RequestDetail> {
    return this.#post(`${requestPath(id)}/cancel`, { reason });
  }

  resume(id: string, reason: string): Promise<RequestDetail> {
    return this.#post(`${requestPath(id)}/resume`, { reason });
  }

  listPools(): Promise<PoolPage> {
    return this.#get('api/pools');
  }

  getPool(alias: string): Promise<PoolDetail> {
    return this.#get(`api/pools/${encodeURIComponent(alias)}`);
  }

  listTenants(): Promise<TenantPage> {
    return this.#get('api/tenants');
  }

  checkTenant(alias: string): Promise<TenantCheck> {
    return this.#get(`api/tenants/${encodeURIComponent(alias)}/check`);
  }

  /** Oldest first, page after page. */
  async *listAudit(query: Query = {}): AsyncGenerator<AuditEntry> {
    let page = await this.#get<AuditPage>('api/audit', { pageSize: auditPageSize, ...query });
    for (;;) {
      yield* page.entries;
      if (page.next === undefined) return;
      page = await this.#get<AuditPage>(page.next);
    }
  }

  verifyAudit(): Promise<AuditVerification> {
    return this.#get('api/audit/verification');
  }

  /** The trail as a file, part after part as the server cuts it. */
  async *exportAudit(format: 'jsonl' | 'csv'): AsyncGenerator<string> {
    let path: string | undefined = `api/audit/export?format=${format}`;
    for (let isFirst = true; path !== undefined; isFirst = false) {
      const headers = { accept: format === 'csv' ? 'text/csv' : 'application/jsonl' };
      const response = await this.#transport.send({
        method: 'GET',
        path,
        headers,
        isRepeatable: true,
      });
      const text = await response.text();
      // Each part is a table of its own, with the names of the columns in its first line.
      yield format === 'csv' && !isFirst ? text.slice(text.indexOf('\n') + 1) : text;
      path = nextIn(response.headers.get('link'));
    }
  }

  async #get<T>(path: string, query: Query = {}): Promise<T> {
    return await this.#json<T>({ method: 'GET', path, query, isRepeatable: true });
  }

  /** The key makes a repetition harmless whose first answer was lost. */
  async #post<T>(path: string, body: unknown): Promise<T> {
    const headers = { 'idempotency-key': crypto.randomUUID() };
    return await this.#json<T>({ method: 'POST', path, body, headers, isRepeatable: true });
  }

  async #json<T>(call: Call): Promise<T> {
    const response = await this.#transport.send(call);
    if (response.status === 204) return undefined as T;
    const type = response.headers.get('content-type') ?? 'nothing';
    if (!/[/+]json\b/.test(type)) {
      throw notOurs(this.#transport.origin, `It answers ${type} instead of JSON.`);
    }
    return (await response.json().catch((error: Error) => {
      if (error instanceof CliError) throw error;
      throw notOurs(this.#transport.origin, `Its JSON cannot be read: ${error.message}`);
    })) as T;
  }
}

/** The target of a link with rel="next" (RFC 8288). */
const nextIn = (header: string | null): string | undefined =>
  /<([^>]*)>\s*;[^,]*\brel="?next"?/.exec(header ?? '')?.[1];

const requestPath = (id: string): string => `api/requests/${encodeURIComponent(id)}`;
