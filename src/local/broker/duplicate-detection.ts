import type { Clock } from '../clock.ts';
import type { MessageStore } from './message-store.ts';

/** Remembers the message ids of one queue or topic for its window. Only the id is compared (service-bus 8). */
export class DuplicateDetection {
  readonly #entity: string;
  readonly #windowMs: number;
  readonly #store: MessageStore;
  readonly #clock: Clock;
  /** Message id -> end of its window. All windows are equally long, so the oldest entry expires first. */
  readonly #seen: Map<string, number>;

  constructor(entity: string, windowSeconds: number, store: MessageStore, clock: Clock) {
    this.#entity = entity;
    this.#windowMs = windowSeconds * 1000;
    this.#store = store;
    this.#clock = clock;
    this.#seen = new Map(store.loadMessageIds(entity));
  }

  /** Whether the id was seen inside the window; remembers it when it was not. */
  isRepeat(messageId: string): boolean {
    const now = this.#clock.now();
    this.#forgetExpired(now);
    if (this.#seen.has(messageId)) return true;
    this.#seen.set(messageId, now + this.#windowMs);
    this.#store.rememberMessageId(this.#entity, messageId, now + this.#windowMs);
    return false;
  }

  #forgetExpired(now: number): void {
    let anyExpired = false;
    for (const [messageId, expiresAt] of this.#seen) {
      if (expiresAt > now) break;
      this.#seen.delete(messageId);
      anyExpired = true;
    }
    if (anyExpired) this.#store.forgetMessageIds(this.#entity, now);
  }
}
