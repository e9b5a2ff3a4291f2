/** Beyond so many callers the full buckets are forgotten; a full bucket says nothing. */
const mostBuckets = 10_000;

interface Bucket {
  tokens: number;
  filledAt: number;
}

/**
 * A token bucket a caller. It lives in the memory of one instance of the app, so that several instances
 * together let through a multiple: it keeps a script that runs wild from crowding out others, and is no
 * quota.
 */
export class RateLimit {
  readonly #perMinute: number;
  readonly #now: () => number;
  readonly #buckets = new Map<string, Bucket>();

  /** @param now milliseconds */
  constructor(perMinute: number, now: () => number) {
    this.#perMinute = perMinute;
    this.#now = now;
  }

  /**
   * Takes tokens of a caller; answers how many seconds to wait when there are not enough (0: taken). What
   * costs more than a whole bucket takes a full one.
   */
  take(caller: string, cost = 1): number {
    const tokens = Math.min(cost, this.#perMinute);
    const bucket = this.#refilled(caller);
    if (bucket.tokens >= tokens) {
      bucket.tokens -= tokens;
      return 0;
    }
    return Math.max(1, Math.ceil(((tokens - bucket.tokens) * 60) / this.#perMinute));
  }

  #refilled(caller: string): Bucket {
    const now = this.#now();
    const bucket = this.#buckets.get(caller);
    if (bucket === undefined) {
      if (this.#buckets.size >= mostBuckets) this.#forgetFull(now);
      const full = { tokens: this.#perMinute, filledAt: now };
      this.#buckets.set(caller, full);
      return full;
    }
    bucket.tokens = this.#tokensIn(bucket, now);
    bucket.filledAt = now;
    return bucket;
  }

  #tokensIn({ tokens, filledAt }: Bucket, now: number): number {
    const earned = (Math.max(0, now - filledAt) * this.#perMinute) / 60_000;
    return Math.min(this.#perMinute, tokens + earned);
  }

  #forgetFull(now: number): void {
    for (const [caller, bucket] of this.#buckets) {
      if (this.#tokensIn(bucket, now) >= this.#perMinute) this.#buckets.delete(caller);
    }
  }
}
