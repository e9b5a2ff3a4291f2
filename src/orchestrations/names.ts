/** Names under which orchestrations are registered, and the ids and events that reach them. */
export const orchestrationNames = {
  allocateVnet: 'allocateVnet',
  associateVnet: 'associateVnet',
  removeVnet: 'removeVnet',
  awaitDecision: 'awaitDecision',
  pollUntilDone: 'pollUntilDone',
  deliverCallback: 'deliverCallback',
} as const;

/** Wakes `awaitDecision`; what was decided stands in the ledger. Lower case: some back ends change the case. */
export const decisionEvent = 'decision';

/** Derived from the request, so that a second start is the same start. */
export const instanceIdOf = (requestId: string): string => `request-${requestId}`;

/** Derived from event and callback: `hash` is the SHA-256 (hex) of both. */
export const callbackInstanceIdOf = (hash: string): string => `callback-${hash.slice(0, 40)}`;

/**
 * The wait for the approval of a version of the plan. With a beginning of its own: with an ending, a request
 * whose id ends so would have the same instance.
 */
export const approvalInstanceIdOf = (requestId: string, version = 1): string =>
  `approval${version === 1 ? '' : version}-${requestId}`;
