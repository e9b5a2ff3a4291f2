import type { Decision } from '../../ledger/ledger.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import { success } from '../../model/outcome.ts';
import { type Activity, recordOf } from '../step.ts';

/**
 * What the policy decides when nobody has: to ask others as well, or to end the wait. It is recorded for the
 * revision that was read, so that of a person and the time limit exactly one wins; who loses finds what the
 * other has recorded at the next look.
 */
export const decideByPolicy: Activity<'decideByPolicy'> = async (input, dependencies) => {
  const { requestId, decision, stage, version } = input;
  const { ledger, now } = dependencies;
  const { plan, state, revision } = await recordOf(dependencies, requestId);
  const progress = plan && approvalProgress(plan, await ledger.listDecisions(requestId));
  const isMeant =
    state === 'awaiting-approval' &&
    plan?.version === version &&
    progress?.status === 'open' &&
    progress.stage.name === stage;
  if (!isMeant || (decision === 'escalate' && progress.escalated)) return success(null);
  const { timeLimitHours, escalateAfterHours, escalateTo } = progress.stage;
  const at = now().toISOString();
  const decided: Decision = {
    id: `policy:${decision}:${stage}:plan-${version}`,
    requestId,
    decision,
    by: { name: 'policy' },
    channel: 'policy',
    stage,
    planHash: plan.planHash,
    reason:
      decision === 'expire'
        ? `not approved within ${timeLimitHours} hours`
        : `not approved within ${escalateAfterHours} hours; ${escalateTo.join(' and ')} may approve as well`,
    at,
  };
  const recorded = await ledger.recordDecision(decided, { ifRevision: revision });
  if (recorded === 'conflict') return success(null);
  await ledger.appendTimeline(requestId, {
    key: `decision:${decided.id}`,
    at,
    step: 'decide',
    status: 'information',
    message: `policy: ${decision} (${decided.reason})`,
  });
  return success(null);
};
