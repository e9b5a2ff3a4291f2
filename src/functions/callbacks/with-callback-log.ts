import type {
  CallbackActivity,
  CallbackActivityInput,
  CallbackActivityName,
  CallbackActivityOutput,
  CallbackDependencies,
} from '../../activities/callbacks/callback-contracts.ts';
import { logEvent } from '../telemetry/log-event.ts';
import { safeError } from '../telemetry/safe-words.ts';
import type { LogTarget } from '../telemetry/scope.ts';

/** Wraps an activity of a delivery so that each failed attempt shows in the log. */
export function withCallbackLog<N extends CallbackActivityName>(
  activity: CallbackActivity<N>,
  dependencies: CallbackDependencies,
) {
  return async (
    input: CallbackActivityInput<N>,
    log: LogTarget,
  ): Promise<CallbackActivityOutput<N>> => {
    const outcome = await activity(input, dependencies).catch((error: unknown) => {
      throw safeError(error);
    });
    if (!outcome.ok) {
      const { callback, event } = input;
      const { code: errorCode, message, cause } = outcome.error;
      logEvent('callback.failed', { callback, eventId: event.id, errorCode, message, cause }, log);
    }
    return outcome;
  };
}
