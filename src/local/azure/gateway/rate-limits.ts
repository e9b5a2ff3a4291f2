type Kind = 'reads' | 'writes' | 'deletes';

/** Tokens that a bucket holds, and how many come back in a second (azure-ipam 5, 14). */
const buckets: Readonly<Record<Kind, { subscription: number; global: number; refill: number }>> = {
  reads: { subscription: 1100, global: 16_500, refill: 25 },
  writes: { subscription: 800, global: 12_000, refill: 10 },
  deletes: { subscription: 800, global: 12_000, refill: 10 },
};

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * The counters of the rate limits. They count and are shown; nothing is refused when they are empty:
 * throttling is asked for as a fault, so that it happens when a test wants it.
 */
export class RateLimits {
  readonly #buckets = new Map<string, Bucket>();

  /** Counts a request and gives the headers for its answer. POST counts as a write. */
  count(method: string, principalId: string, subscriptionId: string): Record<string, string> {
    const kind = kindOf(method);
    const own = this.#take(kind, 'subscription', `${principalId}|${subscriptionId}`);
    const all = this.#take(kind, 'global', subscriptionId);
    return {
      [`x-ms-ratelimit-remaining-subscription-${kind}`]: String(own),
      [`x-ms-ratelimit-remaining-subscription-global-${kind}`]: String(all),
    };
  }

  #take(kind: Kind, level: 'subscription' | 'global', owner: string): number {
    const { refill, [level]: capacity } = buckets[kind];
    const now = Date.now();
    const key = `${level}|${kind}|${owner}`.toLowerCase();
    const bucket = this.#buckets.get(key) ?? { tokens: capacity, filledAt: now };
    const refilled = bucket.tokens + ((now - bucket.filledAt) / 1000) * refill;
    const tokens = Math.max(0, Math.min(capacity, refilled) - 1);
    this.#buckets.set(key, { tokens, filledAt: now });
    return Math.floor(tokens);
  }
}

function kindOf(method: string): Kind {
  if (method === 'GET' || method === 'HEAD') return 'reads';
  return method === 'DELETE' ? 'deletes' : 'writes';
}
