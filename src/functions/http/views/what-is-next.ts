import type { ApprovalView } from '../../../model/api/request-views.ts';
import type { RequestState } from '../../../model/states.ts';

const sentences: Readonly<Record<RequestState, string>> = {
  received: 'The plan is made, and every prerequisite in both tenants is checked.',
  planning: 'The policy decides on the plan, or asks for an approval.',
  'awaiting-approval': 'Somebody decides on the plan.',
  deploying: 'Azure creates the VNet; then VNet and pool are compared.',
  associating: 'Azure changes the VNet; then VNet and pool are compared.',
  removing: 'Azure takes away what was asked for; then both tenants are looked at.',
  verifying: 'Both tenants are looked at until they show the same.',
  compensating: 'What was done is taken back, step by step.',
  succeeded: 'It is done; nothing is left to do.',
  planned:
    'Nothing: it was a dry run. Send it again without dryRun, under a new id, to have it done.',
  failed: 'Nothing: nothing of it is left. The error says what to do.',
  rejected: 'Nothing: it was rejected, and nothing was changed.',
  cancelled: 'Nothing: it was cancelled, and nothing of it is left.',
  expired: 'Nothing: nobody decided in time, and nothing was changed.',
  'removed-release-unverified':
    'Nothing by itself: the VNet is gone, but the pool does not show it. The same removal under a new id verifies it again.',
  'compensation-failed':
    'An operator removes the cause of what could not be taken back, then resumes the request.',
};

/** What happens next to a request, in one sentence. */
export function whatIsNext(state: RequestState, approval: ApprovalView | undefined): string {
  if (state !== 'awaiting-approval' || approval?.status !== 'open') return sentences[state];
  const { approvers, approvals, minApprovals, deadline } = approval;
  const missing = minApprovals - approvals;
  const who = approvers.length === 0 ? 'somebody who may approve' : approvers.join(' or ');
  const what = missing === 1 ? 'decides' : `decides (${missing} approvals are missing)`;
  return `${who[0]?.toUpperCase()}${who.slice(1)} ${what}${deadline === undefined ? '' : `, until ${deadline}`}.`;
}
