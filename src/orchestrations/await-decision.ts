import type { OrchestrationContext } from 'durable-functions';
import type { DecisionAnswer } from '../activities/activity-contracts.ts';
import type { Outcome } from '../model/outcome.ts';
import { success } from '../model/outcome.ts';
import { decisionEvent } from './names.ts';
import { callRetrying, type Workflow } from './workflow.ts';

/** Looks into the ledger this often even if no event came: an event may be lost, a decision may not. */
const recheckSeconds = 15 * 60;
const wakesPerGeneration = 20;

export interface AwaitDecisionInput {
  readonly requestId: string;
  readonly planHash: string;
  /** Milliseconds since 1970. */
  readonly deadline: number;
  readonly retrySeconds: number;
}

export type DecisionEnding = DecisionAnswer | { readonly status: 'expired' };

/** Sub-orchestration: waits for a decision on one plan. The ledger decides; the event only wakes. */
export function* awaitDecision(
  context: OrchestrationContext,
): Workflow<Outcome<DecisionEnding> | undefined> {
  const input = context.df.getInput() as AwaitDecisionInput;
  for (let wakes = 0; wakes < wakesPerGeneration; wakes++) {
    const answer = yield* callRetrying(
      context,
      'readDecision',
      { requestId: input.requestId, step: 'decide', retrySeconds: input.retrySeconds },
      { planHash: input.planHash },
    );
    if (!answer.ok || answer.value.status !== 'none') return answer;

    const now = context.df.currentUtcDateTime.getTime();
    if (now >= input.deadline) return success({ status: 'expired' });
    const timer = context.df.createTimer(
      new Date(Math.min(input.deadline, now + recheckSeconds * 1000)),
    );
    // A waiter of an earlier wake may still be open; whichever is woken, the ledger is read.
    yield context.df.Task.any([context.df.waitForExternalEvent(decisionEvent), timer]);
    if (!timer.isCompleted) timer.cancel();
  }
  context.df.continueAsNew(input);
  return undefined;
}
