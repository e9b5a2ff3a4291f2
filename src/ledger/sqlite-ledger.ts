import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import { isEndState, isFinalState, requestStates } from '../model/states.ts';
import { applyChange, requireNewState } from './apply-change.ts';
import type {
  ClaimAnswer,
  Decision,
  Ledger,
  RequestChange,
  RequestRecord,
  TimelineEntry,
  VirtualNetworkClaim,
} from './ledger.ts';
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

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  async claimRequest(
    claim: Pick<RequestRecord, 'id' | 'request' | 'contentHash' | 'instanceId'>,
    at: string,
  ): Promise<ClaimAnswer> {
    return inTransaction(this.#database, () => {
      const inserted = this.#run(
        `INSERT INTO requests (id, state, content_hash, instance_id, created_at, updated_at, request)
         VALUES (?, 'received', ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
        [claim.id, claim.contentHash, claim.instanceId, at, at, JSON.stringify(claim.request)],
      );
      const record = this.#recordOf(claim.id);
      if (inserted) {
        return { status: 'claimed', record };
      }
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

  async updateRequest(id: string, change: RequestChange, at: string): Promise<RequestRecord> {
    return inTransaction(this.#database, () => this.#change(id, change, at));
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
    change?: RequestChange,
  ): Promise<'recorded' | 'repeated'> {
    return inTransaction(this.#database, () => {
      const record = this.#recordOf(decision.requestId);
      const inserted = this.#run(
        'INSERT INTO decisions (request_id, id, decision) VALUES (?, ?, ?) ON CONFLICT DO NOTHING',
        [decision.requestId, decision.id, JSON.stringify(decision)],
      );
      if (inserted && change) {
        requireNewState(record, change);
        this.#change(decision.requestId, change, decision.at);
      }
      return inserted ? 'recorded' : 'repeated';
    });
  }

  async listDecisions(requestId: string): Promise<readonly Decision[]> {
    return this.#all('SELECT decision FROM decisions WHERE request_id = ? ORDER BY sequence', [
      requestId,
    ]).map((row) => fromText<Decision>(row['decision']));
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

  /** Within a transaction. */
  #change(id: string, change: RequestChange, at: string): RequestRecord {
    const record = applyChange(this.#recordOf(id), change, at);
    this.#run(
      `UPDATE requests SET state = ?, updated_at = ?, plan = ?, error = ?, result = ?, leftovers = ?,
         pending_event = ?
       WHERE id = ?`,
      [
        record.state,
        record.updatedAt,
        toText(record.plan),
        toText(record.error),
        toText(record.result),
        toText(record.leftovers),
        toText(record.pendingEvent),
        id,
      ],
    );
    return record;
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

const toText = (value: unknown): string | null =>
  value === undefined ? null : JSON.stringify(value);

const fromText = <T>(text: SQLOutputValue | undefined): T => JSON.parse(String(text)) as T;

/** Columns of the members that a record may lack. */
const optionalColumns = {
  plan: 'plan',
  error: 'error',
  result: 'result',
  leftovers: 'leftovers',
  pendingEvent: 'pending_event',
} as const;

function toRecord(row: Row): RequestRecord {
  const optional = Object.entries(optionalColumns).flatMap(([member, column]) =>
    row[column] === null ? [] : [[member, fromText<unknown>(row[column])]],
  );
  return {
    id: String(row['id']),
    request: fromText(row['request']),
    contentHash: String(row['content_hash']),
    instanceId: String(row['instance_id']),
    state: row['state'] as RequestRecord['state'],
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
    ...(Object.fromEntries(optional) as Partial<RequestRecord>),
  };
}
