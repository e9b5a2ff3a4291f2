import type { RequestRecord, TimelineEntry } from '../ledger/ledger.ts';
import type { Association, Deployment, Plan, PlannedChange, Removal } from '../model/plan.ts';
import type {
  ActivityInput,
  ActivityName,
  ActivityOutput,
  StepInput,
} from './activity-contracts.ts';
import type { Dependencies } from './dependencies.ts';

/** An activity: one side effect; input in, outcome out. Runs at least once. */
export type Activity<N extends ActivityName> = (
  input: ActivityInput<N>,
  dependencies: Dependencies,
) => Promise<ActivityOutput<N>>;

/** Writes a line of the request's timeline; the same step and status is written once a resumption. */
export function note(
  { ledger, now }: Dependencies,
  { requestId, step, resumption }: StepInput,
  status: TimelineEntry['status'],
  message: string,
  keySuffix = '',
): Promise<void> {
  const again = resumption === undefined ? '' : `:resumption-${resumption}`;
  return ledger.appendTimeline(requestId, {
    key: `${step}:${status}${keySuffix}${again}`,
    at: now().toISOString(),
    step,
    status,
    message,
  });
}

/** The record of a request that was claimed before its workflow started. */
export async function recordOf(
  { ledger }: Dependencies,
  requestId: string,
): Promise<RequestRecord> {
  const record = await ledger.getRequest(requestId);
  if (!record) throw new Error(`The ledger holds no request '${requestId}'.`);
  return record;
}

/** The plan that the plan step recorded. */
export async function planOf(dependencies: Dependencies, requestId: string): Promise<Plan> {
  const { plan } = await recordOf(dependencies, requestId);
  if (!plan) throw new Error(`The ledger holds no plan of request '${requestId}'.`);
  return plan;
}

/** What the request is to change, as planned. */
export async function changeOf(
  dependencies: Dependencies,
  requestId: string,
): Promise<PlannedChange> {
  return (await planOf(dependencies, requestId)).change;
}

export const deploymentOf = (change: PlannedChange): Deployment => ofOperation(change, 'allocate');
export const associationOf = (change: PlannedChange): Association =>
  ofOperation(change, 'associate');
export const removalOf = (change: PlannedChange): Removal => ofOperation(change, 'remove');

function ofOperation<O extends PlannedChange['operation']>(change: PlannedChange, operation: O) {
  if (change.operation !== operation) {
    throw new Error(`The request ${change.requestId} is to ${change.operation}, not ${operation}.`);
  }
  return change as Extract<PlannedChange, { operation: O }>;
}

/**
 * Whether somebody has stopped the request: cancelled it, or rejected it in the last moment before its
 * steps began. Later a rejection is not recorded any more.
 */
export async function isCancelled({ ledger }: Dependencies, requestId: string): Promise<boolean> {
  const decisions = await ledger.listDecisions(requestId);
  return decisions.some(({ decision }) => decision === 'cancel' || decision === 'reject');
}
