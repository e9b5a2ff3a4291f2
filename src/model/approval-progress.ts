import type { ApprovalStage } from './approval-stages.ts';
import { type Identity, identityKey } from './people.ts';
import type { Plan } from './plan.ts';

/** What of a recorded decision tells how far an approval is. */
export interface DecisionOnPlan {
  readonly decision: string;
  readonly by: { readonly [M in keyof Identity]?: string | undefined };
  readonly stage?: string;
  readonly planHash?: string;
  readonly at: string;
}

/** Where the approval of a plan stands. */
export interface ApprovalProgress<D extends DecisionOnPlan = DecisionOnPlan> {
  readonly status: 'open' | 'approved' | 'rejected' | 'expired' | 'cancelled';
  /** The stage that is open, or was last. */
  readonly stage: ApprovalStage;
  /** From 1. */
  readonly stageNumber: number;
  /** How many there are. */
  readonly stages: number;
  /** Those that count for this stage: one a person. */
  readonly approvals: readonly D[];
  /** Groups that may decide now; empty: whoever may approve. */
  readonly approvers: readonly string[];
  readonly escalated: boolean;
  /** When this stage began. */
  readonly startedAt: string;
  readonly deadline: string;
  /** The decision that ended the approval; of several approvals the last that was needed. */
  readonly decisive?: D;
}

type ApprovedPlan = Pick<Plan, 'planHash' | 'stages' | 'madeAt'>;

/**
 * How far the approval of a plan is, made of what the ledger holds; undefined for a plan that needs none.
 * A cancellation comes before everything, a rejection before an approval, whatever plan they name. Everything
 * else counts for the plan alone that it names. A person approves a plan once, whatever its stages.
 * Who may decide is not asked here: a decision is judged before it is recorded.
 */
export function approvalProgress<D extends DecisionOnPlan>(
  plan: ApprovedPlan,
  decisions: readonly D[],
): ApprovalProgress<D> | undefined {
  const own = decisions.filter(({ planHash }) => planHash === plan.planHash);
  const reached = stageReached(plan, own);
  if (reached === undefined) return undefined;
  const { stage, approvals, startedAt, completedBy } = reached;
  const escalated = own.some(
    ({ decision, stage: name }) => decision === 'escalate' && name === stage.name,
  );
  const [status, decisive] = statusOf(decisions, own, completedBy);
  return {
    status,
    stage,
    stageNumber: plan.stages.indexOf(stage) + 1,
    stages: plan.stages.length,
    approvals,
    approvers:
      stage.approvers.length > 0 && escalated
        ? [...new Set([...stage.approvers, ...stage.escalateTo])]
        : stage.approvers,
    escalated,
    startedAt,
    deadline: hoursAfter(startedAt, stage.timeLimitHours),
    ...(decisive === undefined ? {} : { decisive }),
  };
}

function statusOf<D extends DecisionOnPlan>(
  all: readonly D[],
  own: readonly D[],
  completedBy: D | undefined,
): [ApprovalProgress['status'], D | undefined] {
  const first = (among: readonly D[], kind: string) =>
    among.find(({ decision }) => decision === kind);
  const cancellation = first(all, 'cancel');
  if (cancellation) return ['cancelled', cancellation];
  const rejection = first(all, 'reject');
  if (rejection) return ['rejected', rejection];
  const brokenGlass = first(own, 'break-glass');
  if (brokenGlass) return ['approved', brokenGlass];
  if (completedBy) return ['approved', completedBy];
  const expiry = first(own, 'expire');
  return expiry ? ['expired', expiry] : ['open', undefined];
}

interface ReachedStage<D> {
  readonly stage: ApprovalStage;
  readonly approvals: readonly D[];
  readonly startedAt: string;
  /** The approval that completed the last stage. */
  readonly completedBy?: D;
}

/** The first stage that is not complete, or the last one. */
function stageReached<D extends DecisionOnPlan>(
  { stages, madeAt }: ApprovedPlan,
  own: readonly D[],
): ReachedStage<D> | undefined {
  const counted = new Set<string>();
  let startedAt = madeAt;
  for (const stage of stages) {
    const approvals = own.filter((decision) => isNewApproval(decision, stage, counted));
    const completedBy = approvals[stage.minApprovals - 1];
    if (completedBy === undefined) return { stage, approvals, startedAt };
    if (stage === stages.at(-1)) return { stage, approvals, startedAt, completedBy };
    startedAt = completedBy.at > startedAt ? completedBy.at : startedAt;
  }
  return undefined;
}

/** Counts the person as well. */
function isNewApproval(
  { decision, stage, by }: DecisionOnPlan,
  { name }: ApprovalStage,
  counted: Set<string>,
): boolean {
  const { objectId, tenantId } = by;
  if (decision !== 'approve' || stage !== name) return false;
  if (objectId === undefined || tenantId === undefined) return false;
  const key = identityKey({ objectId, tenantId });
  if (counted.has(key)) return false;
  counted.add(key);
  return true;
}

export const hoursAfter = (time: string, hours: number): string =>
  new Date(Date.parse(time) + hours * 3_600_000).toISOString();
