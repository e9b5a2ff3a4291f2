import type { OrchestrationContext } from 'durable-functions';
import type {
  ActivityInput,
  ActivityOutput,
  PollAnswer,
  PollingActivityName,
  StepInput,
} from '../activities/activity-contracts.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import { orchestrationNames } from './names.ts';
import {
  callOnce,
  retriesExhausted,
  retryDelaySeconds,
  secondsFromNow,
  unexpected,
  type Workflow,
  wait,
} from './workflow.ts';

/** Polls before the history is started anew; a turn costs a replay of the whole history. */
const pollsPerGeneration = 50;
const shortestPollSeconds = 0.1;

/** How the waiting ended; errors that stay retryable beyond their budget count as errors. */
export type PollEnding<T> =
  | { readonly status: 'done'; readonly value: T }
  | { readonly status: 'timed-out'; readonly waitsFor?: string }
  | { readonly status: 'cancelled' };

export interface PollInput extends StepInput {
  readonly activity: PollingActivityName;
  /** Milliseconds since 1970; absolute, so that it outlives generations. */
  readonly deadline: number;
  readonly pollSeconds: number;
  readonly retrySeconds: number;
  /** What the activity needs to know beside the request. */
  readonly own?: object;
  /** When the failures in a row began, and how many there were. */
  readonly failingSince?: number;
  readonly failures?: number;
}

/**
 * Sub-orchestration: looks again and again until an activity says that something has come to pass,
 * honouring Retry-After, within a deadline.
 */
export function* pollUntilDone(
  context: OrchestrationContext,
): Workflow<Outcome<PollEnding<unknown>> | undefined> {
  let state = context.df.getInput() as PollInput;
  for (let polls = 0; polls < pollsPerGeneration; polls++) {
    const outcome = (yield* callOnce(context, state.activity, {
      requestId: state.requestId,
      step: state.step,
      attempt: state.attempt,
      ...(state.resumption === undefined ? {} : { resumption: state.resumption }),
      ...state.own,
    } as ActivityInput<PollingActivityName>)) as Outcome<PollAnswer<unknown>>;
    const now = context.df.currentUtcDateTime.getTime();

    const ending = judge(state, outcome, now);
    if (ending) return ending;

    const delaySeconds = nextDelaySeconds(state, outcome);
    if (now >= state.deadline) return timedOut(outcome);
    yield* wait(context, Math.min(delaySeconds, (state.deadline - now) / 1000));
    state = nextState(state, outcome, now);
  }
  context.df.continueAsNew(state);
  return undefined;
}

function judge(
  state: PollInput,
  outcome: Outcome<PollAnswer<unknown>>,
  now: number,
): Outcome<PollEnding<unknown>> | undefined {
  if (outcome.ok) {
    if (outcome.value.done) return success({ status: 'done', value: outcome.value.value });
    return outcome.value.cancelRequested ? success({ status: 'cancelled' }) : undefined;
  }
  if (outcome.error.kind !== 'retryable') return outcome;
  const failingSince = state.failingSince ?? now;
  const delayMs = 1000 * retryDelaySeconds((state.failures ?? 0) + 1, outcome.error);
  if (now + delayMs > failingSince + 1000 * state.retrySeconds) {
    return failure(retriesExhausted(outcome.error, (state.failures ?? 0) + 1));
  }
  return undefined;
}

function timedOut(last: Outcome<PollAnswer<unknown>>): Outcome<PollEnding<unknown>> {
  const waitsFor = last.ok && !last.value.done ? last.value.waitsFor : undefined;
  return success({ status: 'timed-out', ...(waitsFor === undefined ? {} : { waitsFor }) });
}

/** What Azure asks for, but never faster than a gentle ramp up to `pollSeconds`. */
function nextDelaySeconds(state: PollInput, outcome: Outcome<PollAnswer<unknown>>): number {
  if (!outcome.ok) return retryDelaySeconds((state.failures ?? 0) + 1, outcome.error);
  const asked = outcome.value.done ? undefined : outcome.value.retryAfterSeconds;
  const ramp = Math.min(state.pollSeconds, shortestPollSeconds * 2 ** state.attempt);
  return Math.max(asked ?? 0, ramp);
}

function nextState(
  state: PollInput,
  outcome: Outcome<PollAnswer<unknown>>,
  now: number,
): PollInput {
  const { failingSince: _since, failures: _failures, ...calm } = state;
  const next = { ...calm, attempt: state.attempt + 1 };
  if (outcome.ok) return next;
  return {
    ...next,
    failingSince: state.failingSince ?? now,
    failures: (state.failures ?? 0) + 1,
  };
}

/** What the activity answers when it is done. */
export type DoneValue<N extends PollingActivityName> =
  ActivityOutput<N> extends Outcome<PollAnswer<infer T>> ? T : never;

type PollRequest = Omit<
  PollInput,
  'activity' | 'deadline' | 'attempt' | 'failingSince' | 'failures'
> & {
  readonly boundSeconds: number;
};

/** Runs the sub-orchestration for a step of a request. */
export function* poll<N extends PollingActivityName>(
  context: OrchestrationContext,
  activity: N,
  { boundSeconds, ...request }: PollRequest,
): Workflow<Outcome<PollEnding<DoneValue<N>>>> {
  const input: PollInput = {
    ...request,
    activity,
    deadline: secondsFromNow(context, boundSeconds).getTime(),
    attempt: 1,
  };
  try {
    return (yield context.df.callSubOrchestrator(
      orchestrationNames.pollUntilDone,
      input,
    )) as Outcome<PollEnding<DoneValue<N>>>;
  } catch (error) {
    return unexpected(activity, error);
  }
}
