import type { Outcome } from '../model/outcome.ts';
import type { Workflow } from './workflow.ts';

export interface Compensation {
  /** What stays behind if it fails, in words an operator can act on. */
  readonly leftover: string;
  run(): Workflow<Outcome<null>>;
}

/**
 * The compensations of a workflow. One is registered before its step runs (the step may have had its
 * effect although its answer was lost); they run in reverse order, each idempotent and reading before
 * it writes. None stops the others, and no error is swallowed.
 */
export class Saga {
  readonly #compensations: Compensation[] = [];

  register(compensation: Compensation): void {
    this.#compensations.push(compensation);
  }

  get isEmpty(): boolean {
    return this.#compensations.length === 0;
  }

  /** Runs all compensations; answers what could not be undone, each with the reason. */
  *compensate(): Workflow<readonly string[]> {
    const leftovers: string[] = [];
    for (let next = this.#compensations.pop(); next; next = this.#compensations.pop()) {
      const outcome = yield* next.run();
      if (!outcome.ok) {
        leftovers.push(`${next.leftover} (${outcome.error.message})`);
      }
    }
    return leftovers;
  }
}
