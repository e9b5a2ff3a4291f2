import { isDeepStrictEqual } from 'node:util';
import {
  exchangeShare,
  keysOf,
  noAmounts,
  noShare,
  type QuotaAmounts,
  type QuotaAnswer,
  type QuotaLimit,
  type QuotaMeasure,
  type QuotaRelease,
  type QuotaShare,
  type QuotaStanding,
  type QuotaTotals,
  type QuotaUsage,
  standingsOf,
  withRelease,
  withReservation,
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
    return await this.#exchange(usage.virtualNetworkId, limits, (before) =>
      withReservation(before, usage),
    );
  }

  async preview(
    usage: QuotaUsage,
    limits: readonly QuotaLimit[],
  ): Promise<readonly QuotaStanding[]> {
    const { value: before } = await this.#shareOf(usage.virtualNetworkId);
    const after = withReservation(before, usage) ?? before;
    const totals = await this.#totalsOf(limitedBy(limits));
    return standingsOf(valuesOf(totals), before, after, limits);
  }

  async release(virtualNetworkId: string, requestId: string, release: QuotaRelease): Promise<void> {
    await this.#exchange(virtualNetworkId, [], (before) => withRelease(before, requestId, release));
  }

  async used(key: string, measure: QuotaMeasure): Promise<string> {
    return (await this.#totalOf(key)).value[measure];
  }

  async #exchange(
    virtualNetworkId: string,
    limits: readonly QuotaLimit[],
    decide: (before: QuotaShare) => QuotaShare | undefined,
  ): Promise<QuotaAnswer> {
    return await this.#mutex.run(async () => {
      let answer: QuotaAnswer = { status: 'reserved' };
      await this.#store.change(async () => {
        answer = { status: 'reserved' };
        const share = await this.#shareOf(virtualNetworkId);
        const before = share.value;
        const after = decide(before);
        if (!after) {
          answer = { status: 'over' };
          return [];
        }
        // After a lost answer too: what was reserved is there, and is not reserved again.
        if (isDeepStrictEqual(after, before)) return [];
        const keys = [...keysOf(before), ...keysOf(after), ...limitedBy(limits)];
        const totals = await this.#totalsOf(keys);
        const values = valuesOf(totals);
        const standing = standingsOf(values, before, after, limits).find(
          ({ isExceeded }) => isExceeded,
        );
        if (standing) {
          answer = { status: 'exceeded', standing };
          return [];
        }
        return [
          writeShare(virtualNetworkId, share, after),
          ...writeTotals(exchangeShare(values, before, after), totals),
        ];
      });
      return answer;
    });
  }

  async #shareOf(virtualNetworkId: string): Promise<Found<QuotaShare>> {
    const entity = await this.#store.get(rowKeys.quotaUsage(virtualNetworkId));
    if (!entity) return { value: noShare };
    return { value: fromEntity<QuotaShare>(entity), etag: entity.etag };
  }

  async #totalsOf(keys: readonly string[]): Promise<FoundTotals> {
    return new Map(
      await Promise.all(
        [...new Set(keys)].map(async (key) => [key, await this.#totalOf(key)] as const),
      ),
    );
  }

  async #totalOf(key: string): Promise<Found<QuotaAmounts>> {
    const entity = await this.#store.get(rowKeys.quotaTotal(key));
    return entity ? { value: fromEntity(entity), etag: entity.etag } : { value: noAmounts };
  }
}

type FoundTotals = ReadonlyMap<string, Found<QuotaAmounts>>;

const valuesOf = (totals: FoundTotals): QuotaTotals =>
  new Map([...totals].map(([key, { value }]) => [key, value]));

const limitedBy = (limits: readonly QuotaLimit[]): readonly string[] =>
  limits.map(({ key }) => key);

function writeShare(
  virtualNetworkId: string,
  { etag }: Found<QuotaShare>,
  after: QuotaShare,
): Action {
  const entity = toEntity(rowKeys.quotaUsage(virtualNetworkId), after);
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
