import type { StepInput } from '../../activities/activity-contracts.ts';
import type { Outcome } from '../../model/outcome.ts';
import { logEvent, wordsOf } from './log-event.ts';
import type { RequestFacts } from './request-facts.ts';
import { inScope, type LogTarget } from './scope.ts';

/** Runs an activity in the scope of its request and step, and logs each attempt that fails. */
export function observedActivity<I extends StepInput, O>(
  name: string,
  run: (input: I) => Promise<O>,
  requests: RequestFacts,
): (input: I, context: LogTarget) => Promise<O> {
  return async (input, context) => {
    const { requestId, step, attempt } = input;
    const facts = { ...(await requests.of(requestId)), step, attempt };
    return await inScope({ target: context, facts }, async () => {
      try {
        const answer = await run(input);
        logFailure(name, answer as Outcome<unknown>);
        return answer;
      } catch (error) {
        logEvent('step.failed', {
          activity: name,
          errorCode: 'Unexpected',
          kind: 'unexpected',
          message: wordsOf(error),
        });
        throw error;
      }
    });
  };
}

function logFailure(activity: string, answer: Outcome<unknown>): void {
  if (answer.ok) return;
  const { code, kind, message, cause, details } = answer.error;
  logEvent('step.failed', {
    activity,
    errorCode: code,
    kind,
    message,
    cause,
    azureRequestId: details?.['azureRequestId'],
  });
}
