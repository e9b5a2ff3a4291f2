import type { VendingError } from '../model/errors.ts';
import type { Outcome } from '../model/outcome.ts';
import type { ActivityInput, ActivityName, ActivityOutput } from './activity-contracts.ts';
import type { Dependencies } from './dependencies.ts';
import { type Activity, note } from './step.ts';

/** Wraps an activity so that each failed attempt shows in the timeline of its request. */
export function withTimeline<N extends ActivityName>(
  activity: Activity<N>,
  dependencies: Dependencies,
): (input: ActivityInput<N>) => Promise<ActivityOutput<N>> {
  return async (input) => {
    const outcome = await activity(input, dependencies);
    const { ok } = outcome as Outcome<unknown>;
    if (!ok) {
      const { error } = outcome as Extract<Outcome<unknown>, { ok: false }>;
      const retry = error.kind === 'retryable' ? ' It is tried again.' : '';
      await note(
        dependencies,
        input,
        error.kind === 'retryable' ? 'waiting' : 'failed',
        `${error.message}${retry}${requestIdIn(error)}`,
        `:${input.attempt}`,
      );
    }
    return outcome;
  };
}

/** By this id Azure's support finds the call. */
function requestIdIn({ details }: VendingError): string {
  const id = details?.['azureRequestId'];
  return id === undefined ? '' : ` (Azure request id ${id})`;
}
