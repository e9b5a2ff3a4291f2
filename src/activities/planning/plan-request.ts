import { contentHash } from '../../ledger/content-hash.ts';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { stagesWithOperator } from '../../model/approval-stages.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import {
  type Finding,
  needsOperator,
  type Plan,
  type PlannedChange,
  type Removal,
} from '../../model/plan.ts';
import { planDeployment } from '../../model/plan-deployment.ts';
import { evaluatePolicy, type PolicyAnswer } from '../../model/policy.ts';
import type { AllocateRequest, VendingRequest } from '../../model/requests.ts';
import type { PlanSummary, RemovalSummary, StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Activity, note, recordOf } from '../step.ts';
import { checkPrerequisites } from './check-prerequisites.ts';
import { checkQuotas } from './check-quotas.ts';
import { prerequisitesNotMet } from './findings.ts';
import { planAssociation } from './plan-association.ts';
import { planRemoval } from './plan-removal.ts';

/** Step 1: computes the plan, checks every prerequisite in both tenants, asks the policy; records all. */
export const planRequest: Activity<'planRequest'> = async (input, dependencies) => {
  const record = await recordOf(dependencies, input.requestId);
  // A request that was lost and started again goes on with the plan that was decided on (rule 2).
  if (record.plan && record.state !== 'planning') return success(summaryOf(record.plan, record));
  const computed = await computePlan(dependencies, record.request);
  if (!computed.ok) return computed;
  const plan = computed.value;
  await dependencies.ledger.updateRequest(
    input.requestId,
    { state: record.state, plan },
    dependencies.now().toISOString(),
  );
  const summary = summaryOf(plan, record);
  if (!summary.refusal) await noteChecked(dependencies, input, plan);
  return success(summary);
};

export function summaryOf(plan: Plan, { request }: Pick<RequestRecord, 'request'>): PlanSummary {
  const refusal = prerequisitesNotMet(plan.findings);
  return {
    planHash: plan.planHash,
    version: plan.version,
    policy: plan.policy,
    dryRun: request.dryRun,
    ...(plan.change.operation === 'remove' ? { removal: removalSummaryOf(plan.change) } : {}),
    ...(refusal ? { refusal } : {}),
  };
}

const removalSummaryOf = ({ mode, resourceGuid, detachedPeerings }: Removal): RemovalSummary => ({
  mode,
  alreadyGone: resourceGuid === undefined,
  detachesPeerings: detachedPeerings.length > 0,
});

/** What an operation would change, and what of its prerequisites is met. */
export interface PlannedWork {
  readonly change: PlannedChange;
  readonly findings: readonly Finding[];
  /** Tags that the policy judges: those of the VNet as it will be. */
  readonly tags: Readonly<Record<string, string>>;
}

/** The plan as of now; it is not recorded, and the request need not be either. */
export async function computePlan(
  dependencies: Dependencies,
  request: VendingRequest,
): Promise<Outcome<Plan>> {
  const { landscape, now } = dependencies;
  const planned = await planWork(dependencies, request);
  if (!planned.ok) return planned;
  const { change, findings, tags } = planned.value;
  const { operation, allocations, target } = change;
  const { tenantAlias, location } = target;
  const { requester } = request;
  const policy = answerOn(
    change,
    evaluatePolicy({ operation, allocations, tags, tenantAlias, location, requester }, landscape),
    landscape,
  );
  // What the policy denies takes nothing of a quota: the denial is what is to be told.
  const isDenied = policy.verdict.effect === 'deny';
  const quotas = isDenied ? [] : await checkQuotas(dependencies, change, request);
  return success({
    change,
    planHash: contentHash(change),
    policy: policy.verdict,
    stages: policy.stages,
    findings: [...findings, ...quotas],
    madeAt: now().toISOString(),
    version: 1,
  });
}

function planWork(
  dependencies: Dependencies,
  request: VendingRequest,
): Promise<Outcome<PlannedWork>> {
  switch (request.operation) {
    case 'allocate':
      return planAllocation(dependencies, request);
    case 'associate':
      return planAssociation(dependencies, request);
    case 'remove':
      return planRemoval(dependencies, request);
  }
}

async function planAllocation(
  { landscape, azure, ledger }: Dependencies,
  request: AllocateRequest,
): Promise<Outcome<PlannedWork>> {
  const planned = planDeployment(request, landscape);
  if (!planned.ok) return planned;
  const change = planned.value;
  const findings = await checkPrerequisites({ azure, ledger, landscape, deployment: change });
  if (!findings.ok) return failure(findings.error);
  return success({ change, findings: findings.value, tags: request.tags });
}

/** What no rule can say: who has to set obstacles aside, and that nothing at all needs no approval. */
function answerOn(
  change: PlannedChange,
  answer: PolicyAnswer,
  { policy }: Dependencies['landscape'],
): PolicyAnswer {
  if (answer.verdict.effect === 'deny') return answer;
  if (needsOperator({ change })) {
    return {
      verdict: {
        effect: 'require-approval',
        rule: 'operator',
        reason: 'The request asks to set obstacles aside, which only an operator may approve.',
      },
      stages: stagesWithOperator(answer.stages, policy),
    };
  }
  if (change.operation === 'remove' && change.resourceGuid === undefined) {
    return {
      verdict: {
        effect: 'auto-approve',
        rule: 'nothing-to-remove',
        reason: 'There is nothing to remove; only the release is verified.',
      },
      stages: [],
    };
  }
  return answer;
}

function noteChecked(dependencies: Dependencies, input: StepInput, plan: Plan) {
  const passed = plan.findings.filter((finding) => finding.status === 'passed').length;
  const unknown = plan.findings.filter((finding) => finding.status === 'unknown').length;
  const overridden = plan.findings.length - passed - unknown;
  return note(
    dependencies,
    input,
    'succeeded',
    `${passed} prerequisites met${unknown > 0 ? `, ${unknown} could not be looked at` : ''}${overridden > 0 ? `, ${overridden} to be set aside by an operator` : ''}; policy '${plan.policy.rule}': ${plan.policy.effect}.`,
  );
}
