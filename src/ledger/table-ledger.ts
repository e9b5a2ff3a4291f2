import { odata } from '@azure/data-tables';
import type { AuditEntry, AuditHead } from '../model/audit.ts';
import type {
  QuotaAnswer,
  QuotaLimit,
  QuotaMeasure,
  QuotaRelease,
  QuotaStanding,
  QuotaUsage,
} from '../model/quotas.ts';
import { isFinalState } from '../model/states.ts';
import type {
  AuditList,
  AuditQuery,
  ClaimAnswer,
  Decision,
  DecisionOptions,
  DecisionRecording,
  Ledger,
  PoolUsage,
  RequestChange,
  RequestClaim,
  RequestListPage,
  RequestQuery,
  RequestRecord,
  TimelineEntry,
  VirtualNetworkClaim,
} from './ledger.ts';
import { requirePageSize } from './paging.ts';
import { changeRecord, claimRecord, decideRecord } from './record-changes.ts';
import { fromEntity, type StoredEntity, toEntity } from './table-entities.ts';
import { keyRange, rowKeys, sequenceOf } from './table-keys.ts';
import { TableQuotas } from './table-quotas.ts';
import { TableRequests } from './table-requests.ts';
import { type Action, type TableConnection, TableStore } from './table-store.ts';
import { TableWriter } from './table-writer.ts';

/**
 * The ledger in one table of Azure Table Storage. Any number of processes may write at once; see
 * `TableWriter`. The table is made at the first use. Nothing is asked of the service before.
 */
export function openTableLedger(connection: TableConnection, tableName: string): Ledger {
  return new TableLedger(new TableStore(connection, tableName));
}

class TableLedger implements Ledger {
  readonly #store: TableStore;
  readonly #requests: TableRequests;
  readonly #writer: TableWriter;
  readonly #quotas: TableQuotas;
  #lastOrder = 0;

  constructor(store: TableStore) {
    this.#store = store;
    this.#requests = new TableRequests(store);
    this.#writer = new TableWriter(store);
    this.#quotas = new TableQuotas(store);
  }

  async claimRequest(claim: RequestClaim, at: string): Promise<ClaimAnswer> {
    return await this.#writer.write<ClaimAnswer>(async () => {
      const known = (await this.#requests.find(claim.id))?.record;
      if (known) {
        const isSame = known.contentHash === claim.contentHash;
        return { answer: { status: isSame ? 'repeated' : 'contradiction', record: known } };
      }
      const { record, drafts } = claimRecord(claim, at);
      return {
        drafts,
        write: ([entry]) => ({
          answer: { status: 'claimed', record },
          actions: this.#requests.insert(record, entry?.sequence ?? 0),
        }),
      };
    });
  }

  async getRequest(id: string): Promise<RequestRecord | undefined> {
    return (await this.#requests.find(id))?.record;
  }

  async listUnfinishedRequests(): Promise<readonly RequestRecord[]> {
    return await this.#requests.listUnfinished();
  }

  async listRequests(query: RequestQuery): Promise<RequestListPage> {
    return await this.#requests.listPage(query);
  }

  async updateRequest(id: string, change: RequestChange, at: string): Promise<RequestRecord> {
    return await this.#writer.write<RequestRecord>(async () => {
      const found = await this.#requests.require(id);
      const { record, drafts } = changeRecord(found.record, change, at);
      if (record === found.record) return { answer: record };
      const actions = this.#requests.update(found, record);
      return { drafts, write: () => ({ answer: record, actions }) };
    });
  }

  async markOutcomePublished(id: string): Promise<void> {
    await this.#store.change(async () => {
      const found = await this.#requests.require(id);
      const { pendingEvent, ...record } = found.record;
      return pendingEvent === undefined ? [] : this.#requests.update(found, record);
    });
  }

  async appendTimeline(requestId: string, entry: TimelineEntry): Promise<void> {
    await this.#requests.requireKnown(requestId);
    const order = { order: this.#nextOrder() };
    await this.#insert(toEntity(rowKeys.timeline(requestId, entry.key), entry, order));
  }

  async listTimeline(requestId: string): Promise<readonly TimelineEntry[]> {
    return (await this.#listOrdered('t', requestId)).map((entity) => fromEntity(entity));
  }

  async recordDecision(
    decision: Decision,
    { change, ifRevision }: DecisionOptions = {},
  ): Promise<DecisionRecording> {
    const { requestId, id } = decision;
    const rowKey = rowKeys.decision(requestId, id);
    return await this.#writer.write<DecisionRecording>(async () => {
      // The record first: what it shows of a decision, the look for the decision shows too.
      const found = await this.#requests.require(requestId);
      const known = await this.#store.get(rowKey);
      if (known) return { answer: 'repeated' };
      if (ifRevision !== undefined && ifRevision !== found.record.revision) {
        return { answer: 'conflict' };
      }
      const { record, drafts } = decideRecord(found.record, decision, change);
      const update = this.#requests.update(found, record);
      return {
        drafts,
        write: ([entry]) => {
          const order = { order: rowKeys.audit(entry?.sequence ?? 0) };
          const create = toEntity(rowKey, decision, order);
          return { answer: 'recorded', actions: [{ create }, ...update] };
        },
      };
    });
  }

  async listDecisions(requestId: string): Promise<readonly Decision[]> {
    return (await this.#listOrdered('d', requestId)).map((entity) => fromEntity(entity));
  }

  async listAudit({ after = 0, requestId, pageSize }: AuditQuery): Promise<AuditList> {
    requirePageSize(pageSize);
    const range = { ...keyRange('a'), from: rowKeys.audit(after + 1) };
    const filters = requestId === undefined ? [] : [odata`requestId eq ${requestId}`];
    const found: StoredEntity[] = [];
    const options = { filters, pageSize: Math.min(pageSize + 1, 1_000) };
    for await (const entity of this.#store.list(range, options)) {
      found.push(entity);
      if (found.length > pageSize) break;
    }
    const page = found.slice(0, pageSize);
    const last = page.at(-1);
    return {
      entries: page.map((entity) => fromEntity<AuditEntry>(entity)),
      ...(last && found.length > pageSize ? { next: sequenceOf(last.rowKey) } : {}),
    };
  }

  async auditHead(): Promise<AuditHead> {
    return await this.#writer.head();
  }

  async claimVirtualNetwork(
    virtualNetworkId: string,
    requestId: string,
  ): Promise<VirtualNetworkClaim> {
    await this.#requests.requireKnown(requestId);
    const rowKey = rowKeys.claim(virtualNetworkId);
    let held: string | undefined;
    await this.#store.change(async () => {
      held = undefined;
      const claim = await this.#store.get(rowKey);
      const holder = claim && fromEntity<{ requestId: string }>(claim).requestId;
      if (holder === requestId) return [];
      if (holder && !isFinalState((await this.#requests.require(holder)).record.state)) {
        held = holder;
        return [];
      }
      const next = toEntity(rowKey, { virtualNetworkId, requestId });
      return [claim ? { replace: next, etag: claim.etag } : { create: next }];
    });
    return held === undefined ? { status: 'claimed' } : { status: 'held', byRequestId: held };
  }

  async releaseVirtualNetwork(virtualNetworkId: string, requestId: string): Promise<void> {
    const rowKey = rowKeys.claim(virtualNetworkId);
    await this.#store.change(async () => {
      const claim = await this.#store.get(rowKey);
      if (!claim || fromEntity<{ requestId?: string }>(claim).requestId !== requestId) return [];
      // Not deleted: a transaction could do that only unconditionally.
      return [{ replace: toEntity(rowKey, { virtualNetworkId }), etag: claim.etag }];
    });
  }

  async reserveQuota(usage: QuotaUsage, limits: readonly QuotaLimit[]): Promise<QuotaAnswer> {
    return await this.#quotas.reserve(usage, limits);
  }

  async previewQuota(
    usage: QuotaUsage,
    limits: readonly QuotaLimit[],
  ): Promise<readonly QuotaStanding[]> {
    return await this.#quotas.preview(usage, limits);
  }

  async releaseQuota(
    virtualNetworkId: string,
    requestId: string,
    release: QuotaRelease,
  ): Promise<void> {
    await this.#quotas.release(virtualNetworkId, requestId, release);
  }

  async quotaUsed(key: string, measure: QuotaMeasure): Promise<string> {
    return await this.#quotas.used(key, measure);
  }

  async recordPoolUsage(usage: PoolUsage): Promise<void> {
    await this.#insert(toEntity(rowKeys.poolUsage(usage.pool, usage.at), usage));
  }

  async listPoolUsage(pool: string, from: string): Promise<readonly PoolUsage[]> {
    const range = { ...keyRange('w', pool), from: rowKeys.poolUsage(pool, from) };
    const usages: PoolUsage[] = [];
    for await (const entity of this.#store.list(range)) usages.push(fromEntity(entity));
    return usages;
  }

  async putStepState(
    requestId: string,
    step: string,
    state: Readonly<Record<string, string>>,
  ): Promise<void> {
    await this.#requests.requireKnown(requestId);
    const put = toEntity(rowKeys.stepState(requestId, step), state);
    await this.#store.change(async () => [{ put }]);
  }

  async getStepState(
    requestId: string,
    step: string,
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const entity = await this.#store.get(rowKeys.stepState(requestId, step));
    return entity && fromEntity<Record<string, string>>(entity);
  }

  /** There is nothing to close: connections end by themselves. */
  async close(): Promise<void> {}

  /** First write wins. */
  async #insert(create: Extract<Action, { create: unknown }>['create']): Promise<void> {
    await this.#store.change(async () =>
      (await this.#store.get(create.rowKey)) === undefined ? [{ create }] : [],
    );
  }

  /** What a request has of one kind, in the order in which it was written. */
  async #listOrdered(kind: 'd' | 't', requestId: string): Promise<readonly StoredEntity[]> {
    const entities: StoredEntity[] = [];
    for await (const entity of this.#store.list(keyRange(kind, requestId))) entities.push(entity);
    const orderOf = ({ order }: StoredEntity): string => String(order);
    return entities.sort((a, b) => (orderOf(a) < orderOf(b) ? -1 : 1));
  }

  /**
   * Orders what is in no chain: microseconds of this machine's clock that never stand still. The writes of
   * one request come one after another, so that clocks that differ a little put nothing out of order.
   */
  #nextOrder(): string {
    this.#lastOrder = Math.max(this.#lastOrder + 1, Date.now() * 1_000);
    return String(this.#lastOrder).padStart(17, '0');
  }
}
