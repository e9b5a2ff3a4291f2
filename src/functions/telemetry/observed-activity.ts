import type { InvocationContext } from '@azure/functions';
import { type Span, SpanKind } from '@opentelemetry/api';
import type { StepInput } from '../../activities/activity-contracts.ts';
import type { Outcome } from '../../model/outcome.ts';
import { logEvent, wordsOf } from './log-event.ts';
import type { RequestFacts } from './request-facts.ts';
import { parseTraceparent } from './request-trace.ts';
import { safeError } from './safe-words.ts';
import { inScope } from './scope.ts';
import { attributeNames, failed, inSpan } from './spans.ts';

/** Runs an activity in the scope and the trace of its request, and logs each attempt that fails. */
export function observedActivity<I extends StepInput, O>(
  name: string,
  run: (input: I) => Promise<O>,
  requests: RequestFacts,
): (input: I, context: InvocationContext) => Promise<O> {
  return async (input, context) => {
    const { requestId, step, attempt } = input;
    const { facts, trace } = await requests.of(requestId);
    const span = {
      name,
      kind: SpanKind.INTERNAL,
      parent: trace.request,
      host: parseTraceparent(context.traceContext?.traceParent),
      attributes: {
        [attributeNames.requestId]: requestId,
        [attributeNames.step]: step,
        [attributeNames.attempt]: attempt,
      },
    };
    return await inScope({ target: context, facts: { ...facts, step, attempt } }, () =>
      inSpan(span, (active) => watched(name, active, () => run(input))),
    );
  };
}

async function watched<O>(activity: string, span: Span, run: () => Promise<O>): Promise<O> {
  try {
    const answer = await run();
    tellFailure(activity, span, answer as Outcome<unknown>);
    return answer;
  } catch (error) {
    const message = wordsOf(error);
    logEvent('step.failed', { activity, errorCode: 'Unexpected', kind: 'unexpected', message });
    throw safeError(error);
  }
}

function tellFailure(activity: string, span: Span, answer: Outcome<unknown>): void {
  if (answer.ok) return;
  const { code: errorCode, kind, message, cause, details } = answer.error;
  failed(span, errorCode);
  const azureRequestId = details?.['azureRequestId'];
  logEvent('step.failed', { activity, errorCode, kind, message, cause, azureRequestId });
}
