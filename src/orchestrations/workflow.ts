import type { OrchestrationContext, Task } from 'durable-functions';
import type {
  ActivityInput,
  ActivityName,
  ActivityOutput,
  StepInput,
} from '../activities/activity-contracts.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import { failure, type Outcome } from '../model/outcome.ts';

/** A part of an orchestration: yields durable tasks, returns a value. Compose with `yield*`. */
export type Workflow<T> = Generator<Task, T, unknown>;

/** Bounds of the workflow, in seconds; part of the input, so that a replay sees the same ones. */
export interface Bounds {
  readonly deploySeconds: number;
  readonly awaitPrefixSeconds: number;
  readonly releaseSeconds: number;
  readonly retrySeconds: number;
  readonly pollSeconds: number;
}

const longestRetryDelaySeconds = 60;

/** The input of an activity without what the call helpers fill in. */
export type OwnInput<N extends ActivityName> = Omit<ActivityInput<N>, keyof StepInput>;

/** Waits on a durable timer. */
export function* wait(context: OrchestrationContext, seconds: number): Workflow<void> {
  yield context.df.createTimer(secondsFromNow(context, seconds));
}

export function secondsFromNow(context: OrchestrationContext, seconds: number): Date {
  return new Date(context.df.currentUtcDateTime.getTime() + Math.ceil(seconds * 1000));
}

/**
 * Calls an activity once. An activity throws only on what nobody foresaw; that becomes the retryable
 * error `Unexpected`, so that a passing defect does not end a request half-way.
 */
export function* callOnce<N extends ActivityName>(
  context: OrchestrationContext,
  name: N,
  input: ActivityInput<N>,
): Workflow<ActivityOutput<N>> {
  try {
    return (yield context.df.callActivity(name, input)) as ActivityOutput<N>;
  } catch (error) {
    return unexpected(name, error) as ActivityOutput<N>;
  }
}

export function unexpected(what: string, error: unknown): Outcome<never> {
  // durable-functions joins message and stack of the activity with " \n ".
  const cause = String(error instanceof Error ? error.message : error).split(' \n ')[0] ?? '';
  return failure(
    vendingError('Unexpected', `'${what}' failed in an unforeseen way.`, {
      kind: 'retryable',
      cause: cause.slice(0, 500),
    }),
  );
}

/** Calls an activity until it answers a value or a final error, on durable timers, within `retrySeconds`. */
export function* callRetrying<N extends ActivityName>(
  context: OrchestrationContext,
  name: N,
  { retrySeconds, ...request }: Omit<StepInput, 'attempt'> & { readonly retrySeconds: number },
  own: OwnInput<N>,
): Workflow<ActivityOutput<N>> {
  const deadline = secondsFromNow(context, retrySeconds).getTime();
  for (let attempt = 1; ; attempt++) {
    const input = { ...request, attempt, ...own };
    const outcome = yield* callOnce(context, name, input as unknown as ActivityInput<N>);
    if (outcome.ok || outcome.error.kind !== 'retryable') return outcome;
    const delaySeconds = retryDelaySeconds(attempt, outcome.error);
    if (secondsFromNow(context, delaySeconds).getTime() > deadline) {
      return failure(retriesExhausted(outcome.error, attempt)) as ActivityOutput<N>;
    }
    yield* wait(context, delaySeconds);
  }
}

/** 1, 2, 4, ... seconds, at most a minute; what Azure asked for if that is longer. */
export function retryDelaySeconds(attempt: number, error: VendingError): number {
  const backoff = Math.min(longestRetryDelaySeconds, 2 ** (attempt - 1));
  return Math.max(backoff, error.retryAfterSeconds ?? 0);
}

export function retriesExhausted(last: VendingError, attempts: number): VendingError {
  return vendingError('RetriesExhausted', `Gave up after ${attempts} attempts. ${last.message}`, {
    cause: `${last.code}: ${last.cause}`,
    ...(last.details === undefined ? {} : { details: { ...last.details } }),
  });
}
