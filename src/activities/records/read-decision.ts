import { success } from '../../model/outcome.ts';
import type { Activity } from '../step.ts';

/**
 * What was decided on the plan, from the ledger. A cancellation comes before everything, a rejection
 * before an approval; an approval of another plan does not count.
 */
export const readDecision: Activity<'readDecision'> = async (input, { ledger }) => {
  const decisions = await ledger.listDecisions(input.requestId);
  const decisive =
    decisions.find((decision) => decision.decision === 'cancel') ??
    decisions.find((decision) => decision.decision === 'reject') ??
    decisions.find(
      (decision) => decision.decision === 'approve' && decision.planHash === input.planHash,
    );
  if (!decisive || decisive.decision === 'resume') return success({ status: 'none' });
  return success({
    status: statusOf[decisive.decision],
    by: decisive.by.name,
    ...(decisive.reason === undefined ? {} : { reason: decisive.reason }),
  });
};

const statusOf = { approve: 'approved', reject: 'rejected', cancel: 'cancelled' } as const;
