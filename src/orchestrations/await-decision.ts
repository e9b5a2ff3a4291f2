import type { OrchestrationContext } from 'durable-functions';
import type { ApprovalEnding } from '../activities/activity-contracts.ts';
import { type ApprovalAct, nextAct } from '../model/approval-acts.ts';
import { type Outcome, success } from '../model/outcome.ts';
import { decisionEvent } from './names.ts';
import { callRetrying, type Workflow } from './workflow.ts';

/** Looks into the ledger this often even if no event came: an event may be lost, a decision may not. */
const recheckSeconds = 15 * 60;
const looksPerGeneration = 20;

export interface AwaitDecisionInput {
  readonly requestId: string;
  readonly retrySeconds: number;
}

/**
 * Sub-orchestration: sees the approval of a plan through, stage by stage, until it ends. It holds nothing of
 * its own: the ledger says what was decided, and what was told and when the next thing is due follows from
 * it. So a run that was lost and begins again goes on, and time limits are the ones that they were.
 */
export function* awaitDecision(
  context: OrchestrationContext,
): Workflow<Outcome<ApprovalEnding> | undefined> {
  const input = context.df.getInput() as AwaitDecisionInput;
  for (let looks = 0; looks < looksPerGeneration; looks++) {
    const read = yield* callRetrying(context, 'readApproval', stepOf(input), {});
    if (!read.ok) {
      // A request that waits for days outlives an outage of the ledger.
      if (read.error.code !== 'RetriesExhausted') return read;
      yield* waitForDecision(context);
      continue;
    }
    if (read.value.status !== 'open') return success(read.value);

    const { open, version } = read.value;
    const act = nextAct(open, context.df.currentUtcDateTime.getTime());
    const about = { stage: open.stage, version };
    if (act.act === 'wait') {
      yield* waitForDecision(context, act.until);
    } else if (!(yield* perform(context, input, about, act))) {
      // Tried again after a while, but never past the time limit.
      yield* waitForDecision(context, act.act === 'tell' ? Date.parse(open.deadline) : undefined);
    }
  }
  context.df.continueAsNew(input);
  return undefined;
}

const stepOf = ({ requestId, retrySeconds }: AwaitDecisionInput) =>
  ({ requestId, step: 'decide', retrySeconds }) as const;

/** Answers whether it could be done. */
function* perform(
  context: OrchestrationContext,
  input: AwaitDecisionInput,
  about: { readonly stage: string; readonly version: number },
  act: Exclude<ApprovalAct, { act: 'wait' }>,
): Workflow<boolean> {
  const step = stepOf(input);
  const done =
    act.act === 'tell'
      ? yield* callRetrying(context, 'tellApprovers', step, { ...about, news: act.news })
      : yield* callRetrying(context, 'decideByPolicy', step, { ...about, decision: act.decision });
  return done.ok;
}

/** Until somebody has decided, or the time given, if it is near. */
function* waitForDecision(
  context: OrchestrationContext,
  until = Number.POSITIVE_INFINITY,
): Workflow<void> {
  const now = context.df.currentUtcDateTime.getTime();
  const timer = context.df.createTimer(new Date(Math.min(until, now + recheckSeconds * 1000)));
  // A waiter of an earlier wake may still be open; whichever is woken, the ledger is read.
  yield context.df.Task.any([context.df.waitForExternalEvent(decisionEvent), timer]);
  if (!timer.isCompleted) timer.cancel();
}
