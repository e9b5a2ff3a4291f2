import { isDeepStrictEqual } from 'node:util';
import {
  exchangeUsage,
  noAmounts,
  type QuotaAmounts,
  type QuotaAnswer,
  type QuotaLimit,
  type QuotaMeasure,
  type QuotaTotals,
  type QuotaUsage,
} from '../model/quotas.ts';
import { Mutex } from './mutex.ts';
import { fromEntity, toEntity } from './table-entities.ts';
import { rowKeys } from './table-keys.ts';
import type { Action, TableStore } from './table-store.ts';

interface Found<T> {
  readonly value: T;
  /** Absent when there is no entity yet. */
  readonly etag?: string;
}

/**
 * What VNets take of the quotas, and the totals by key. A reservation writes the usage and all its totals
 * at once, on the condition that they are as they were read; so no limit is exceeded, whoever else writes.
 */
export class TableQuotas {
  readonly #store: TableStore;
  /** Reservations of this process do not get into each other's way. */
  readonly #mutex = new Mutex();

  constructor(store: TableStore) {
    this.#store = store;
  }

  async reserve(usage: QuotaUsage, limits: readonly QuotaLimit[]): Promise<QuotaAnswer> {
    return await this.#exchange(usage.virtualNetworkId, limits, () => usage);
  }

  async release(virtualNetworkId: string, requestId?: string): Promise<void> {
    await this.#exchange(virtualNetworkId, [], (before) =>
      requestId === undefined || requestId === before?.requestId ? undefined : before,
    );
  }

  async used(key: string, measure: QuotaMeasure): Promise<string> {
    return (await this.#totalOf(key)).value[measure];
  }

  async #exchange(
    virtualNetworkId: string,
    limits: readonly QuotaLimit[],
    decide: (before: QuotaUsage | undefined) => QuotaUsage | undefined,
  ): Promise<QuotaAnswer> {
    return await this.#mutex.run(async () => {
      let answer: QuotaAnswer = { status: 'reserved' };
      await this.#store.change(async () => {
        answer = { status: 'reserved' };
        const usage = await this.#usageOf(virtualNetworkId);
        const after = decide(usage.value);
        // After a lost answer too: what was reserved is there, and is not reserved again.
        if (isDeepStrictEqual(after, usage.value)) return [];
        const limited = limits.map(({ key }) => key);
        const totals = await this.#totalsOf([usage.value?.keys, after?.keys, limited]);
        const values = new Map([...totals].map(([key, { value }]) => [key, value]));
        const exchanged = exchangeUsage(values, usage.value, after, limits);
        if ('status' in exchanged) {
          answer = exchanged;
          return [];
        }
        return [
          writeUsage(virtualNetworkId, usage, after),
          ...writeTotals(exchanged.totals, totals),
        ];
      });
      return answer;
    });
  }

  async #usageOf(virtualNetworkId: string): Promise<Found<QuotaUsage | undefined>> {
    const entity = await this.#store.get(rowKeys.quotaUsage(virtualNetworkId));
    if (!entity) return { value: undefined };
    return { value: fromEntity<QuotaUsage | null>(entity) ?? undefined, etag: entity.etag };
  }

  async #totalsOf(
    lists: readonly (readonly string[] | undefined)[],
  ): Promise<ReadonlyMap<string, Found<QuotaAmounts>>> {
    const keys = [...new Set(lists.flatMap((list) => list ?? []))];
    return new Map(
      await Promise.all(keys.map(async (key) => [key, await this.#totalOf(key)] as const)),
    );
  }

  async #totalOf(key: string): Promise<Found<QuotaAmounts>> {
    const entity = await this.#store.get(rowKeys.quotaTotal(key));
    return entity ? { value: fromEntity(entity), etag: entity.etag } : { value: noAmounts };
  }
}

/**
 * A usage that is given back stays as an empty one: a transaction can delete only unconditionally. The
 * next one takes its place.
 */
function writeUsage(
  virtualNetworkId: string,
  { etag }: Found<QuotaUsage | undefined>,
  after: QuotaUsage | undefined,
): Action {
  const entity = toEntity(rowKeys.quotaUsage(virtualNetworkId), after ?? null);
  return etag === undefined ? { create: entity } : { replace: entity, etag };
}

const writeTotals = (
  totals: QuotaTotals,
  before: ReadonlyMap<string, Found<QuotaAmounts>>,
): readonly Action[] =>
  [...totals].map(([key, amounts]) => {
    const etag = before.get(key)?.etag;
    const entity = toEntity(rowKeys.quotaTotal(key), { key, ...amounts });
    return etag === undefined ? { create: entity } : { replace: entity, etag };
  });
