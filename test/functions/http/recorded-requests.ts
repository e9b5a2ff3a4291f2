import { claimRequest } from '../../../src/functions/intake/claim-request.ts';
import type { Decision, RequestChange, RequestRecord } from '../../../src/ledger/ledger.ts';
import type { Plan } from '../../../src/model/plan.ts';
import type { VendingRequest } from '../../../src/model/requests.ts';
import { virtualNetworkId } from '../../activities/sample-network.ts';
import { firstVersion, sampleRequest } from '../../model/samples.ts';
import { planOf } from '../requests-bench.ts';
import type { ApiBench } from './api-bench.ts';
import type { Person } from './people.ts';

/** The way of a request into a state, as the workflow goes it. */
const ways: Readonly<Record<string, readonly RequestRecord['state'][]>> = {
  received: [],
  planning: ['planning'],
  'awaiting-approval': ['planning', 'awaiting-approval'],
  deploying: ['planning', 'deploying'],
  verifying: ['planning', 'deploying', 'verifying'],
  succeeded: ['planning', 'deploying', 'verifying', 'succeeded'],
  failed: ['planning', 'failed'],
  'compensation-failed': ['planning', 'deploying', 'compensating', 'compensation-failed'],
};

export const waitingPlan = (request: VendingRequest, change: Partial<Plan> = {}): Plan => ({
  ...planOf(sampleRequest({ id: request.id })),
  ...firstVersion,
  stages: [
    { name: 'approval', approvers: [], minApprovals: 1, timeLimitHours: 72, escalateTo: [] },
  ],
  ...change,
});

export interface RecordedOptions {
  readonly by?: Person;
  readonly state?: keyof typeof ways;
  readonly request?: object;
  readonly plan?: Partial<Plan>;
  readonly change?: Partial<RequestChange>;
}

/** Writes a request into the ledger of a bench. */
export async function record(
  bench: ApiBench,
  id: string,
  { by, state = 'received', request: more = {}, plan, change = {} }: RecordedOptions = {},
): Promise<RequestRecord> {
  const request = sampleRequest({
    id,
    ...(by ? { requester: { name: by.name, objectId: by.objectId, tenantId: by.tenantId } } : {}),
    ...more,
  });
  await claimRequest(bench.app, request);
  const at = bench.now.toISOString();
  for (const step of ways[state] ?? []) {
    await bench.ledger.updateRequest(
      id,
      {
        state: step,
        plan: waitingPlan(request, plan),
        ...(step === 'succeeded' ? { result: { virtualNetworkId, allocations } } : {}),
        ...(step === state ? change : {}),
      },
      at,
    );
  }
  const recorded = await bench.ledger.getRequest(id);
  if (!recorded) throw new Error('unreachable');
  return recorded;
}

const allocations = [
  { poolAlias: 'corp-centralus', poolId: '/pools/corp-centralus', prefixes: ['10.0.0.0/25'] },
];

/** Writes a decision as somebody took it. */
export async function decided(
  bench: ApiBench,
  { id, plan }: RequestRecord,
  by: Person,
  decision: Decision['decision'],
): Promise<void> {
  const { name, objectId, tenantId } = by;
  await bench.ledger.recordDecision({
    id: `${decision}-${objectId}`,
    requestId: id,
    decision,
    by: { name, objectId, tenantId },
    channel: 'api',
    at: bench.now.toISOString(),
    stage: 'approval',
    reason: 'as agreed',
    ...(plan === undefined ? {} : { planHash: plan.planHash }),
  });
}
