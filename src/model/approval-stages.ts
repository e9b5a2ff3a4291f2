import { operatorsGroup, type Policy, type PolicyStage } from './landscape-policy.ts';

/** A stage of the approval of one plan, with everything resolved that the policy leaves open. */
export interface ApprovalStage {
  readonly name: string;
  /** Names of groups; empty: whoever may approve. */
  readonly approvers: readonly string[];
  /** By so many different people. */
  readonly minApprovals: number;
  readonly timeLimitHours: number;
  readonly remindAfterHours?: number;
  readonly escalateAfterHours?: number;
  /** Groups that may approve as well once it is escalated. */
  readonly escalateTo: readonly string[];
}

/** The stages that a rule (or, without one of its own, the policy) asks for. */
export const resolveStages = (
  stages: readonly PolicyStage[] | undefined,
  policy: Pick<Policy, 'stages' | 'approvalTimeLimitHours'>,
): readonly ApprovalStage[] =>
  (stages ?? policy.stages).map(
    ({ timeLimitHours, remindAfterHours, escalateAfterHours, ...stage }) => ({
      ...stage,
      timeLimitHours: timeLimitHours ?? policy.approvalTimeLimitHours,
      ...(remindAfterHours === undefined ? {} : { remindAfterHours }),
      ...(escalateAfterHours === undefined ? {} : { escalateAfterHours }),
    }),
  );

/**
 * The same for a plan that an operator has to approve: a stage for them comes last. One that anybody
 * could complete alone is dropped, because an operator can.
 */
export const stagesWithOperator = (
  stages: readonly ApprovalStage[],
  { approvalTimeLimitHours }: Pick<Policy, 'approvalTimeLimitHours'>,
): readonly ApprovalStage[] =>
  stages.some(isOfOperators)
    ? stages
    : [
        ...stages.filter(({ approvers, minApprovals }) => approvers.length > 0 || minApprovals > 1),
        {
          name: operatorsGroup,
          approvers: [operatorsGroup],
          minApprovals: 1,
          timeLimitHours: approvalTimeLimitHours,
          escalateTo: [],
        },
      ];

/** Only operators can complete it. */
const isOfOperators = ({ approvers, escalateTo }: ApprovalStage): boolean =>
  approvers.length > 0 && [...approvers, ...escalateTo].every((name) => name === operatorsGroup);
