import { contentHash } from '../ledger/content-hash.ts';
import type { RequestRecord } from '../ledger/ledger.ts';
import { vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { Finding, Plan } from '../model/plan.ts';
import { planDeployment } from '../model/plan-deployment.ts';
import { evaluatePolicy } from '../model/policy.ts';
import type { PlanSummary, StepInput } from './activity-contracts.ts';
import { checkPrerequisites } from './check-prerequisites.ts';
import type { Dependencies } from './dependencies.ts';
import { type Activity, note, recordOf } from './step.ts';

/** Step 1: computes the plan, checks every prerequisite in both tenants, asks the policy; records all. */
export const planAllocation: Activity<'planAllocation'> = async (input, dependencies) => {
  const record = await recordOf(dependencies, input.requestId);
  // A request that was lost and started again goes on with the plan that was decided on (rule 2).
  if (record.plan && record.state !== 'planning') return success(summaryOf(record.plan, record));
  const computed = await computePlan(dependencies, input.requestId);
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

function summaryOf(plan: Plan, { request }: RequestRecord): PlanSummary {
  const refusal = prerequisitesNotMet(plan.findings);
  return {
    planHash: plan.planHash,
    policy: plan.policy,
    dryRun: request.dryRun,
    ...(refusal ? { refusal } : {}),
  };
}

/** The plan as of now; it is not recorded. */
export async function computePlan(
  dependencies: Dependencies,
  requestId: string,
): Promise<Outcome<Plan>> {
  const { request } = await recordOf(dependencies, requestId);
  const { landscape, azure, ledger } = dependencies;
  const planned = planDeployment(request, landscape);
  if (!planned.ok) return planned;
  const deployment = planned.value;
  const findings = await checkPrerequisites({ azure, ledger, landscape, deployment });
  if (!findings.ok) return failure(findings.error);
  const { tenantAlias } = deployment.target;
  return success({
    deployment,
    planHash: contentHash(deployment),
    policy: evaluatePolicy(request, deployment.allocations, tenantAlias, landscape),
    findings: findings.value,
  });
}

/** One error for all findings that stop the request; undefined when none does. */
export function prerequisitesNotMet(findings: readonly Finding[]) {
  const failed = findings.filter((finding) => finding.status === 'failed');
  if (failed.length === 0) return undefined;
  return vendingError(
    'PrerequisitesNotMet',
    `${failed.length === 1 ? 'A prerequisite is' : `${failed.length} prerequisites are`} missing: ${failed
      .map((finding) => finding.error?.message ?? finding.check)
      .join(' ')}`,
    { remedy: failed.map((finding) => finding.error?.remedy ?? '').join('\n') },
  );
}

function noteChecked(dependencies: Dependencies, input: StepInput, plan: Plan) {
  const passed = plan.findings.filter((finding) => finding.status === 'passed').length;
  const unknown = plan.findings.length - passed;
  return note(
    dependencies,
    input,
    'succeeded',
    `${passed} prerequisites met${unknown > 0 ? `, ${unknown} could not be looked at` : ''}; policy '${plan.policy.rule}': ${plan.policy.effect}.`,
  );
}
