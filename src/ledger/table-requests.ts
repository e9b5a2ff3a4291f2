import { odata } from '@azure/data-tables';
import { isEndState } from '../model/states.ts';
import type { RequestListPage, RequestQuery, RequestRecord } from './ledger.ts';
import { mostPerPage, readContinuation, requirePageSize } from './paging.ts';
import { fromEntity, toEntity } from './table-entities.ts';
import { keyRange, placeOf, rowKeys, sequenceOf } from './table-keys.ts';
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
    const records: RequestRecord[] = [];
    for await (const { record } of this.#unfinished(await this.#unfinishedPlaces())) {
      records.push(record);
    }
    return records;
  }

  /** One page, newest first. The continuation is the place of the last one of the page. */
  async listPage(query: RequestQuery): Promise<RequestListPage> {
    const pageSize = requirePageSize(query.pageSize);
    const before =
      query.continuation === undefined ? undefined : readContinuation(query.continuation);
    const found: { readonly record: RequestRecord; readonly place: number }[] = [];
    const isInIndex = query.states?.every((state) => !isEndState(state)) ?? false;
    const all = isInIndex ? this.#selectByIndex(query, before) : this.#select(query, before);
    for await (const one of all) {
      found.push(one);
      if (found.length > pageSize) break;
    }
    const page = found.slice(0, pageSize);
    const last = page.at(-1);
    return {
      requests: page.map(({ record }) => record),
      ...(last && found.length > pageSize ? { continuation: String(last.place) } : {}),
    };
  }

  /** The service looks through all that are older than the place, newest first. */
  async *#select(query: RequestQuery, place: number | undefined) {
    const range = keyRange('r');
    const from = place === undefined ? range.from : rowKeys.record(place - 1);
    const options = {
      filters: filtersOf(query),
      pageSize: Math.min(query.pageSize + 1, mostPerPage),
    };
    for await (const entity of this.#store.list({ ...range, from }, options)) {
      yield { record: fromEntity<RequestRecord>(entity), place: placeOf(entity.rowKey) };
    }
  }

  /** What waits or works is little, however much has ended: an approver's list must not look through all. */
  async *#selectByIndex(query: RequestQuery, place = Number.POSITIVE_INFINITY) {
    const places = (await this.#unfinishedPlaces()).filter((each) => each.place < place);
    for await (const found of this.#unfinished(places.reverse())) {
      if (matches(found.record, query)) yield found;
    }
  }

  async #unfinishedPlaces(): Promise<{ readonly id: string; readonly place: number }[]> {
    const places: { id: string; place: number }[] = [];
    for await (const entity of this.#store.list(keyRange('u'))) {
      const { id } = fromEntity<{ id: string }>(entity);
      places.push({ id, place: sequenceOf(entity.rowKey) });
    }
    return places;
  }

  /** Their records, without those that have ended since. */
  async *#unfinished(places: readonly { readonly id: string }[]): AsyncGenerator<FoundRecord> {
    for (let index = 0; index < places.length; index += atOnce) {
      const some = places.slice(index, index + atOnce).map(({ id }) => this.require(id));
      for (const found of await Promise.all(some)) if (isUnfinished(found.record)) yield found;
    }
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

/** The conditions of a query, for the service. `matches` says the same of one record. */
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

function matches(record: RequestRecord, query: RequestQuery): boolean {
  const { states, requester, tenant, createdFrom, createdBefore } = query;
  return (
    (states?.includes(record.state) ?? true) &&
    (!requester || personKey(requester) === personKey(record.request.requester)) &&
    (tenant === undefined || tenant === record.tenant) &&
    (createdFrom === undefined || record.createdAt >= createdFrom) &&
    (createdBefore === undefined || record.createdAt < createdBefore)
  );
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
