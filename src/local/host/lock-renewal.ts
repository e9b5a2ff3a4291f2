import type { Clock, Timer } from '../clock.ts';

/** Renews one lock at half of what remains of it, for at most `longestMs`. */
export class LockRenewal {
  readonly #clock: Clock;
  readonly #renew: () => Promise<Date>;
  readonly #until: number;
  #timer: Timer | undefined;
  #stopped = false;

  constructor(
    clock: Clock,
    locked: { readonly lockedUntilUtc?: Date },
    longestMs: number,
    renew: () => Promise<Date>,
  ) {
    this.#clock = clock;
    this.#renew = renew;
    this.#until = clock.now() + longestMs;
    this.#arm(locked.lockedUntilUtc);
  }

  stop(): void {
    this.#stopped = true;
    this.#timer?.cancel();
  }

  #arm(lockedUntil: Date | undefined): void {
    if (this.#stopped || !lockedUntil) {
      return;
    }
    const delayMs = Math.max(0, (lockedUntil.getTime() - this.#clock.now()) / 2);
    if (this.#clock.now() + delayMs <= this.#until) {
      this.#timer = this.#clock.setTimer(() => void this.#fire(), delayMs);
    }
  }

  /** A lock that cannot be renewed is lost; the message will come again. */
  async #fire(): Promise<void> {
    try {
      this.#arm(await this.#renew());
    } catch {
      this.stop();
    }
  }
}
