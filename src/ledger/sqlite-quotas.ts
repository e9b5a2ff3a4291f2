import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
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
import { inTransaction } from './sqlite-schema.ts';

/** What VNets take of the quotas, and the totals by key. Totals are texts: IPv6 counts exceed 64 bits. */
export class SqliteQuotas {
  readonly #database: DatabaseSync;

  constructor(database: DatabaseSync) {
    this.#database = database;
  }

  reserve(usage: QuotaUsage, limits: readonly QuotaLimit[]): QuotaAnswer {
    return inTransaction(this.#database, () => {
      const { virtualNetworkId } = usage;
      const before = this.#shareOf(virtualNetworkId);
      const after = withReservation(before, usage);
      if (!after) return { status: 'over' };
      const totals = this.#totalsOf([...keysOf(before), ...keysOf(after), ...limitedBy(limits)]);
      const standing = standingsOf(totals, before, after, limits).find(
        ({ isExceeded }) => isExceeded,
      );
      if (standing) return { status: 'exceeded', standing };
      this.#put(virtualNetworkId, after, exchangeShare(totals, before, after));
      return { status: 'reserved' };
    });
  }

  preview(usage: QuotaUsage, limits: readonly QuotaLimit[]): readonly QuotaStanding[] {
    const before = this.#shareOf(usage.virtualNetworkId);
    const after = withReservation(before, usage) ?? before;
    return standingsOf(this.#totalsOf(limitedBy(limits)), before, after, limits);
  }

  release(virtualNetworkId: string, requestId: string, release: QuotaRelease): void {
    inTransaction(this.#database, () => {
      const before = this.#shareOf(virtualNetworkId);
      const after = withRelease(before, requestId, release);
      const totals = this.#totalsOf(keysOf(before));
      this.#put(virtualNetworkId, after, exchangeShare(totals, before, after));
    });
  }

  used(key: string, measure: QuotaMeasure): string {
    return (this.#totalOf(key) ?? noAmounts)[measure];
  }

  #shareOf(virtualNetworkId: string): QuotaShare {
    const row = this.#database
      .prepare('SELECT share FROM quota_shares WHERE virtual_network_id = ?')
      .get(virtualNetworkId.toLowerCase());
    return row ? fromText<QuotaShare>(row['share']) : noShare;
  }

  #totalsOf(keys: readonly string[]): QuotaTotals {
    return new Map([...new Set(keys)].map((key) => [key, this.#totalOf(key) ?? noAmounts]));
  }

  #totalOf(key: string): QuotaAmounts | undefined {
    const row = this.#database.prepare('SELECT amounts FROM quota_totals WHERE key = ?').get(key);
    return row && fromText<QuotaAmounts>(row['amounts']);
  }

  #put(virtualNetworkId: string, share: QuotaShare, totals: QuotaTotals): void {
    this.#database
      .prepare(
        `INSERT INTO quota_shares (virtual_network_id, share) VALUES (?, ?)
         ON CONFLICT (virtual_network_id) DO UPDATE SET share = excluded.share`,
      )
      .run(virtualNetworkId.toLowerCase(), JSON.stringify(share));
    const put = this.#database.prepare(
      `INSERT INTO quota_totals (key, amounts) VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET amounts = excluded.amounts`,
    );
    for (const [key, amounts] of totals) put.run(key, JSON.stringify(amounts));
  }
}

const limitedBy = (limits: readonly QuotaLimit[]): readonly string[] =>
  limits.map(({ key }) => key);

const fromText = <T>(text: SQLOutputValue | undefined): T => JSON.parse(String(text)) as T;
