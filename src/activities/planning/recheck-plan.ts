import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import type { PlannedChange } from '../../model/plan.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Activity, note, planOf, recordOf } from '../step.ts';
import { prerequisitesNotMet } from './findings.ts';
import { computePlan } from './plan-request.ts';

/** Step 4: what may have changed while the request waited for its decision. */
export const recheckPlan: Activity<'recheckPlan'> = async (input, dependencies) => {
  const stopped = await whyStopped(dependencies, input.requestId);
  if (stopped) return failure(stopped);
  const { request } = await recordOf(dependencies, input.requestId);
  const computed = await computePlan(dependencies, request);
  if (!computed.ok) return computed;
  const { change, planHash, findings, policy } = computed.value;
  const { change: decided } = await planOf(dependencies, input.requestId);
  if (planHash !== input.planHash && !isLessToRemove(decided, change)) {
    return failure(
      vendingError(
        'PlanChanged',
        'What the plan stands on changed since it was decided on: the landscape, or the VNet.',
        {
          details: { decidedPlanHash: input.planHash, currentPlanHash: planHash },
        },
      ),
    );
  }
  if (policy.effect === 'deny') {
    return failure(
      vendingError(
        'PolicyDenied',
        `The policy rule '${policy.rule}' denies the request since it was decided on: ${policy.reason}`,
      ),
    );
  }
  const refusal = prerequisitesNotMet(findings);
  if (refusal) return failure(refusal);
  // Looking at both tenants takes its time.
  const stoppedMeanwhile = await whyStopped(dependencies, input.requestId);
  if (stoppedMeanwhile) return failure(stoppedMeanwhile);
  await note(dependencies, input, 'succeeded', 'Nothing changed since the plan was made.');
  return success(null);
};

/** Who cancelled the request, or rejected it after somebody had approved it. */
async function whyStopped(
  { ledger }: Dependencies,
  requestId: string,
): Promise<VendingError | undefined> {
  const decisions = await ledger.listDecisions(requestId);
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
