import { vendingError } from '../model/errors.ts';
import { failure, success } from '../model/outcome.ts';
import type { PlannedChange } from '../model/plan.ts';
import { prerequisitesNotMet } from './findings.ts';
import { computePlan } from './plan-request.ts';
import { type Activity, isCancelled, note, planOf } from './step.ts';

/** Step 4: what may have changed while the request waited for its decision. */
export const recheckPlan: Activity<'recheckPlan'> = async (input, dependencies) => {
  if (await isCancelled(dependencies, input.requestId)) {
    return failure(
      vendingError('Cancelled', 'The request was cancelled before anything was changed.'),
    );
  }
  const computed = await computePlan(dependencies, input.requestId);
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
  await note(dependencies, input, 'succeeded', 'Nothing changed since the plan was made.');
  return success(null);
};

/** What was to be deleted, or to be released, has gone meanwhile: what was decided on is done already. */
const isLessToRemove = (decided: PlannedChange, now: PlannedChange): boolean =>
  decided.operation === 'remove' &&
  (decided.mode === 'delete' || decided.resourceGuid === undefined) &&
  now.operation === 'remove' &&
  now.resourceGuid === undefined;
