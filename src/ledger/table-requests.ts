import { odata } from '@azure/data-tables';
import { isEndState } from '../model/states.ts';
import type { RequestListPage, RequestQuery, RequestRecord } from './ledger.ts';
import { readContinuation, requirePageSize } from './paging.ts';
import { fromEntity, type StoredEntity, toEntity } from './table-entities.ts';
import { keyRange, placeOf, rowKeys } from './table-keys.ts';
import type { Action, TableStore } from './table-store.ts';

/** A record as it was read, with what a write of it has as its condition. */
export interface FoundRecord {
  readonly record: RequestRecord;
  /** Its place in the list: the sequence of the audit entry of its claim. */
  readonly place: number;
  readonly etag: string;
}

/** How many places are remembered; a place never changes. */
const mostPlaces = 10_000;
/** How many records are read at once. */
const atOnce = 20;

/** The records in the table. A record lies at its place in the list, so that a list is one range of keys. */
export class TableRequests {
  readonly #store: TableStore;
  readonly #places = new Map<string, number>();

  constructor(store: TableStore) {
    this.#store = store;
  }

  async find(id: string): Promise<FoundRecord | undefined> {
    const place = await this.#findPlace(id);
    if (place === undefined) return undefined;
    const entity = await this.#store.get(rowKeys.record(place));
    if (!entity) {
      throw new Error(
        `The record of ${id} is gone from the ledger, which never deletes one. Verify the audit trail.`,
      );
    }
    return { record: fromEntity(entity), place, etag: entity.etag };
  }

  /** Throws for a request that was never claimed. */
  async require(id: string): Promise<FoundRecord> {
    const found = await this.find(id);
    if (found) return found;
    throw unknown(id);
  }

  /** Throws for a request that was never claimed. */
  async requireKnown(id: string): Promise<void> {
    if ((await this.#findPlace(id)) === undefined) throw unknown(id);
  }

  /** What a claim writes. */
  insert(record: RequestRecord, place: number): readonly Action[] {
    return [
      { create: toEntity(rowKeys.pointer(record.id), { place }) },
      { create: toRecordEntity(record, place) },
      { create: unfinishedEntity(record.id, place) },
    ];
  }

  /** What a change of the record writes; the index of unfinished requests goes with it. */
  update({ record: before, place, etag }: FoundRecord, record: RequestRecord): readonly Action[] {
    const actions: Action[] = [{ replace: toRecordEntity(record, place), etag }];
    if (isUnfinished(before) && !isUnfinished(record)) {
      actions.push({ remove: rowKeys.unfinished(place) });
    }
    if (!isUnfinished(before) && isUnfinished(record)) {
      actions.push({ create: unfinishedEntity(record.id, place) });
    }
    return actions;
  }

  async listUnfinished(): Promise<readonly RequestRecord[]> {
    const ids: string[] = [];
    for await (const entity of this.#store.list(keyRange('u'))) {
      ids.push(fromEntity<{ id: string }>(entity).id);
    }
    const records: RequestRecord[] = [];
    for (let index = 0; index < ids.length; index += atOnce) {
      const some = ids.slice(index, index + atOnce).map((id) => this.require(id));
      records.push(...(await Promise.all(some)).map(({ record }) => record));
    }
    // One of them may have ended since.
    return records.filter(isUnfinished);
  }

  /** One page, newest first. The continuation is the place of the last one of the page. */
  async listPage(query: RequestQuery): Promise<RequestListPage> {
    const pageSize = requirePageSize(query.pageSize);
    const { continuation, states } = query;
    const { from, before } = keyRange('r');
    // Behind the last one of the page before.
    const start =
      continuation === undefined ? from : rowKeys.record(readContinuation(continuation) - 1);
    const found: StoredEntity[] = [];
    if (states?.length === 0) return { requests: [] };
    const filters = filtersOf(query);
    const options = { filters, pageSize: Math.min(pageSize + 1, 1_000) };
    for await (const entity of this.#store.list({ from: start, before }, options)) {
      found.push(entity);
      if (found.length > pageSize) break;
    }
    const page = found.slice(0, pageSize);
    const last = page.at(-1);
    return {
      requests: page.map((entity) => fromEntity<RequestRecord>(entity)),
      ...(last && found.length > pageSize ? { continuation: String(placeOf(last.rowKey)) } : {}),
    };
  }

  async #findPlace(id: string): Promise<number | undefined> {
    const known = this.#places.get(id);
    if (known !== undefined) return known;
    const entity = await this.#store.get(rowKeys.pointer(id));
    if (!entity) return undefined;
    const { place } = fromEntity<{ place: number }>(entity);
    if (this.#places.size >= mostPlaces) this.#places.clear();
    this.#places.set(id, place);
    return place;
  }
}

function filtersOf(query: RequestQuery): readonly string[] {
  const { states, requester, tenant, createdFrom, createdBefore } = query;
  return [
    ...(states ? [`(${states.map((state) => odata`state eq ${state}`).join(' or ')})`] : []),
    ...(requester ? [odata`requester eq ${personKey(requester)}`] : []),
    ...(tenant === undefined ? [] : [odata`tenant eq ${tenant}`]),
    ...(createdFrom === undefined ? [] : [odata`createdAt ge ${createdFrom}`]),
    ...(createdBefore === undefined ? [] : [odata`createdAt lt ${createdBefore}`]),
  ];
}

const isUnfinished = ({ state, pendingEvent }: RequestRecord): boolean =>
  !isEndState(state) || pendingEvent !== undefined;

const toRecordEntity = (record: RequestRecord, place: number) =>
  toEntity(rowKeys.record(place), record, {
    state: record.state,
    tenant: record.tenant,
    requester: personKey(record.request.requester),
    createdAt: record.createdAt,
  });

const unfinishedEntity = (id: string, place: number) => toEntity(rowKeys.unfinished(place), { id });

const personKey = ({
  objectId = '',
  tenantId = '',
}: {
  readonly objectId?: string | undefined;
  readonly tenantId?: string | undefined;
}): string => `${tenantId}/${objectId}`.toLowerCase();

const unknown = (id: string) =>
  new Error(
    `The ledger knows no request ${id}. A request must be claimed before anything is recorded for it.`,
  );
