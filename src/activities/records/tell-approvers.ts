import type { ApprovalNews } from '../../model/approval-acts.ts';
import { type ApprovalProgress, approvalProgress } from '../../model/approval-progress.ts';
import { success } from '../../model/outcome.ts';
import type { Plan } from '../../model/plan.ts';
import { type Activity, recordOf } from '../step.ts';
import { publishAbout } from './publish-event.ts';

/**
 * Tells the approvers of the stage that is open. The line in the timeline, by which it counts as told, comes
 * after the event: who is told twice hears of the same event.
 */
export const tellApprovers: Activity<'tellApprovers'> = async (input, dependencies) => {
  const { requestId, step, news, stage, version } = input;
  const { ledger, now } = dependencies;
  const record = await recordOf(dependencies, requestId);
  const decisions = await ledger.listDecisions(requestId);
  const { plan, state } = record;
  const progress = plan && approvalProgress(plan, decisions);
  const isMeant =
    state === 'awaiting-approval' &&
    plan?.version === version &&
    progress?.status === 'open' &&
    progress.stage.name === stage;
  // Somebody has decided meanwhile, the plan is another one, or the request is over.
  if (!isMeant) return success(null);
  await publishAbout(dependencies, `approval.${news}`, record, decisions);
  await ledger.appendTimeline(requestId, {
    key: newsKey(news, stage, plan),
    at: now().toISOString(),
    step,
    status: 'information',
    message: inWords(news, progress),
  });
  return success(null);
};

/** Key of the line in the timeline by which something counts as told. */
export const newsKey = (news: ApprovalNews, stage: string, { version }: Pick<Plan, 'version'>) =>
  `approval:${news}:${stage}:plan-${version}`;

function inWords(news: ApprovalNews, progress: ApprovalProgress): string {
  const { stage, stageNumber, stages, approvals, approvers, deadline } = progress;
  const missing = stage.minApprovals - approvals.length;
  const who = approvers.length === 0 ? 'whoever may approve' : approvers.join(' or ');
  const needs = `${missing} ${missing === 1 ? 'approval' : 'approvals'} by ${who} until ${deadline}`;
  switch (news) {
    case 'requested':
      return `Stage ${stageNumber} of ${stages} ('${stage.name}') needs ${needs}.`;
    case 'reminded':
      return `Reminded: stage '${stage.name}' still needs ${needs}.`;
    case 'escalated':
      return `Told ${stage.escalateTo.join(' and ')} as well: stage '${stage.name}' still needs ${needs}.`;
  }
}
