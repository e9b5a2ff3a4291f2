import type { Scheduler } from './scheduler.ts';

/** The one process in which the product's code runs. A crash takes with it all that runs. */
export class WorkerProcess {
  readonly #scheduler: Scheduler;
  readonly #crashed: (() => void)[] = [];
  readonly #started: (() => void)[] = [];
  #isUp = true;
  #epoch = 0;
  crashes = 0;

  constructor(scheduler: Scheduler) {
    this.#scheduler = scheduler;
  }

  get isUp(): boolean {
    return this.#isUp;
  }

  /** Grows with each crash: what was begun in an earlier one must not go on. */
  get epoch(): number {
    return this.#epoch;
  }

  onCrash(listener: () => void): void {
    this.#crashed.push(listener);
  }

  onStart(listener: () => void): void {
    this.#started.push(listener);
  }

  /** Calls that are under way may still arrive, but all of them before the next start. */
  crash(downMs: number): void {
    if (!this.#isUp) return;
    this.#isUp = false;
    this.#epoch++;
    this.crashes++;
    this.#scheduler.note('CRASH');
    for (const listener of this.#crashed) listener();
    this.#scheduler.after(downMs, 'the process starts again', () => {
      this.#isUp = true;
      for (const listener of this.#started) listener();
    });
  }
}
