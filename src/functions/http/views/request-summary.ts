import type { ApprovalView, RequestSummary } from '../../../model/api/request-views.ts';
import { approvalProgress } from '../../../model/approval-progress.ts';
import { asksFor } from '../../../model/asks-for.ts';
import type { Landscape } from '../../../model/landscape.ts';
import type { RequestResult } from '../../../model/plan.ts';
import { riskFlagsOf } from '../../../model/risk-flags.ts';
import type { SeenRequest } from '../visibility.ts';
import { personView } from './person-view.ts';

/** A request in a list. */
export function requestSummary(seen: SeenRequest, landscape: Landscape): RequestSummary {
  const { record } = seen;
  const { request, plan } = record;
  const { tenant, subscriptionId, resourceGroup, virtualNetwork, location } = request.target;
  const approval = approvalView(seen);
  return {
    id: record.id,
    operation: request.operation,
    ...(request.operation === 'remove' ? { mode: request.mode } : {}),
    dryRun: request.dryRun,
    state: record.state,
    tenant: record.tenant,
    target: {
      tenant,
      subscriptionId,
      resourceGroup,
      virtualNetwork,
      ...(location === undefined ? {} : { location }),
    },
    requester: personView(request.requester),
    reason: request.reason,
    ...(request.ticket === undefined ? {} : { ticket: request.ticket }),
    createdAt: record.createdAt,
    updatedAt: record.updatedAt,
    revision: record.revision,
    asksFor: asksFor(request),
    prefixes: prefixesIn(record.result),
    ...(approval === undefined ? {} : { approval }),
    riskFlags: [...riskFlagsOf({ request, plan }, landscape)],
  };
}

/** Where the approval of the request's plan stands; undefined when it needs none. */
export function approvalView({ record, decisions }: SeenRequest): ApprovalView | undefined {
  const progress = record.plan && approvalProgress(record.plan, decisions);
  if (progress === undefined) return undefined;
  const { status, stage, stageNumber, stages, approvals, approvers, escalated, deadline } =
    progress;
  return {
    status,
    stage: stage.name,
    stageNumber,
    stages,
    approvals: approvals.length,
    minApprovals: stage.minApprovals,
    approvers: [...approvers],
    escalated,
    ...(status === 'open' ? { deadline } : {}),
  };
}

/** What the VNet has got, or given back. */
function prefixesIn(result: RequestResult | undefined): string[] {
  if (result === undefined) return [];
  const parts = 'allocations' in result ? result.allocations : result.released;
  return parts.flatMap(({ prefixes }) => prefixes);
}
