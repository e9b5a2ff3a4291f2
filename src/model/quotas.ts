/** What a quota may limit: VNets, or addresses of one family. */
export const quotaMeasures = ['virtualNetworks', 'IPv4', 'IPv6'] as const;
export type QuotaMeasure = (typeof quotaMeasures)[number];

/** Decimal, by measure: IPv6 counts exceed 2^53. */
export type QuotaAmounts = Readonly<Record<QuotaMeasure, string>>;

/** What one VNet takes of the quotas. */
export interface QuotaUsage {
  readonly virtualNetworkId: string;
  readonly requestId: string;
  /** Whose quotas it counts for, such as `requester:<tenant id>/<object id>` and `tenant:<alias>`. */
  readonly keys: readonly string[];
  readonly amounts: QuotaAmounts;
}

/** How much the VNets of one key may take together. */
export interface QuotaLimit {
  /** Of the quota in the landscape: shown to who meets it. */
  readonly name: string;
  readonly key: string;
  readonly measure: QuotaMeasure;
  /** Decimal. */
  readonly limit: string;
}

export type QuotaAnswer =
  | { readonly status: 'reserved' }
  | {
      readonly status: 'exceeded';
      readonly limit: QuotaLimit;
      /** Decimal: what the other VNets of the key take. */
      readonly used: string;
    };

/** What all VNets of each key take together. */
export type QuotaTotals = ReadonlyMap<string, QuotaAmounts>;

export const noAmounts: QuotaAmounts = { virtualNetworks: '0', IPv4: '0', IPv6: '0' };

/**
 * What becomes of the totals when a VNet's usage takes the place of the one before, or the limit that
 * stands against it: the first one that the VNet would grow beyond. A limit that was lowered takes
 * nothing from those who have more already.
 */
export function exchangeUsage(
  totals: QuotaTotals,
  before: QuotaUsage | undefined,
  after: QuotaUsage | undefined,
  limits: readonly QuotaLimit[] = [],
): { readonly totals: QuotaTotals } | Extract<QuotaAnswer, { status: 'exceeded' }> {
  for (const limit of limits) {
    const { key, measure } = limit;
    const taken = amountOf(before, key, measure);
    const wanted = amountOf(after, key, measure);
    const used = BigInt(totals.get(key)?.[measure] ?? '0') - taken;
    if (wanted > taken && used + wanted > BigInt(limit.limit)) {
      return { status: 'exceeded', limit, used: String(used) };
    }
  }
  const changed = new Map<string, QuotaAmounts>();
  for (const key of new Set([...(before?.keys ?? []), ...(after?.keys ?? [])])) {
    const total = totals.get(key) ?? noAmounts;
    const next = (measure: QuotaMeasure): string =>
      String(
        BigInt(total[measure]) - amountOf(before, key, measure) + amountOf(after, key, measure),
      );
    changed.set(key, {
      virtualNetworks: next('virtualNetworks'),
      IPv4: next('IPv4'),
      IPv6: next('IPv6'),
    });
  }
  return { totals: changed };
}

const amountOf = (usage: QuotaUsage | undefined, key: string, measure: QuotaMeasure): bigint =>
  usage?.keys.includes(key) ? BigInt(usage.amounts[measure]) : 0n;
