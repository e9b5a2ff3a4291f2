import type { OrchestrationContext } from 'durable-functions';
import type {
  CallbackActivityInput,
  CallbackActivityName,
  CallbackActivityOutput,
  CallbackInput,
} from '../activities/callbacks/callback-contracts.ts';
import type { VendingError } from '../model/errors.ts';
import { secondsFromNow, unexpected, type Workflow, wait } from './workflow.ts';

/** The last attempt is made when this time is over. */
const giveUpAfterSeconds = 24 * 3600;
const firstDelaySeconds = 5;
const longestDelaySeconds = 3600;
/** More than a week of the broker being away. */
const mostTriesToKeep = 200;

/**
 * Orchestration: delivers one event to one callback, at least once, within a day; what could not be
 * delivered is kept for an operator. The request that the event is about knows nothing of it.
 */
export function* deliverCallback(context: OrchestrationContext): Workflow<'delivered' | 'kept'> {
  const input = context.df.getInput() as CallbackInput;
  const deadline = secondsFromNow(context, giveUpAfterSeconds).getTime();
  for (let attempt = 1; ; attempt++) {
    const outcome = yield* call(context, 'postCallback', { ...input, attempt });
    if (outcome.ok) return 'delivered';
    const leftSeconds = (deadline - context.df.currentUtcDateTime.getTime()) / 1000;
    if (outcome.error.kind === 'terminal' || leftSeconds <= 0) {
      yield* keep(context, { ...input, attempts: attempt, error: outcome.error });
      return 'kept';
    }
    yield* wait(context, Math.min(delaySeconds(attempt, outcome.error), leftSeconds));
  }
}

/** 5, 10, 20, ... seconds, at most an hour; what the receiver asked for if that is longer. */
const delaySeconds = (attempt: number, { retryAfterSeconds }: Partial<VendingError>): number =>
  Math.max(
    Math.min(longestDelaySeconds, firstDelaySeconds * 2 ** (attempt - 1)),
    retryAfterSeconds ?? 0,
  );

function* keep(
  context: OrchestrationContext,
  failed: CallbackActivityInput<'keepFailedCallback'>,
): Workflow<void> {
  for (let attempt = 1; attempt <= mostTriesToKeep; attempt++) {
    const kept = yield* call(context, 'keepFailedCallback', failed);
    if (kept.ok) return;
    yield* wait(context, delaySeconds(attempt, {}));
  }
  throw new Error(
    `The event ${failed.event.id} could not be kept; it is the input of this instance.`,
  );
}

function* call<N extends CallbackActivityName>(
  context: OrchestrationContext,
  name: N,
  input: CallbackActivityInput<N>,
): Workflow<CallbackActivityOutput<N>> {
  try {
    return (yield context.df.callActivity(name, input)) as CallbackActivityOutput<N>;
  } catch (error) {
    return unexpected(name, error) as CallbackActivityOutput<N>;
  }
}
