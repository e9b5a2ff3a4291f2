import { approvalProgress } from '../../model/approval-progress.ts';
import { success } from '../../model/outcome.ts';
import { type Activity, recordOf } from '../step.ts';

/** What was decided on the plan, from the ledger. */
export const readDecision: Activity<'readDecision'> = async (input, dependencies) => {
  // Before the record, which may be younger than they are: a plan that is not the asked one has no approval.
  const decisions = await dependencies.ledger.listDecisions(input.requestId);
  const { plan } = await recordOf(dependencies, input.requestId);
  const progress = plan?.planHash === input.planHash && approvalProgress(plan, decisions);
  if (!progress) return success({ status: 'none' });
  const { status, decisive } = progress;
  if (!decisive || status === 'open' || status === 'expired') return success({ status: 'none' });
  const { by, reason } = decisive;
  return success({ status, by: by.name, ...(reason === undefined ? {} : { reason }) });
};
