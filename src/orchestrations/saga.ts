import type { Outcome } from '../model/outcome.ts';
import type { Workflow } from './workflow.ts';

/** One effect of a workflow, and what undoes it. Both may run again after a lost run: they read before they write. */
export type SagaStep = {
  /** Name in the timeline; the compensation is told as `compensate-<name>`. */
  readonly name: string;
  run(): Workflow<Outcome<null>>;
} & (
  | {
      /** The step may have had its effect although its answer was lost. */
      readonly compensateWhen: 'attempted';
      /** What stays behind if the compensation fails, in words an operator can act on. */
      readonly leftover: string;
      compensate(): Workflow<Outcome<null>>;
    }
  /** What cannot be undone; it comes last, when everything else has been done. */
  | { readonly compensateWhen: 'never' }
);

type Compensable = Extract<SagaStep, { compensateWhen: 'attempted' }>;

/** Writes down how a compensation went. */
export type RecordCompensation = (step: string, outcome: Outcome<null>) => Workflow<void>;

/**
 * The steps of a workflow that are to be taken back when it fails. A step is registered before it runs;
 * compensations run in reverse order. None stops the others, each outcome is recorded, and no error is
 * swallowed.
 */
export class Saga {
  readonly #registered: Compensable[] = [];
  readonly #record: RecordCompensation;

  constructor(record: RecordCompensation) {
    this.#record = record;
  }

  get isEmpty(): boolean {
    return this.#registered.length === 0;
  }

  /** Registers the step, then runs it. */
  *run(step: SagaStep): Workflow<Outcome<null>> {
    this.register(step);
    return yield* step.run();
  }

  /** For a step that an earlier run of the workflow may have run. */
  register(step: SagaStep): void {
    if (step.compensateWhen === 'attempted') this.#registered.push(step);
  }

  /** Runs all compensations; answers what could not be undone, each with the reason. */
  *compensate(): Workflow<readonly string[]> {
    const leftovers: string[] = [];
    for (let step = this.#registered.pop(); step; step = this.#registered.pop()) {
      const outcome = yield* step.compensate();
      yield* this.#record(`compensate-${step.name}`, outcome);
      if (!outcome.ok) leftovers.push(`${step.leftover} (${outcome.error.message})`);
    }
    return leftovers;
  }
}
