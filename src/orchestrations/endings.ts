import type { PlanSummary } from '../activities/activity-contracts.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { AllocationResult } from '../model/plan.ts';
import type { RequestState } from '../model/states.ts';
import type { DecisionEnding } from './await-decision.ts';

/** How a request ends. `event` is its one result event. */
export interface Ending {
  readonly state: RequestState;
  readonly event: RequestEventType;
  readonly message: string;
  readonly error?: VendingError;
  readonly result?: AllocationResult;
  readonly leftovers?: readonly string[];
}

/** The end of a request that an error stopped; a cancellation is told as one. */
export const failed = (error: VendingError): Ending => ({
  state: error.code === 'Cancelled' ? 'cancelled' : 'failed',
  event: 'allocation.failed',
  message: error.message,
  error,
});

/** A policy rule denies it. */
export function denied(plan: PlanSummary): Ending {
  const error = vendingError(
    'PolicyDenied',
    `The policy rule '${plan.policy.rule}' denies the request: ${plan.policy.reason}`,
  );
  return { ...failed(error), state: 'rejected' };
}

/** The end of a dry run. */
export const plannedOnly = (plan: PlanSummary): Ending => ({
  state: 'planned',
  event: 'request.validated',
  message: `Dry run: the plan ${plan.planHash.slice(0, 12)} could be deployed; nothing was.`,
});

/** Any decision but an approval, or none within the time limit. */
export function undecided(decision: DecisionEnding): Ending {
  switch (decision.status) {
    case 'rejected': {
      const why = decision.reason ? `: ${decision.reason}` : '.';
      const error = vendingError('DecisionRejected', `${decision.by} rejected the request${why}`);
      return { ...failed(error), state: 'rejected' };
    }
    case 'cancelled': {
      return failed(vendingError('Cancelled', `${decision.by} cancelled the request.`));
    }
    default: {
      const error = vendingError('ApprovalExpired', 'Nobody decided within the time limit.');
      return { ...failed(error), state: 'expired' };
    }
  }
}
