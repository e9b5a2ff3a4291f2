import {
  type ApprovalProgress,
  approvalProgress,
  type DecisionOnPlan,
} from './approval-progress.ts';
import type { DecisionKind } from './decision-kinds.ts';
import { countResumptions } from './decisions.ts';
import type {
  DecisionInEvent,
  HappeningOptions,
  RecordForEvents,
  RequestEventType,
  StageInEvent,
} from './events.ts';
import type { Landscape } from './landscape.ts';
import type { Plan } from './plan.ts';
import { riskFlagsOf } from './risk-flags.ts';

/** A recorded decision, as far as events tell it. */
export interface DecisionForEvents extends DecisionOnPlan {
  readonly decision: DecisionKind;
  readonly by: DecisionOnPlan['by'] & { readonly name: string };
  readonly channel: DecisionInEvent['channel'];
  readonly reason?: string;
}

/**
 * What an event about a request tells of its approval, and what tells it from another one of its type:
 * resumptions, the version of the plan, the stage.
 */
export function happeningOf(
  type: RequestEventType,
  record: RecordForEvents,
  decisions: readonly DecisionForEvents[],
  landscape: Pick<Landscape, 'policy'>,
): HappeningOptions {
  const { plan } = record;
  const progress = plan && isAboutStage(type) ? approvalProgress(plan, decisions) : undefined;
  const occurrence = [
    ...(progress ? [progress.stage.name] : []),
    ...(plan && isAboutPlan(type) && plan.version > 1 ? [`plan-${plan.version}`] : []),
    // A request that was resumed may be parked, and end, once more.
    ...(countResumptions(decisions) === 0 ? [] : [`resumption-${countResumptions(decisions)}`]),
  ].join(':');
  return {
    ...(plan && progress ? { stage: stageOf(record, plan, progress, landscape) } : {}),
    ...(plan ? decisiveIn(type, plan, decisions) : {}),
    ...(occurrence === '' ? {} : { occurrence }),
  };
}

const isAboutStage = (type: RequestEventType): boolean =>
  type === 'approval.requested' || type === 'approval.reminded' || type === 'approval.escalated';

const isAboutPlan = (type: RequestEventType): boolean =>
  type === 'request.planned' || type.startsWith('approval.');

function stageOf(
  record: RecordForEvents,
  plan: Plan,
  { stage, stageNumber, approvers, approvals, deadline }: ApprovalProgress<DecisionForEvents>,
  landscape: Pick<Landscape, 'policy'>,
): StageInEvent {
  return {
    stage: stage.name,
    stageNumber,
    approvers,
    minApprovals: stage.minApprovals,
    approvals: approvals.map(toldOf),
    deadline,
    planVersion: plan.version,
    riskFlags: riskFlagsOf(record, landscape),
  };
}

/** The decision that the event is about, whatever others have decided since, and the approvals before it. */
function decisiveIn(
  type: RequestEventType,
  plan: Plan,
  decisions: readonly DecisionForEvents[],
): Pick<HappeningOptions, 'decision' | 'approvals'> {
  const kinds = decisiveKinds[type];
  if (kinds === undefined) return {};
  const among = decisions.filter(({ decision }) => kinds.includes(decision));
  const decisive = approvalProgress(plan, among)?.decisive;
  if (decisive === undefined) return {};
  const approvals = decisions
    .slice(0, decisions.indexOf(decisive) + 1)
    .filter(({ decision, planHash }) => decision === 'approve' && planHash === plan.planHash);
  return { decision: toldOf(decisive), approvals: approvals.map(toldOf) };
}

const decisiveKinds: { readonly [T in RequestEventType]?: readonly DecisionKind[] } = {
  'approval.granted': ['approve', 'break-glass'],
  'approval.denied': ['reject'],
  'approval.expired': ['expire'],
};

const toldOf = ({
  decision,
  by,
  stage,
  channel,
  reason,
  at,
}: DecisionForEvents): DecisionInEvent => ({
  decision,
  by: {
    name: by.name,
    ...(by.objectId === undefined ? {} : { objectId: by.objectId }),
    ...(by.tenantId === undefined ? {} : { tenantId: by.tenantId }),
  },
  ...(stage === undefined ? {} : { stage }),
  channel,
  ...(reason === undefined ? {} : { reason }),
  at,
});
