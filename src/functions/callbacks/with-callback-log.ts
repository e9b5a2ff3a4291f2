import type { InvocationContext } from '@azure/functions';
import type {
  CallbackActivity,
  CallbackActivityInput,
  CallbackActivityName,
  CallbackActivityOutput,
  CallbackDependencies,
} from '../../activities/callbacks/callback-contracts.ts';

/** Wraps an activity of a delivery so that each failed attempt shows in the log. */
export function withCallbackLog<N extends CallbackActivityName>(
  activity: CallbackActivity<N>,
  dependencies: CallbackDependencies,
) {
  return async (
    input: CallbackActivityInput<N>,
    context: InvocationContext,
  ): Promise<CallbackActivityOutput<N>> => {
    const outcome = await activity(input, dependencies);
    if (!outcome.ok) {
      const { code, message, cause } = outcome.error;
      context.warn(`The event ${input.event.id} was not delivered: ${code}: ${message} ${cause}`);
    }
    return outcome;
  };
}
