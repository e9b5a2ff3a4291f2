/** How often a call is made, the first time included. */
export const mostAttempts = 5;

/** Longer than this nobody waits without being asked; the caller is told instead. */
const longestWaitMs = 60_000;
const firstWaitMs = 500;
const longestBackoffMs = 8_000;

/**
 * Answers that say "not now". The API says so by 429 and 503; a gateway in front of it also by 502
 * and 504, but then without problem details: a 502 of the API itself is an error of the set-up,
 * which stays.
 */
export const isBusy = (status: number, contentType: string | null): boolean =>
  status === 429 ||
  status === 503 ||
  ((status === 502 || status === 504) && !contentType?.includes('problem+json'));

/** What a Retry-After header asks for, in milliseconds; undefined when it says nothing. */
export function retryAfterMs(header: string | null, now: Date): number | undefined {
  if (header === null) return undefined;
  if (/^\s*\d+(\.\d+)?\s*$/.test(header)) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now.getTime());
}

/**
 * How long to wait before the next attempt: as long as the server asks, otherwise a random part of a
 * growing while, so that many callers do not come back at once. Undefined: give up.
 *
 * @param attempt Of the call that has failed, from 1.
 */
export function waitBeforeRetry(
  attempt: number,
  asked: number | undefined,
  random: () => number,
): number | undefined {
  if (attempt >= mostAttempts) return undefined;
  if (asked !== undefined) return asked > longestWaitMs ? undefined : asked;
  return (0.5 + random() / 2) * Math.min(longestBackoffMs, firstWaitMs * 2 ** (attempt - 1));
}
