/**
 * The states of a request. A request never leaves an end state, except that an operator may
 * resume it from `compensation-failed`.
 *
 *   received -> planning -> awaiting-approval -> (working) -> verifying -> succeeded
 *                  |               |                |            |-> removed-release-unverified
 *                  |               |                +------------+-> compensating -> failed | cancelled
 *                  |               |                                       +-> compensation-failed
 *                  +---------------+-> failed | rejected | cancelled | expired | planned (dry run)
 *
 * The working state tells the operation: `deploying` (allocate), `associating`, `removing`.
 */
export const requestStates = [
  'received',
  'planning',
  'awaiting-approval',
  'deploying',
  'associating',
  'removing',
  'verifying',
  'compensating',
  'succeeded',
  'planned',
  'failed',
  'rejected',
  'cancelled',
  'expired',
  'removed-release-unverified',
  'compensation-failed',
] as const;

export type RequestState = (typeof requestStates)[number];

/** States in which the operation takes its effect. */
export const workingStates = ['deploying', 'associating', 'removing'] as const;
export type WorkingState = (typeof workingStates)[number];

const afterWorking = ['verifying', 'compensating', 'failed', 'cancelled'] as const;

const transitions: Readonly<Record<RequestState, readonly RequestState[]>> = {
  received: ['planning', 'failed', 'cancelled'],
  planning: ['awaiting-approval', ...workingStates, 'planned', 'rejected', 'failed', 'cancelled'],
  'awaiting-approval': [...workingStates, 'rejected', 'failed', 'cancelled', 'expired'],
  deploying: afterWorking,
  associating: afterWorking,
  removing: afterWorking,
  // Without compensation only where no step has run: a removal that found nothing to remove.
  verifying: ['succeeded', 'removed-release-unverified', 'compensating', 'failed', 'cancelled'],
  compensating: ['failed', 'cancelled', 'compensation-failed'],
  // An operator may resume a parked compensation.
  'compensation-failed': ['compensating'],
  succeeded: [],
  planned: [],
  failed: [],
  rejected: [],
  cancelled: [],
  expired: [],
  'removed-release-unverified': [],
};

/** States that a request never leaves. */
export const isFinalState = (state: RequestState): boolean => transitions[state].length === 0;

/** States in which a request is over: the final ones, and parked until an operator resumes it. */
export const isEndState = (state: RequestState): boolean =>
  state === 'compensation-failed' || isFinalState(state);

/** Whether a request may go from one state to the other. Staying is allowed: activities run at least once. */
export const mayBecome = (from: RequestState, to: RequestState): boolean =>
  from === to || transitions[from].includes(to);
