import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import {
  type AuditDraft,
  type AuditEntry,
  type AuditHead,
  emptyAudit,
  sealEntry,
} from '../model/audit.ts';
import type {
  QuotaAnswer,
  QuotaLimit,
  QuotaMeasure,
  QuotaRelease,
  QuotaStanding,
  QuotaUsage,
} from '../model/quotas.ts';
import { isEndState, isFinalState, requestStates } from '../model/states.ts';
import { contentHash } from './content-hash.ts';
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
import { changeRecord, claimRecord, decideRecord, type RecordChange } from './record-changes.ts';
import { SqliteQuotas } from './sqlite-quotas.ts';
import { insertRecord, selectPage, toRecord, updateRecord } from './sqlite-records.ts';
import { inTransaction, openLedgerDatabase } from './sqlite-schema.ts';

/**
 * The ledger in one SQLite file, for the local platform. Several connections and processes may share
 * the file. Every method has committed before its promise resolves; a method that fails has changed
 * nothing. Throws when the file cannot be opened or was written by another version.
 */
export function openSqliteLedger(file: string): Ledger {
  return new SqliteLedger(openLedgerDatabase(file));
}

type Row = Record<string, SQLOutputValue>;

class SqliteLedger implements Ledger {
  readonly #database: DatabaseSync;
  readonly #quotas: SqliteQuotas;

  constructor(database: DatabaseSync) {
    this.#database = database;
    this.#quotas = new SqliteQuotas(database);
  }

  async claimRequest(claim: RequestClaim, at: string): Promise<ClaimAnswer> {
    return inTransaction(this.#database, () => {
      const claimed = claimRecord(claim, at);
      if (insertRecord(this.#database, claimed.record)) {
        this.#append(claimed.drafts);
        return { status: 'claimed', record: this.#recordOf(claim.id) };
      }
      const record = this.#recordOf(claim.id);
      const isSame = record.contentHash === claim.contentHash;
      return { status: isSame ? 'repeated' : 'contradiction', record };
    });
  }

  async getRequest(id: string): Promise<RequestRecord | undefined> {
    return this.#findRecord(id);
  }

  async listUnfinishedRequests(): Promise<readonly RequestRecord[]> {
    const running = requestStates.filter((state) => !isEndState(state));
    return this.#all(
      `SELECT * FROM requests
       WHERE state IN (${running.map(() => '?').join(', ')}) OR pending_event IS NOT NULL
       ORDER BY sequence`,
      running,
    ).map(toRecord);
  }

  async listRequests(query: RequestQuery): Promise<RequestListPage> {
    return selectPage(this.#database, query);
  }

  async updateRequest(id: string, change: RequestChange, at: string): Promise<RequestRecord> {
    return inTransaction(this.#database, () => {
      const before = this.#recordOf(id);
      return this.#write(before, changeRecord(before, change, at));
    });
  }

  async markOutcomePublished(id: string): Promise<void> {
    inTransaction(this.#database, () => {
      this.#recordOf(id);
      this.#run('UPDATE requests SET pending_event = NULL WHERE id = ?', [id]);
    });
  }

  async appendTimeline(requestId: string, entry: TimelineEntry): Promise<void> {
    inTransaction(this.#database, () => {
      this.#recordOf(requestId);
      this.#run(
        'INSERT INTO timeline (request_id, key, entry) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        [requestId, entry.key, JSON.stringify(entry)],
      );
    });
  }

  async listTimeline(requestId: string): Promise<readonly TimelineEntry[]> {
    return this.#all('SELECT entry FROM timeline WHERE request_id = ? ORDER BY sequence', [
      requestId,
    ]).map((row) => fromText<TimelineEntry>(row['entry']));
  }

  async recordDecision(
    decision: Decision,
    { change, ifRevision }: DecisionOptions = {},
  ): Promise<DecisionRecording> {
    const { requestId, id } = decision;
    return inTransaction(this.#database, () => {
      const record = this.#recordOf(requestId);
      const known = this.#all('SELECT 1 FROM decisions WHERE request_id = ? AND id = ?', [
        requestId,
        id,
      ]);
      if (known.length > 0) return 'repeated';
      if (ifRevision !== undefined && ifRevision !== record.revision) return 'conflict';
      const decided = decideRecord(record, decision, change);
      this.#run('INSERT INTO decisions (request_id, id, decision) VALUES (?, ?, ?)', [
        requestId,
        id,
        JSON.stringify(decision),
      ]);
      this.#write(record, decided);
      return 'recorded';
    });
  }

  async listDecisions(requestId: string): Promise<readonly Decision[]> {
    return this.#all('SELECT decision FROM decisions WHERE request_id = ? ORDER BY sequence', [
      requestId,
    ]).map((row) => fromText<Decision>(row['decision']));
  }

  async listAudit({ after = 0, requestId, pageSize }: AuditQuery): Promise<AuditList> {
    requirePageSize(pageSize);
    const isAsked = requestId === undefined ? '' : 'AND request_id = ?';
    const found = this.#all(
      `SELECT sequence, entry FROM audit WHERE sequence > ? ${isAsked} ORDER BY sequence LIMIT ?`,
      [after, ...(requestId === undefined ? [] : [requestId]), pageSize + 1],
    );
    const page = found.slice(0, pageSize);
    const entries = page.map((row) => fromText<AuditEntry>(row['entry']));
    // Of the row, not of the entry: a page must lead on whatever somebody has made of the entry.
    const last = Number(page.at(-1)?.['sequence']);
    return { entries, ...(found.length > pageSize ? { next: last } : {}) };
  }

  async auditHead(): Promise<AuditHead> {
    return this.#auditHead();
  }

  async claimVirtualNetwork(
    virtualNetworkId: string,
    requestId: string,
  ): Promise<VirtualNetworkClaim> {
    const key = virtualNetworkId.toLowerCase();
    return inTransaction(this.#database, () => {
      this.#recordOf(requestId);
      const holder = this.#all(
        'SELECT request_id FROM virtual_network_claims WHERE virtual_network_id = ?',
        [key],
      )[0]?.['request_id'];
      if (
        typeof holder === 'string' &&
        holder !== requestId &&
        !isFinalState(this.#recordOf(holder).state)
      ) {
        return { status: 'held', byRequestId: holder };
      }
      this.#run(
        `INSERT INTO virtual_network_claims (virtual_network_id, request_id) VALUES (?, ?)
         ON CONFLICT (virtual_network_id) DO UPDATE SET request_id = excluded.request_id`,
        [key, requestId],
      );
      return { status: 'claimed' };
    });
  }

  async releaseVirtualNetwork(virtualNetworkId: string, requestId: string): Promise<void> {
    this.#run(
      'DELETE FROM virtual_network_claims WHERE virtual_network_id = ? AND request_id = ?',
      [virtualNetworkId.toLowerCase(), requestId],
    );
  }

  async reserveQuota(usage: QuotaUsage, limits: readonly QuotaLimit[]): Promise<QuotaAnswer> {
    return this.#quotas.reserve(usage, limits);
  }

  async previewQuota(
    usage: QuotaUsage,
    limits: readonly QuotaLimit[],
  ): Promise<readonly QuotaStanding[]> {
    return this.#quotas.preview(usage, limits);
  }

  async releaseQuota(
    virtualNetworkId: string,
    requestId: string,
    release: QuotaRelease,
  ): Promise<void> {
    this.#quotas.release(virtualNetworkId, requestId, release);
  }

  async quotaUsed(key: string, measure: QuotaMeasure): Promise<string> {
    return this.#quotas.used(key, measure);
  }

  async recordPoolUsage(usage: PoolUsage): Promise<void> {
    this.#run('INSERT INTO pool_usages (pool, at, usage) VALUES (?, ?, ?) ON CONFLICT DO NOTHING', [
      usage.pool,
      usage.at,
      JSON.stringify(usage),
    ]);
  }

  async listPoolUsage(pool: string, from: string): Promise<readonly PoolUsage[]> {
    return this.#all('SELECT usage FROM pool_usages WHERE pool = ? AND at >= ? ORDER BY at', [
      pool,
      from,
    ]).map((row) => fromText<PoolUsage>(row['usage']));
  }

  async putStepState(
    requestId: string,
    step: string,
    state: Readonly<Record<string, string>>,
  ): Promise<void> {
    inTransaction(this.#database, () => {
      this.#recordOf(requestId);
      this.#run(
        `INSERT INTO step_states (request_id, step, state) VALUES (?, ?, ?)
         ON CONFLICT (request_id, step) DO UPDATE SET state = excluded.state`,
        [requestId, step, JSON.stringify(state)],
      );
    });
  }

  async getStepState(
    requestId: string,
    step: string,
  ): Promise<Readonly<Record<string, string>> | undefined> {
    const row = this.#all('SELECT state FROM step_states WHERE request_id = ? AND step = ?', [
      requestId,
      step,
    ])[0];
    return row === undefined ? undefined : fromText<Record<string, string>>(row['state']);
  }

  /** Repeatable: a second close does nothing. */
  async close(): Promise<void> {
    if (this.#database.isOpen) {
      this.#database.close();
    }
  }

  /** Within a transaction: the record and what the audit trail gets for it. */
  #write(before: RequestRecord, { record, drafts }: RecordChange): RequestRecord {
    if (record !== before) updateRecord(this.#database, record);
    this.#append(drafts);
    return record;
  }

  /** Within a transaction. */
  #append(drafts: readonly AuditDraft[]): void {
    let head = this.#auditHead();
    for (const draft of drafts) {
      const entry = sealEntry(head, draft, contentHash);
      this.#run('INSERT INTO audit (sequence, request_id, hash, entry) VALUES (?, ?, ?, ?)', [
        entry.sequence,
        entry.requestId,
        entry.hash,
        JSON.stringify(entry),
      ]);
      head = entry;
    }
  }

  #auditHead(): AuditHead {
    const row = this.#all('SELECT sequence, hash FROM audit ORDER BY sequence DESC LIMIT 1', [])[0];
    return row ? { sequence: Number(row['sequence']), hash: String(row['hash']) } : emptyAudit;
  }

  #findRecord(id: string): RequestRecord | undefined {
    return this.#all('SELECT * FROM requests WHERE id = ?', [id]).map(toRecord)[0];
  }

  #recordOf(id: string): RequestRecord {
    const record = this.#findRecord(id);
    if (record === undefined) {
      throw new Error(
        `The ledger knows no request ${id}. A request must be claimed before anything is recorded for it.`,
      );
    }
    return record;
  }

  #all(sql: string, values: readonly SQLInputValue[]): Row[] {
    return this.#database.prepare(sql).all(...values);
  }

  /** Answers whether a row was changed. */
  #run(sql: string, values: readonly SQLInputValue[]): boolean {
    return Number(this.#database.prepare(sql).run(...values).changes) > 0;
  }
}

const fromText = <T>(text: SQLOutputValue | undefined): T => JSON.parse(String(text)) as T;
