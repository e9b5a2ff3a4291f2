import type { DatabaseSync, SQLInputValue, SQLOutputValue } from 'node:sqlite';
import type { RequestListPage, RequestQuery, RequestRecord } from './ledger.ts';
import { readContinuation, requirePageSize } from './paging.ts';

type Row = Record<string, SQLOutputValue>;

/** Inserts a new record; false when there is one of its id. */
export function insertRecord(database: DatabaseSync, record: RequestRecord): boolean {
  const { objectId, tenantId } = record.request.requester;
  const { changes } = database
    .prepare(
      `INSERT INTO requests (id, state, revision, content_hash, instance_id, tenant,
         requester_object_id, requester_tenant_id, created_at, updated_at, request)
       VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
    )
    .run(
      record.id,
      record.state,
      record.revision,
      record.contentHash,
      record.instanceId,
      record.tenant,
      objectId?.toLowerCase() ?? null,
      tenantId?.toLowerCase() ?? null,
      record.createdAt,
      record.updatedAt,
      JSON.stringify(record.request),
    );
  return Number(changes) > 0;
}

/** Writes what can change of a record. */
export function updateRecord(database: DatabaseSync, record: RequestRecord): void {
  database
    .prepare(
      `UPDATE requests SET state = ?, revision = ?, updated_at = ?, plan = ?, error = ?, result = ?,
         leftovers = ?, pending_event = ?
       WHERE id = ?`,
    )
    .run(
      record.state,
      record.revision,
      record.updatedAt,
      toText(record.plan),
      toText(record.error),
      toText(record.result),
      toText(record.leftovers),
      toText(record.pendingEvent),
      record.id,
    );
}

/** One page of the requests, newest first. The continuation is the sequence of the last one of the page. */
export function selectPage(database: DatabaseSync, query: RequestQuery): RequestListPage {
  const pageSize = requirePageSize(query.pageSize);
  const { sql, values } = conditionsOf(query);
  const rows = database
    .prepare(`SELECT * FROM requests ${sql} ORDER BY sequence DESC LIMIT ?`)
    .all(...values, pageSize + 1);
  const requests = rows.slice(0, pageSize);
  return {
    requests: requests.map(toRecord),
    ...(rows.length > pageSize ? { continuation: String(requests.at(-1)?.['sequence']) } : {}),
  };
}

function conditionsOf(query: RequestQuery): { sql: string; values: readonly SQLInputValue[] } {
  const { states, requester, tenant, createdFrom, createdBefore, continuation } = query;
  const conditions: string[] = [];
  const values: SQLInputValue[] = [];
  const add = (condition: string, ...given: readonly SQLInputValue[]): void => {
    conditions.push(condition);
    values.push(...given);
  };
  if (states) add(`state IN (${states.map(() => '?').join(', ')})`, ...states);
  if (requester) {
    add('requester_object_id = ?', requester.objectId.toLowerCase());
    add('requester_tenant_id = ?', requester.tenantId.toLowerCase());
  }
  if (tenant !== undefined) add('tenant = ?', tenant);
  if (createdFrom !== undefined) add('created_at >= ?', createdFrom);
  if (createdBefore !== undefined) add('created_at < ?', createdBefore);
  if (continuation !== undefined) add('sequence < ?', readContinuation(continuation));
  return { sql: conditions.length === 0 ? '' : `WHERE ${conditions.join(' AND ')}`, values };
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

export function toRecord(row: Row): RequestRecord {
  const optional = Object.entries(optionalColumns).flatMap(([member, column]) =>
    row[column] === null ? [] : [[member, fromText<unknown>(row[column])]],
  );
  return {
    id: String(row['id']),
    request: fromText(row['request']),
    contentHash: String(row['content_hash']),
    instanceId: String(row['instance_id']),
    tenant: String(row['tenant']),
    state: row['state'] as RequestRecord['state'],
    revision: Number(row['revision']),
    createdAt: String(row['created_at']),
    updatedAt: String(row['updated_at']),
    ...(Object.fromEntries(optional) as Partial<RequestRecord>),
  };
}
