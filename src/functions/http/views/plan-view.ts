import type { PlanView } from '../../../model/api/request-views.ts';
import type { Plan, PlannedAllocation, PlannedAssociation } from '../../../model/plan.ts';
import { findingView } from './finding-view.ts';

export const planView = ({ planHash, change, policy, stages, findings }: Plan): PlanView => ({
  planHash,
  change: {
    ...change,
    target: { ...change.target },
    allocations: change.allocations.map(allocationView),
  },
  policy,
  stages: stages.map((stage) => ({
    ...stage,
    approvers: [...stage.approvers],
    escalateTo: [...stage.escalateTo],
  })),
  findings: findings.map(findingView),
});

const allocationView = ({
  prefixes,
  ...allocation
}: PlannedAllocation & Partial<Pick<PlannedAssociation, 'prefixes'>>) => ({
  ...allocation,
  ...(prefixes === undefined ? {} : { prefixes: [...prefixes] }),
});
