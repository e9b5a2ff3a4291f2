/** A pending callback of a clock. */
export interface Timer {
  cancel(): void;
}

/** Where every part of the local platform gets its time from, so that tests can run it on virtual time. */
export interface Clock {
  /** Milliseconds since 1970, UTC. */
  now(): number;
  setTimer(callback: () => void, delayMs: number): Timer;
}

/** `setTimeout` fires at once beyond this delay. */
const longestDelayMs = 2 ** 31 - 1;

/** Real time. Timers do not keep the process alive. */
export class SystemClock implements Clock {
  now(): number {
    return Date.now();
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    let handle: NodeJS.Timeout;
    const dueAt = Date.now() + delayMs;
    const arm = () => {
      const remainingMs = dueAt - Date.now();
      handle =
        remainingMs > longestDelayMs
          ? setTimeout(arm, longestDelayMs)
          : setTimeout(callback, Math.max(0, remainingMs));
      handle.unref();
    };
    arm();
    return { cancel: () => clearTimeout(handle) };
  }
}

interface VirtualTimer {
  readonly dueAt: number;
  readonly sequence: number;
  readonly callback: () => void;
}

/** Time that stands still until a test moves it. */
export class VirtualClock implements Clock {
  #now: number;
  #sequence = 0;
  readonly #timers = new Set<VirtualTimer>();

  constructor(startAt = Date.UTC(2026, 0, 1)) {
    this.#now = startAt;
  }

  now(): number {
    return this.#now;
  }

  setTimer(callback: () => void, delayMs: number): Timer {
    const timer = {
      dueAt: this.#now + Math.max(0, delayMs),
      sequence: this.#sequence++,
      callback,
    };
    this.#timers.add(timer);
    return { cancel: () => void this.#timers.delete(timer) };
  }

  /** When the next timer is due, or undefined when none is armed. */
  nextDueAt(): number | undefined {
    return this.#next()?.dueAt;
  }

  /** Moves time forward and fires, in order, every timer that falls due on the way. */
  advanceTo(time: number): void {
    for (let next = this.#next(); next && next.dueAt <= time; next = this.#next()) {
      this.#timers.delete(next);
      this.#now = Math.max(this.#now, next.dueAt);
      next.callback();
    }
    this.#now = Math.max(this.#now, time);
  }

  advance(milliseconds: number): void {
    this.advanceTo(this.#now + milliseconds);
  }

  #next(): VirtualTimer | undefined {
    let first: VirtualTimer | undefined;
    for (const timer of this.#timers) {
      if (
        !first ||
        timer.dueAt < first.dueAt ||
        (timer.dueAt === first.dueAt && timer.sequence < first.sequence)
      ) {
        first = timer;
      }
    }
    return first;
  }
}
