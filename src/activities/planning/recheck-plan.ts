import { contentHash } from '../../ledger/content-hash.ts';
import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import { canonicalJson } from '../../model/canonical-json.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Plan, PlannedChange } from '../../model/plan.ts';
import type { RecheckAnswer, StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Activity, note, recordOf } from '../step.ts';
import { prerequisitesNotMet } from './findings.ts';
import { computePlan, summaryOf } from './plan-request.ts';

/** A plan that changes more often than that before it is carried out is given up. */
const mostVersions = 5;

/**
 * Step 4: what may have changed while the request waited for its decision. A plan that is another one by
 * now, or needs approvals that it does not have, is recorded in the place of the one before, to be decided
 * on anew.
 */
export const recheckPlan: Activity<'recheckPlan'> = async (input, dependencies) => {
  const { ledger } = dependencies;
  const record = await recordOf(dependencies, input.requestId);
  const decided = record.plan;
  if (!decided) throw new Error(`The ledger holds no plan of request '${input.requestId}'.`);
  const stopped = whyStopped(await ledger.listDecisions(input.requestId));
  if (stopped) return failure(stopped);
  const computed = await computePlan(dependencies, record.request);
  if (!computed.ok) return computed;
  const plan = computed.value;
  const isAnother = plan.planHash !== input.planHash;
  const isDoneAlready = isAnother && isLessToRemove(decided.change, plan.change);
  const refusal = refusalOf(plan);
  if (refusal && !(isDoneAlready && refusal.code === 'PrerequisitesNotMet')) {
    return failure(refusal);
  }
  // Looking at both tenants takes its time.
  const decisions = await ledger.listDecisions(input.requestId);
  const stoppedMeanwhile = whyStopped(decisions);
  if (stoppedMeanwhile) return failure(stoppedMeanwhile);
  if (!isAnother && asksOthers(decided, plan)) return failure(othersToAsk(input.requestId));
  if (isDoneAlready || (!isAnother && hasItsApprovals(plan, decisions))) {
    await note(dependencies, input, 'succeeded', 'Nothing changed since the plan was made.');
    return success({ changed: false });
  }
  return await recordAnew(dependencies, input, { ...record, plan: decided }, plan);
};

/** What the policy denies, or lacks a prerequisite, by now. */
function refusalOf({ policy, findings }: Plan): VendingError | undefined {
  return policy.effect === 'deny'
    ? vendingError(
        'PolicyDenied',
        `The policy rule '${policy.rule}' denies the request since it was decided on: ${policy.reason}`,
      )
    : prerequisitesNotMet(findings);
}

/** Who cancelled the request, or rejected it after somebody had approved it. */
function whyStopped(decisions: readonly Decision[]): VendingError | undefined {
  if (decisions.some(({ decision }) => decision === 'cancel')) {
    return vendingError('Cancelled', 'The request was cancelled before anything was changed.');
  }
  const rejection = decisions.find(({ decision }) => decision === 'reject');
  if (!rejection) return undefined;
  const why = rejection.reason ? `: ${rejection.reason}` : '.';
  return vendingError('DecisionRejected', `${rejection.by.name} rejected the request${why}`);
}

/** What was to be deleted, or to be released, has gone meanwhile: what was decided on is done already. */
const isLessToRemove = (decided: PlannedChange, now: PlannedChange): boolean =>
  decided.operation === 'remove' &&
  (decided.mode === 'delete' || decided.resourceGuid === undefined) &&
  now.operation === 'remove' &&
  now.resourceGuid === undefined;

/**
 * Whether the policy asks other people by now for a stage of the same name. Decisions name plan and stage, so
 * those of the people before would count for it.
 */
const asksOthers = (decided: Plan, plan: Plan): boolean =>
  plan.stages.some(({ name, approvers, escalateTo }) =>
    decided.stages.some(
      (before) =>
        before.name === name &&
        contentHash([before.approvers, before.escalateTo]) !== contentHash([approvers, escalateTo]),
    ),
  );

const othersToAsk = (requestId: string): VendingError =>
  vendingError(
    'PlanChanged',
    `The policy asks others to approve the request ${requestId} than those who were asked.`,
    {
      cause: 'The landscape changed while the request waited.',
      remedy:
        'Send the request again under a new id; it is then put to those whom the policy names now.',
    },
  );

/** Whether what was approved is enough for what the policy asks by now. */
function hasItsApprovals(plan: Plan, decisions: readonly Decision[]): boolean {
  const progress = approvalProgress(plan, decisions);
  return progress === undefined || progress.status === 'approved';
}

/** An activity runs at least once: what another run has recorded is there already, or even carried out. */
async function recordAnew(
  dependencies: Dependencies,
  input: StepInput,
  record: RequestRecord & { readonly plan: Plan },
  computed: Plan,
): Promise<Outcome<RecheckAnswer>> {
  const { plan: before, state } = record;
  if (state !== 'planning' && state !== 'awaiting-approval') return success({ changed: false });
  if (isSamePlan(before, computed)) {
    return success({ changed: true, plan: summaryOf(before, record) });
  }
  const version = before.version + 1;
  const { requestId } = input;
  if (version > mostVersions) {
    return failure(
      vendingError(
        'PlanChanged',
        `The plan has changed ${mostVersions} times before it could be carried out.`,
        {
          cause: 'What it stands on changes all the time: the landscape, or the VNet.',
          details: { decidedPlanHash: before.planHash, currentPlanHash: computed.planHash },
        },
      ),
    );
  }
  const plan = { ...computed, version };
  const at = dependencies.now().toISOString();
  await dependencies.ledger.updateRequest(requestId, { state, plan }, at);
  await note(
    dependencies,
    input,
    'information',
    `The plan changed while it waited, or needs other approvals by now: version ${version} takes its place (policy '${plan.policy.rule}': ${plan.policy.effect}).`,
    `:plan-${version}`,
  );
  return success({ changed: true, plan: summaryOf(plan, record) });
}

const isSamePlan = (one: Plan, other: Plan): boolean =>
  one.planHash === other.planHash && canonicalJson(one.stages) === canonicalJson(other.stages);
