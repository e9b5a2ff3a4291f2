import type { ApprovalEnding, PlanSummary } from '../activities/activity-contracts.ts';
import type { ErrorCode } from '../model/error-catalogue.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { RequestResult } from '../model/plan.ts';
import type { RequestState } from '../model/states.ts';

/** How a request ends. */
export interface Ending {
  readonly state: RequestState;
  readonly event: EndingEvent;
  readonly message: string;
  readonly error?: VendingError;
  readonly result?: RequestResult;
  readonly leftovers?: readonly string[];
}

/** The one event that tells of the end; which one exactly depends on the operation. */
type EndingEvent =
  | 'validated'
  | 'succeeded'
  | 'failed'
  | 'compensated'
  | 'compensation-failed'
  | 'release-unverified';

/** First part of the types of an operation's events. */
export type EventFamily = 'allocation' | 'association' | 'removal';

/** The type of the event that tells of an end. */
export function eventOf(family: EventFamily, { event }: Ending): RequestEventType {
  if (event === 'validated') return 'request.validated';
  if (event === 'release-unverified') return 'removal.release-unverified';
  return `${family}.${event}`;
}

/** The end of a request that an error stopped; a cancellation is told as one, and so is a rejection. */
export const failed = (error: VendingError): Ending => ({
  state: stoppedAs[error.code] ?? 'failed',
  event: 'failed',
  message: error.message,
  error,
});

const stoppedAs: Readonly<Partial<Record<ErrorCode, RequestState>>> = {
  Cancelled: 'cancelled',
  DecisionRejected: 'rejected',
};

export const succeeded = (message: string, result: RequestResult): Ending => ({
  state: 'succeeded',
  event: 'succeeded',
  message,
  result,
});

/** Gone on the side of the managed tenant; whether the pool has its space back is not known. */
export function releaseUnverified(why: VendingError): Ending {
  const error = vendingError(
    'ReleaseNotConfirmed',
    `What was to be removed is gone, but the pool has not confirmed it. ${why.message}`,
    { cause: `${why.code}: ${why.cause}` },
  );
  return {
    state: 'removed-release-unverified',
    event: 'release-unverified',
    message: error.message,
    error,
  };
}

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
  event: 'validated',
  message: `Dry run: the plan ${plan.planHash.slice(0, 12)} could be carried out; nothing was done.`,
});

/** Any decision but an approval, or none within the time limit. */
export function undecided({ status, by, reason }: ApprovalEnding): Ending {
  const why = reason ? `: ${reason}` : '.';
  switch (status) {
    case 'rejected':
      return failed(vendingError('DecisionRejected', `${by} rejected the request${why}`));
    case 'cancelled':
      return failed(vendingError('Cancelled', `${by} cancelled the request.`));
    default: {
      const error = vendingError('ApprovalExpired', `The approval expired${why}`);
      return { ...failed(error), state: 'expired' };
    }
  }
}

/** Everything that was done is taken back. */
export const compensated = ({ state, message, error }: Ending): Ending => ({
  state: state === 'cancelled' ? 'cancelled' : 'failed',
  event: 'compensated',
  message: `${message} What was done has been taken back; nothing is left of it.`,
  ...(error ? { error } : {}),
});

/** Something could not be taken back: the request is parked with what is left. */
export function parked({ message, error: reason }: Ending, leftovers: readonly string[]): Ending {
  return {
    state: 'compensation-failed',
    event: 'compensation-failed',
    message: `What was done could not be taken back: ${leftovers.join('; ')}.`,
    error: vendingError('CompensationFailed', `The compensation failed. ${message}`, {
      cause: leftovers.join('; '),
      ...(reason ? { details: { reasonCode: reason.code, reasonMessage: reason.message } } : {}),
    }),
    leftovers,
  };
}

/** Why a request is being taken back, from the error that an earlier run recorded, or parked it with. */
export function reasonToCompensate(recorded: VendingError | null): VendingError {
  if (recorded === null) {
    return vendingError(
      'Unexpected',
      'An earlier run of this request was lost while it took back.',
    );
  }
  const { reasonCode, reasonMessage } = recorded.details ?? {};
  return recorded.code === 'CompensationFailed' && reasonCode !== undefined
    ? vendingError(reasonCode as ErrorCode, reasonMessage ?? '')
    : recorded;
}
