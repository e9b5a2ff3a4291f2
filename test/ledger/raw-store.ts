import { DatabaseSync } from 'node:sqlite';
import { TableClient } from '@azure/data-tables';
import type { Decision, RequestRecord } from '../../src/ledger/ledger.ts';
import {
  fromEntity,
  partitionKey,
  type StoredEntity,
  toEntity,
} from '../../src/ledger/table-entities.ts';
import { rowKeys } from '../../src/ledger/table-keys.ts';
import type { AuditEntry, AuditHead } from '../../src/model/audit.ts';

/** What somebody can do who gets at the store itself, past the ledger. */
export interface RawStore {
  /** Puts an entry where it belongs, or where another one is; takes one away. The text may be anything. */
  putEntry(sequence: number, entry: AuditEntry | string): Promise<void>;
  deleteEntry(sequence: number): Promise<void>;
  /** What the ledger takes for the end of the trail. */
  setHead(head: AuditHead): Promise<void>;
  putRecord(record: RequestRecord): Promise<void>;
  deleteRecord(id: string): Promise<void>;
  putDecision(decision: Decision): Promise<void>;
  deleteDecision(requestId: string, id: string): Promise<void>;
}

export function rawSqlite(file: string): RawStore {
  const run = async (sql: string, ...values: readonly (string | number)[]): Promise<void> => {
    const database = new DatabaseSync(file, { enableForeignKeyConstraints: false });
    database.prepare(sql).run(...values);
    database.close();
  };
  return {
    putEntry: async (sequence, entry) => {
      const text = typeof entry === 'string' ? entry : JSON.stringify(entry);
      const [id, hash] = typeof entry === 'string' ? ['', ''] : [entry.requestId, entry.hash];
      await run('INSERT OR REPLACE INTO audit VALUES (?, ?, ?, ?)', sequence, id, hash, text);
    },
    deleteEntry: (sequence) => run('DELETE FROM audit WHERE sequence = ?', sequence),
    // The last entry is the head.
    setHead: async () => {},
    putRecord: ({ id, state, revision, request, tenant }) =>
      run(
        'UPDATE requests SET state = ?, revision = ?, request = ?, tenant = ? WHERE id = ?',
        ...[state, revision, JSON.stringify(request), tenant, id],
      ),
    deleteRecord: (id) => run('DELETE FROM requests WHERE id = ?', id),
    putDecision: (decision) =>
      run(
        `INSERT INTO decisions (request_id, id, decision) VALUES (?, ?, ?)
         ON CONFLICT DO UPDATE SET decision = excluded.decision`,
        ...[decision.requestId, decision.id, JSON.stringify(decision)],
      ),
    deleteDecision: (requestId, id) =>
      run('DELETE FROM decisions WHERE request_id = ? AND id = ?', requestId, id),
  };
}

export function rawTable(connectionString: string, name: string): RawStore {
  const table = TableClient.fromConnectionString(connectionString, name, {
    allowInsecureConnection: true,
  });
  const put = async (rowKey: string, value: unknown): Promise<void> => {
    const before = await table.getEntity(partitionKey, rowKey).catch(() => ({}));
    const kept = Object.entries(before).filter(
      ([key]) => !/^(json\d+|etag|timestamp|odata.*)$/.test(key),
    );
    const entity = { ...Object.fromEntries(kept), ...toEntity(rowKey, value) };
    if (typeof value === 'string') Object.assign(entity, { json0: value });
    await table.upsertEntity(entity, 'Replace');
  };
  const remove = async (rowKey: string): Promise<void> => {
    await table.deleteEntity(partitionKey, rowKey);
  };
  const recordKeyOf = async (id: string): Promise<string> => {
    const pointer = await table.getEntity(partitionKey, rowKeys.pointer(id));
    const { place } = fromEntity<{ place: number }>(pointer as unknown as StoredEntity);
    return rowKeys.record(place);
  };
  return {
    putEntry: (sequence, entry) => put(rowKeys.audit(sequence), entry),
    deleteEntry: (sequence) => remove(rowKeys.audit(sequence)),
    setHead: ({ sequence, hash }) => put(rowKeys.head, { sequence, hash }),
    putRecord: async (record) => put(await recordKeyOf(record.id), record),
    deleteRecord: async (id) => remove(await recordKeyOf(id)),
    putDecision: (decision) => put(rowKeys.decision(decision.requestId, decision.id), decision),
    deleteDecision: (requestId, id) => remove(rowKeys.decision(requestId, id)),
  };
}
