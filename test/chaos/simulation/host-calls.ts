import type { FaultKind, Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Lets the calls of the product to its own services take their time, fail, and die with the process. */
export class HostCalls {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #process: WorkerProcess;

  constructor(scheduler: Scheduler, random: Random, faults: Faults, process: WorkerProcess) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
    this.#process = process;
  }

  /**
   * One call: whole or not at all, at a time of its own. A fault may come before the effect or after it.
   * A process that has crashed hears of nothing any more.
   */
  call<T>(epoch: number, what: string, fault: FaultKind, effect: () => T | Promise<T>): Promise<T> {
    const random = this.#random;
    const travelMs = random.chance(0.03) ? random.between(100, 3_000) : random.between(0, 25);
    return new Promise((resolve, reject) => {
      this.#scheduler.after(travelMs, what, async () => {
        if (this.#process.epoch !== epoch) return;
        const fails = this.#faults.strikes(fault);
        const isAfter = fails && random.chance(0.5);
        if (fails && !isAfter) {
          reject(new Error(`${what} failed before its effect.`));
          return;
        }
        try {
          const value = await effect();
          if (isAfter) reject(new Error(`${what} failed after its effect.`));
          else resolve(value);
        } catch (error) {
          reject(error);
        }
      });
    });
  }
}
