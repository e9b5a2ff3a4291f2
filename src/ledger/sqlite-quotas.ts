import type { DatabaseSync, SQLOutputValue } from 'node:sqlite';
import {
  exchangeUsage,
  noAmounts,
  type QuotaAmounts,
  type QuotaAnswer,
  type QuotaLimit,
  type QuotaMeasure,
  type QuotaUsage,
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
      const before = this.#usageOf(usage.virtualNetworkId);
      const keys = [...usage.keys, ...limits.map(({ key }) => key)];
      const exchanged = exchangeUsage(this.#totalsOf(before, keys), before, usage, limits);
      if ('status' in exchanged) return exchanged;
      this.#putTotals(exchanged.totals);
      this.#database
        .prepare(
          `INSERT INTO quota_usages (virtual_network_id, usage) VALUES (?, ?)
           ON CONFLICT (virtual_network_id) DO UPDATE SET usage = excluded.usage`,
        )
        .run(usage.virtualNetworkId.toLowerCase(), JSON.stringify(usage));
      return { status: 'reserved' };
    });
  }

  release(virtualNetworkId: string, requestId?: string): void {
    inTransaction(this.#database, () => {
      const before = this.#usageOf(virtualNetworkId);
      if (!before || (requestId !== undefined && requestId !== before.requestId)) return;
      const exchanged = exchangeUsage(this.#totalsOf(before, []), before, undefined);
      if ('totals' in exchanged) this.#putTotals(exchanged.totals);
      this.#database
        .prepare('DELETE FROM quota_usages WHERE virtual_network_id = ?')
        .run(virtualNetworkId.toLowerCase());
    });
  }

  used(key: string, measure: QuotaMeasure): string {
    return (this.#totalOf(key) ?? noAmounts)[measure];
  }

  #usageOf(virtualNetworkId: string): QuotaUsage | undefined {
    const row = this.#database
      .prepare('SELECT usage FROM quota_usages WHERE virtual_network_id = ?')
      .get(virtualNetworkId.toLowerCase());
    return row && fromText<QuotaUsage>(row['usage']);
  }

  #totalsOf(before: QuotaUsage | undefined, keys: readonly string[]) {
    const wanted = [...new Set([...keys, ...(before?.keys ?? [])])];
    return new Map(wanted.map((key) => [key, this.#totalOf(key) ?? noAmounts]));
  }

  #totalOf(key: string): QuotaAmounts | undefined {
    const row = this.#database.prepare('SELECT amounts FROM quota_totals WHERE key = ?').get(key);
    return row && fromText<QuotaAmounts>(row['amounts']);
  }

  #putTotals(totals: ReadonlyMap<string, QuotaAmounts>): void {
    const put = this.#database.prepare(
      `INSERT INTO quota_totals (key, amounts) VALUES (?, ?)
       ON CONFLICT (key) DO UPDATE SET amounts = excluded.amounts`,
    );
    for (const [key, amounts] of totals) put.run(key, JSON.stringify(amounts));
  }
}

const fromText = <T>(text: SQLOutputValue | undefined): T => JSON.parse(String(text)) as T;
