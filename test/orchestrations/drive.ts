import type { OrchestrationContext } from 'durable-functions';
import type { Activities as RequestActivities } from '../../src/activities/activity-contracts.ts';
import type { CallbackActivities } from '../../src/activities/callbacks/callback-contracts.ts';
import { success } from '../../src/model/outcome.ts';
import { allocateVnet } from '../../src/orchestrations/allocate-vnet.ts';
import { associateVnet } from '../../src/orchestrations/associate-vnet.ts';
import { awaitDecision } from '../../src/orchestrations/await-decision.ts';
import { deliverCallback } from '../../src/orchestrations/deliver-callback.ts';
import { orchestrationNames } from '../../src/orchestrations/names.ts';
import { pollUntilDone } from '../../src/orchestrations/poll-until-done.ts';
import { removeVnet } from '../../src/orchestrations/remove-vnet.ts';
import type { RequestInput } from '../../src/orchestrations/request-run.ts';

type Activities = RequestActivities & CallbackActivities;
type ActivityName = keyof Activities;
type ActivityInput<N extends ActivityName> = Activities[N]['input'];
type ActivityOutput<N extends ActivityName> = Activities[N]['output'];

/** What the activities answer; one that throws fails as one that nobody foresaw. */
export type Answers = { [N in ActivityName]?: (input: ActivityInput<N>) => ActivityOutput<N> };

export interface Call {
  readonly activity: ActivityName;
  readonly input: ActivityInput<ActivityName> & Readonly<Record<string, unknown>>;
  /** Virtual seconds since the start. */
  readonly at: number;
}

export interface Run {
  readonly output: unknown;
  readonly calls: readonly Call[];
  /** Virtual seconds that it took. */
  readonly seconds: number;
  /** How often an orchestration went on with a fresh history. */
  readonly generations: number;
  /** Timers that were left running; they would keep the instance from ending. */
  readonly openTimers: number;
}

export const bounds = {
  deploySeconds: 1_000,
  awaitPrefixSeconds: 400,
  releaseSeconds: 200,
  retrySeconds: 100,
  pollSeconds: 30,
};

export const requestInput: RequestInput = {
  requestId: 'REQ-1',
  bounds,
};

const orchestrations = {
  [orchestrationNames.allocateVnet]: allocateVnet,
  [orchestrationNames.associateVnet]: associateVnet,
  [orchestrationNames.removeVnet]: removeVnet,
  [orchestrationNames.awaitDecision]: awaitDecision,
  [orchestrationNames.pollUntilDone]: pollUntilDone,
  [orchestrationNames.deliverCallback]: deliverCallback,
};

const allocated = { virtualNetworkId: '/the/vnet', allocations: [] };

/** Everything goes well, and policy approves. */
const healthy: Required<Answers> = {
  planRequest: () =>
    success({
      planHash: 'the-plan',
      version: 1,
      policy: { effect: 'auto-approve', rule: 'small', reason: 'small enough' },
      dryRun: false,
    }),
  recordState: ({ state }) => success(state),
  publishEvent: () => success(null),
  publishOutcome: () => success(null),
  readApproval: () => success({ status: 'approved', by: 'Alex' }),
  tellApprovers: () => success(null),
  decideByPolicy: () => success(null),
  readError: () => success(null),
  claimVirtualNetwork: () => success(null),
  recheckPlan: () => success({ changed: false }),
  deployVirtualNetwork: () => success({}),
  trackDeployment: () => success({ done: true, value: null }),
  awaitPrefix: () => success({ done: true, value: allocated }),
  deleteVirtualNetwork: () => success({}),
  trackDeletion: () => success({ done: true, value: null }),
  confirmRelease: () => success({ done: true, value: null }),
  nameLeftovers: () => success([]),
  recordCompensation: () => success(null),
  associateVirtualNetwork: () => success({}),
  awaitAssociation: () => success({ done: true, value: allocated }),
  undoAssociation: () => success({}),
  confirmUndoneAssociation: () => success({ done: true, value: null }),
  disassociateVirtualNetwork: () => success({}),
  undoDisassociation: () => success({}),
  confirmUndoneDisassociation: () => success({ done: true, value: null }),
  trackUpdate: () => success({ done: true, value: null }),
  detachPeerings: () => success({ done: true, value: null }),
  restorePeerings: () => success({ done: true, value: null }),
  removeVirtualNetwork: () => success({}),
  trackRemoval: () => success({ done: true, value: null }),
  confirmRemoval: () =>
    success({
      done: true,
      value: { virtualNetworkId: '/the/vnet', mode: 'delete', alreadyGone: false, released: [] },
    }),
  releaseVirtualNetwork: () => success(null),
  reserveQuota: () => success(null),
  releaseQuota: () => success(null),
  postCallback: () => success(null),
  keepFailedCallback: () => success(null),
};

type PlannedTask =
  | { readonly kind: 'activity'; readonly name: ActivityName; readonly input: unknown }
  | { readonly kind: 'orchestration'; readonly name: string; readonly input: unknown }
  | { readonly kind: 'event' }
  | { readonly kind: 'any'; readonly tasks: readonly PlannedTask[] }
  | Timer;

class Timer {
  readonly kind = 'timer';
  readonly at: number;
  isCompleted = false;
  isCanceled = false;

  constructor(at: Date) {
    this.at = at.getTime();
  }

  cancel(): void {
    this.isCanceled = true;
  }
}

/** As durable history keeps it: JSON. */
const stored = (value: unknown): unknown =>
  value === undefined ? undefined : JSON.parse(JSON.stringify(value));

/**
 * Drives orchestrations through to their end, on virtual time and without a host: activities answer
 * what the test says, timers fire at once. Replays are the business of `test/replay`.
 */
export class Driver {
  #answers: Required<Answers>;
  readonly #calls: Call[] = [];
  readonly #timers: Timer[] = [];
  readonly #startedAt = Date.parse('2026-11-22T00:00:00Z');
  #now = this.#startedAt;
  #generations = 0;
  /** Virtual seconds at which the event comes that wakes a waiting orchestration. */
  #wakeAt: number | undefined;

  constructor(answers: Answers = {}, { wakeAtSeconds }: { wakeAtSeconds?: number } = {}) {
    this.#answers = { ...healthy, ...answers };
    this.#wakeAt = wakeAtSeconds === undefined ? undefined : this.#startedAt + wakeAtSeconds * 1000;
  }

  /** For what answers by the driver's own clock. */
  answer(answers: Answers): void {
    this.#answers = { ...this.#answers, ...answers };
  }

  get now(): number {
    return this.#now;
  }

  get calls(): readonly Call[] {
    return this.#calls;
  }

  run(name: keyof typeof orchestrations, input: unknown): Run {
    const output = this.#runOrchestration(name, input);
    return {
      output,
      calls: this.#calls,
      seconds: (this.#now - this.#startedAt) / 1000,
      generations: this.#generations,
      openTimers: this.#timers.filter(({ isCompleted, isCanceled }) => !isCompleted && !isCanceled)
        .length,
    };
  }

  #runOrchestration(name: string, firstInput: unknown): unknown {
    const orchestration = orchestrations[name as keyof typeof orchestrations];
    for (let input: unknown = firstInput; ; ) {
      let next: { readonly input: unknown } | undefined;
      const context = this.#contextOf(stored(input), (given) => {
        next = { input: given };
      });
      const output = this.#runGeneration(orchestration(context));
      this.#generations++;
      if (!next) return stored(output);
      input = (next as { readonly input: unknown }).input;
    }
  }

  #runGeneration(generator: Generator<unknown, unknown, unknown>): unknown {
    let step = generator.next();
    while (!step.done) {
      let outcome: { readonly value: unknown } | { readonly thrown: unknown };
      try {
        outcome = { value: stored(this.#perform(step.value as PlannedTask)) };
      } catch (thrown) {
        outcome = { thrown };
      }
      step = 'thrown' in outcome ? generator.throw(outcome.thrown) : generator.next(outcome.value);
    }
    return step.value;
  }

  #perform(task: PlannedTask): unknown {
    switch (task.kind) {
      case 'activity': {
        const input = stored(task.input) as Call['input'];
        const at = (this.#now - this.#startedAt) / 1000;
        this.#calls.push({ activity: task.name, input, at });
        return (this.#answers[task.name] as (given: unknown) => unknown)(input);
      }
      case 'orchestration':
        return this.#runOrchestration(task.name, task.input);
      case 'timer':
        this.#now = Math.max(this.#now, task.at);
        task.isCompleted = true;
        return undefined;
      case 'any':
        return this.#performFirst(task.tasks);
      case 'event':
        throw new Error('Nobody waits for an event alone: it may be lost.');
    }
  }

  #performFirst(tasks: readonly PlannedTask[]): unknown {
    const timer = tasks.find((task) => task instanceof Timer);
    if (!timer) throw new Error('Nobody waits without a time limit.');
    const wakeAt = this.#wakeAt;
    if (tasks.some(({ kind }) => kind === 'event') && wakeAt !== undefined && wakeAt <= timer.at) {
      this.#now = Math.max(this.#now, wakeAt);
      this.#wakeAt = undefined;
      return undefined;
    }
    return this.#perform(timer);
  }

  #contextOf(input: unknown, continueAsNew: (input: unknown) => void): OrchestrationContext {
    const driver = this;
    const df = {
      getInput: () => input,
      get currentUtcDateTime() {
        return new Date(driver.#now);
      },
      callActivity: (name: ActivityName, own: unknown) => ({ kind: 'activity', name, input: own }),
      callSubOrchestrator: (name: string, own: unknown) => ({
        kind: 'orchestration',
        name,
        input: own,
      }),
      createTimer: (at: Date) => {
        const timer = new Timer(at);
        driver.#timers.push(timer);
        return timer;
      },
      waitForExternalEvent: () => ({ kind: 'event' }),
      Task: { any: (tasks: readonly PlannedTask[]) => ({ kind: 'any', tasks }) },
      continueAsNew,
    };
    return { df } as unknown as OrchestrationContext;
  }
}

/** How the request ended, as it was recorded. */
export const endOf = ({ calls }: Run) =>
  calls.findLast(({ activity }) => activity === 'recordState')?.input;

/** A call in words: `deployVirtualNetwork`, `recordState deploying`, `publishEvent request.planned`. */
export function inWords({ activity, input }: Call): string {
  const detail = input['state'] ?? input['type'];
  return detail === undefined ? activity : `${activity} ${detail}`;
}
