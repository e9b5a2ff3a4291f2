import { type ApprovalProgress, hoursAfter } from './approval-progress.ts';

/** What approvers are told of a stage, each once. */
export const approvalNews = ['requested', 'reminded', 'escalated'] as const;
export type ApprovalNews = (typeof approvalNews)[number];

/** What policy decides on a stage that waits. */
export type PolicyDecision = 'escalate' | 'expire';

/** An open stage, and what of it has been told. */
export interface OpenStage {
  /** Its name. */
  readonly stage: string;
  readonly told: readonly ApprovalNews[];
  readonly escalated: boolean;
  readonly remindAt?: string;
  readonly escalateAt?: string;
  readonly deadline: string;
}

export const openStageOf = (
  { stage, startedAt, escalated, deadline }: ApprovalProgress,
  told: readonly ApprovalNews[],
): OpenStage => ({
  stage: stage.name,
  told,
  escalated,
  ...(stage.remindAfterHours === undefined
    ? {}
    : { remindAt: hoursAfter(startedAt, stage.remindAfterHours) }),
  ...(stage.escalateAfterHours === undefined
    ? {}
    : { escalateAt: hoursAfter(startedAt, stage.escalateAfterHours) }),
  deadline,
});

export type ApprovalAct =
  | { readonly act: 'tell'; readonly news: ApprovalNews }
  | { readonly act: 'decide'; readonly decision: PolicyDecision }
  /** Nothing until then, in milliseconds since 1970, unless somebody decides. */
  | { readonly act: 'wait'; readonly until: number };

/** What is to be done about an open stage now. What was missed and has no purpose any more is left out. */
export function nextAct(open: OpenStage, now: number): ApprovalAct {
  const { told, escalated } = open;
  const timeOf = (at: string | undefined) =>
    at === undefined ? Number.POSITIVE_INFINITY : Date.parse(at);
  const deadline = timeOf(open.deadline);
  const escalateAt = timeOf(open.escalateAt);
  const remindAt = timeOf(open.remindAt);
  if (now >= deadline) return { act: 'decide', decision: 'expire' };
  if (!told.includes('requested')) return { act: 'tell', news: 'requested' };
  if (escalated && !told.includes('escalated')) return { act: 'tell', news: 'escalated' };
  if (!escalated && now >= escalateAt) return { act: 'decide', decision: 'escalate' };
  const isToRemind = !told.includes('reminded') && !(escalated && remindAt <= escalateAt);
  if (isToRemind && now >= remindAt) return { act: 'tell', news: 'reminded' };
  const ahead = [deadline, ...(escalated ? [] : [escalateAt]), ...(isToRemind ? [remindAt] : [])];
  return { act: 'wait', until: Math.min(...ahead) };
}
