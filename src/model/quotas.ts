/** What a quota may limit: VNets, or addresses of one family. */
export const quotaMeasures = ['virtualNetworks', 'IPv4', 'IPv6'] as const;
export type QuotaMeasure = (typeof quotaMeasures)[number];

/** Decimal, by measure: IPv6 counts exceed 2^53. */
export type QuotaAmounts = Readonly<Record<QuotaMeasure, string>>;

/** What one request has reserved for a VNet. */
export interface QuotaUsage {
  readonly virtualNetworkId: string;
  readonly requestId: string;
  /** Whose quotas it counts for, such as `requester:<tenant id>/<object id>` and `tenant:<alias>`. */
  readonly keys: readonly string[];
  readonly amounts: QuotaAmounts;
  /**
   * The VNet keeps what other requests have reserved for it: this one adds to it. Otherwise it takes their
   * place, because the VNet is a new one.
   */
  readonly adds: boolean;
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

/** How a limit stands to what somebody asks for. Counts are decimal. */
export interface QuotaStanding {
  readonly limit: QuotaLimit;
  /** What all other VNets of the key take. */
  readonly used: string;
  /** What this VNet would take then. */
  readonly wanted: string;
  /** A limit that was lowered takes nothing from those who have more already. */
  readonly isExceeded: boolean;
}

export type QuotaAnswer =
  | { readonly status: 'reserved' }
  | { readonly status: 'exceeded'; readonly standing: QuotaStanding }
  /** What the request had reserved is given back or replaced; it is over, and this is a call that came late. */
  | { readonly status: 'over' };

/** What a request gives back: what it has reserved, or all that the VNet takes. */
export type QuotaRelease = 'own' | 'all';

/** What one VNet takes of the quotas. */
export interface QuotaShare {
  readonly usages: readonly QuotaUsage[];
  /**
   * Requests that have given back, or whose usage others have given back or replaced, the latest ones: a late call of
   * theirs undoes nothing of what came after them.
   */
  readonly over: readonly string[];
}

export const noShare: QuotaShare = { usages: [], over: [] };

/** What all VNets of each key take together. */
export type QuotaTotals = ReadonlyMap<string, QuotaAmounts>;

export const noAmounts: QuotaAmounts = { virtualNetworks: '0', IPv4: '0', IPv6: '0' };

const mostRemembered = 200;

/** What a VNet takes with a reservation; undefined for one that comes late. Again, it changes nothing. */
export function withReservation(share: QuotaShare, usage: QuotaUsage): QuotaShare | undefined {
  const { requestId, adds } = usage;
  if (share.over.includes(requestId)) return undefined;
  if (!adds) {
    const replaced = requestsOf(share).filter((id) => id !== requestId);
    return { usages: [usage], over: remember(share.over, replaced) };
  }
  const isKnown = share.usages.some((one) => one.requestId === requestId);
  const usages = share.usages.map((one) => (one.requestId === requestId ? usage : one));
  return { ...share, usages: isKnown ? usages : [...usages, usage] };
}

/** What a VNet takes when a request has given back. Again, it changes nothing. */
export function withRelease(
  share: QuotaShare,
  requestId: string,
  release: QuotaRelease,
): QuotaShare {
  if (share.over.includes(requestId)) return share;
  const isAll = release === 'all';
  return {
    usages: isAll ? [] : share.usages.filter((usage) => usage.requestId !== requestId),
    over: remember(share.over, [...(isAll ? requestsOf(share) : []), requestId]),
  };
}

const requestsOf = ({ usages }: QuotaShare): readonly string[] =>
  usages.map(({ requestId }) => requestId);

const remember = (over: readonly string[], more: readonly string[]): readonly string[] => [
  ...new Set([...over, ...more].slice(-mostRemembered)),
];

/** How the limits stand to a change of what a VNet takes. */
export const standingsOf = (
  totals: QuotaTotals,
  before: QuotaShare,
  after: QuotaShare,
  limits: readonly QuotaLimit[],
): readonly QuotaStanding[] =>
  limits.map((limit) => {
    const { key, measure } = limit;
    const taken = amountOf(before, key, measure);
    const wanted = amountOf(after, key, measure);
    const used = BigInt(totals.get(key)?.[measure] ?? '0') - taken;
    const isExceeded = wanted > taken && used + wanted > BigInt(limit.limit);
    return { limit, used: String(used), wanted: String(wanted), isExceeded };
  });

/** The totals that a change of what a VNet takes leads to. */
export function exchangeShare(
  totals: QuotaTotals,
  before: QuotaShare,
  after: QuotaShare,
): QuotaTotals {
  const changed = new Map<string, QuotaAmounts>();
  for (const key of new Set([...keysOf(before), ...keysOf(after)])) {
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
  return changed;
}

export const keysOf = ({ usages }: QuotaShare): readonly string[] => [
  ...new Set(usages.flatMap(({ keys }) => keys)),
];

/** Addresses add up; a VNet is one, however many requests have reserved for it. */
function amountOf({ usages }: QuotaShare, key: string, measure: QuotaMeasure): bigint {
  const amounts = usages
    .filter(({ keys }) => keys.includes(key))
    .map((usage) => BigInt(usage.amounts[measure]));
  return measure === 'virtualNetworks'
    ? amounts.reduce((most, amount) => (amount > most ? amount : most), 0n)
    : amounts.reduce((sum, amount) => sum + amount, 0n);
}
