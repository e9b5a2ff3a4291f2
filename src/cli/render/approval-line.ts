import type { ApprovalView } from '../../model/api/request-views.ts';
import { momentOf } from './times.ts';

/** Where an approval stands, in one sentence. */
export function describeApproval(approval: ApprovalView): string {
  const { status, stage, stageNumber, stages, approvals, minApprovals, approvers } = approval;
  const which = stages > 1 ? `stage ${stageNumber} of ${stages}, '${stage}'` : `stage '${stage}'`;
  if (status !== 'open') return `${status} in ${which}`;
  const who = approvers.length === 0 ? 'anybody who may approve' : approvers.join(', ');
  const until = approval.deadline && `until ${momentOf(new Date(approval.deadline))}`;
  return [
    `${which}: ${approvals} of ${minApprovals} given`,
    `by ${who}`,
    ...(until ? [until] : []),
    ...(approval.escalated ? ['escalated'] : []),
  ].join('; ');
}
