import { type ApprovalNews, approvalNews, openStageOf } from '../../model/approval-acts.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import { vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import { type Activity, recordOf } from '../step.ts';
import { newsKey } from './tell-approvers.ts';

/**
 * How far the approval of the recorded plan is, as the ledger holds it. An approval that nobody has decided is open
 * only while the request waits for it: the policy decides nothing on any other, so who waited for that would wait
 * without an end, and without a pause once the time limit is over.
 */
export const readApproval: Activity<'readApproval'> = async ({ requestId }, dependencies) => {
  const { ledger } = dependencies;
  const { plan, state } = await recordOf(dependencies, requestId);
  const decisions = await ledger.listDecisions(requestId);
  const progress = plan && approvalProgress(plan, decisions);
  if (!plan || !progress) {
    const message = `The request ${requestId} has no plan that waits for an approval.`;
    return failure(vendingError('Unexpected', message, { kind: 'terminal' }));
  }
  const { status, decisive } = progress;
  if (status === 'open' || !decisive) {
    if (state !== 'awaiting-approval') {
      const message = `The request ${requestId} is ${state}, and waits for no approval any more.`;
      return failure(vendingError('Unexpected', message, { kind: 'terminal' }));
    }
    const keys = new Set((await ledger.listTimeline(requestId)).map(({ key }) => key));
    const isTold = (news: ApprovalNews) => keys.has(newsKey(news, progress.stage.name, plan));
    const open = openStageOf(progress, approvalNews.filter(isTold));
    return success({ status: 'open', version: plan.version, open });
  }
  const { by, reason } = decisive;
  return success({ status, by: by.name, ...(reason === undefined ? {} : { reason }) });
};
