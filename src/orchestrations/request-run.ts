import type { OrchestrationContext } from 'durable-functions';
import type {
  Acceptance,
  ActivityName,
  ActivityOutput,
  PollingActivityName,
} from '../activities/activity-contracts.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { RequestState } from '../model/states.ts';
import { type DoneValue, poll } from './poll-until-done.ts';
import {
  type Bounds,
  callRetrying,
  type OwnInput,
  retryDelaySeconds,
  secondsFromNow,
  type Workflow,
  wait,
} from './workflow.ts';

/** Input of the orchestration of a request. */
export interface RequestInput {
  readonly requestId: string;
  readonly bounds: Bounds;
  /** How often an operator has resumed the request; absent before the first time. */
  readonly resumption?: number;
}

/** An operation that failed is started again after 8 seconds at first: it was no hiccup of one call. */
const firstRepetition = 4;

/** One run of the workflow of one request: calls its activities within its bounds. */
export class RequestRun {
  readonly context: OrchestrationContext;
  readonly input: RequestInput;

  constructor(context: OrchestrationContext, input: RequestInput) {
    this.context = context;
    this.input = input;
  }

  get bounds(): Bounds {
    return this.input.bounds;
  }

  /** Calls an activity until it answers a value or a final error. */
  call<N extends ActivityName>(
    name: N,
    step: string,
    own: OwnInput<N>,
    retrySeconds = this.bounds.retrySeconds,
  ): Workflow<ActivityOutput<N>> {
    return callRetrying(this.context, name, { ...this.#request(step), retrySeconds }, own);
  }

  /** Starts a change of Azure that goes on after its answer, and waits as long as Azure asked for. */
  *start<N extends StartingActivityName>(
    name: N,
    step: string,
    own: OwnInput<N>,
    retrySeconds = this.bounds.retrySeconds,
  ): Workflow<Outcome<null>> {
    const started = (yield* this.call(name, step, own, retrySeconds)) as Outcome<Acceptance>;
    if (!started.ok) return started;
    const { retryAfterSeconds } = started.value;
    // Before it nobody needs to look at the operation.
    if (retryAfterSeconds !== undefined) yield* wait(this.context, retryAfterSeconds);
    return success(null);
  }

  /** Looks until an activity is done, and says why the workflow stops when it never is. */
  *poll<N extends PollingActivityName>(
    activity: N,
    step: string,
    { what, boundSeconds, retrySeconds, timedOut, own }: PollLimits<N>,
  ): Workflow<Outcome<DoneValue<N>>> {
    const ended = yield* poll(this.context, activity, {
      ...this.#request(step),
      boundSeconds,
      pollSeconds: this.bounds.pollSeconds,
      retrySeconds: retrySeconds ?? this.bounds.retrySeconds,
      ...(own ? { own } : {}),
    });
    if (!ended.ok) return ended;
    switch (ended.value.status) {
      case 'done':
        return success(ended.value.value);
      case 'cancelled':
        return failure(vendingError('Cancelled', 'The request was cancelled while it ran.'));
      case 'timed-out': {
        const { waitsFor } = ended.value;
        return failure(
          vendingError(timedOut, `${what} did not end within ${boundSeconds} seconds.`, {
            ...(waitsFor === undefined ? {} : { cause: waitsFor }),
          }),
        );
      }
    }
  }

  /**
   * For compensations: what stays behind is worse than what takes long, so an operation that Azure
   * accepted and then failed is started again, until `releaseSeconds` are over.
   */
  *repeatFailedOperation(attempt: () => Workflow<Outcome<null>>): Workflow<Outcome<null>> {
    const deadline = secondsFromNow(this.context, this.bounds.releaseSeconds).getTime();
    for (let repetition = firstRepetition; ; repetition++) {
      const outcome = yield* attempt();
      if (outcome.ok || outcome.error.code !== 'OperationFailed') return outcome;
      const delaySeconds = retryDelaySeconds(repetition, outcome.error);
      if (secondsFromNow(this.context, delaySeconds).getTime() > deadline) return outcome;
      yield* wait(this.context, delaySeconds);
    }
  }

  /** Records a state; answers the one that the request is in then. Nothing may happen before. */
  *enter(state: RequestState, message: string, error?: VendingError): Workflow<RequestState> {
    const own = { state, message, ...(error ? { error } : {}) };
    return requireValue(yield* this.call('recordState', state, own));
  }

  publish(
    step: string,
    type: RequestEventType,
    retrySeconds = this.bounds.retrySeconds,
  ): Workflow<Outcome<null>> {
    const seconds = Math.min(retrySeconds, this.bounds.retrySeconds);
    return this.call('publishEvent', step, { type }, seconds);
  }

  #request(step: string) {
    const { requestId, resumption } = this.input;
    return { requestId, step, ...(resumption === undefined ? {} : { resumption }) };
  }
}

/** The activities that start a change which goes on after their answer. */
type StartingActivityName = {
  [N in ActivityName]: ActivityOutput<N> extends Outcome<infer T>
    ? Acceptance extends T
      ? N
      : never
    : never;
}[ActivityName];

interface PollLimits<N extends PollingActivityName> {
  /** What is waited for, to begin a sentence with. */
  readonly what: string;
  readonly boundSeconds: number;
  /** How long failures in a row are borne; the bound for all calls unless given. */
  readonly retrySeconds?: number;
  /** Error code when it does not come to pass within the bound. */
  readonly timedOut: 'OperationTimedOut' | 'AllocationNotConfirmed' | 'ReleaseNotConfirmed';
  /** What the activity needs to know beside the request. */
  readonly own?: OwnInput<N>;
}

/**
 * What must not fail: what cannot be recorded must not go on. A run that throws is started again by the
 * sweep, and goes on from the state that is recorded.
 */
export function requireValue<T>(outcome: Outcome<T>): T {
  if (outcome.ok) return outcome.value;
  throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
}
