import type { ApprovalView, RequestSummary } from '../../model/api/request-views.ts';
import { Badge } from '../components/badge.tsx';
import type { Column } from '../components/table.tsx';
import { Deadline } from './deadline.tsx';
import { RiskBadges } from './plan-parts.tsx';
import { ageColumn, requestColumn } from './request-table.tsx';

/** `security, 1 of 2 approvals`. */
export function StageText({ approval }: { approval: ApprovalView | undefined }) {
  if (approval === undefined) return <span class="muted">–</span>;
  const { stage, stageNumber, stages, approvals, minApprovals, escalated } = approval;
  return (
    <>
      <bdi>{stage}</bdi>
      {stages > 1 && <span class="muted small nowrap"> {`stage ${stageNumber} of ${stages}`}</span>}
      {minApprovals > 1 && (
        <div class="muted small">
          {approvals} of {minApprovals} approvals
        </div>
      )}
      {escalated && (
        <div>
          <Badge tone="warning" icon="warning">
            Escalated
          </Badge>
        </div>
      )}
    </>
  );
}

/** Columns of the inbox of an approver. */
export const approvalColumns: readonly Column<RequestSummary>[] = [
  requestColumn,
  {
    key: 'requester',
    title: 'Requester',
    cell: ({ requester, reason }) => (
      <>
        <bdi>{requester.name}</bdi>
        <div class="muted small reason-line">
          <bdi>{reason}</bdi>
        </div>
      </>
    ),
  },
  {
    key: 'risk',
    title: 'Look twice',
    cell: ({ riskFlags }) =>
      riskFlags.length === 0 ? <span class="muted">–</span> : <RiskBadges flags={riskFlags} />,
  },
  { key: 'stage', title: 'Stage', cell: ({ approval }) => <StageText approval={approval} /> },
  { ...ageColumn, title: 'Waiting since' },
  {
    key: 'deadline',
    title: 'Expires',
    cell: ({ approval }) => <Deadline at={approval?.deadline} />,
  },
];

/** What expires first comes first; what has no deadline in the order in which it was asked for. */
export const byDeadline = (a: RequestSummary, b: RequestSummary): number =>
  (a.approval?.deadline ?? '9').localeCompare(b.approval?.deadline ?? '9') ||
  a.createdAt.localeCompare(b.createdAt);
