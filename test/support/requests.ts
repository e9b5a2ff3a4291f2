import type { RequestRecord } from '../../src/ledger/ledger.ts';
import { allocateMessage, associateMessage, removeMessage } from '../../src/local/demo/messages.ts';
import { isEndState, type RequestState } from '../../src/model/states.ts';
import type { Fault } from './control.ts';
import type { TestPlatform } from './test-platform.ts';

export const requester = {
  name: 'Robin Requester',
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};
export const approver = {
  name: 'Ben Approver',
  objectId: '44444444-4444-4444-8444-444444444444',
  tenantId: 'a0000000-0000-4000-8000-00000000000a',
};

export const otherApprover = {
  name: 'Cleo Approver',
  objectId: '55555555-5555-4555-8555-555555555555',
  tenantId: 'a0000000-0000-4000-8000-00000000000a',
};

/** The operator of the example landscape. */
export const operator = {
  name: 'Olu Operator',
  objectId: '33333333-3333-4333-8333-333333333333',
  tenantId: 'a0000000-0000-4000-8000-00000000000a',
};

/** The one PUT of a request, as a fault matches it. */
export const putOfVirtualNetwork: Fault['match'] = {
  method: 'PUT',
  path: '/virtualNetworks/[^/]+$',
};

/** A request that the example policy approves by itself. The VNet is named after it. */
export const smallRequest = (test: TestPlatform, id: string, virtualNetwork = nameOf(id)) =>
  allocateMessage(test.platform.ready, id, virtualNetwork);

/** A request that needs an approval. */
export const largeRequest = (test: TestPlatform, id: string) => ({
  ...smallRequest(test, id),
  requester,
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
});

export const decision = (request: string, verdict: 'approve' | 'reject' | 'cancel') => ({
  operation: 'decide',
  request,
  decision: verdict,
  by: approver,
  reason: 'as agreed',
});

const nameOf = (requestId: string): string => `vnet-${requestId.toLowerCase()}`;

/** ARM id of the VNet of a request. */
export const virtualNetworkIdOf = (requestId: string): string =>
  `/subscriptions/b0000000-0000-4000-8000-0000000000b1/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/${nameOf(requestId)}`;

/** Lets time pass until a request is in a state. */
export const enters = (test: TestPlatform, requestId: string, state: RequestState) =>
  test.runUntil(
    `${requestId} to be ${state}`,
    async () => (await test.ledger.getRequest(requestId))?.state === state,
  );

/** What both tenants show of the VNet of a request, asked for afresh. */
export async function traceOf(test: TestPlatform, requestId: string) {
  const id = virtualNetworkIdOf(requestId).toLowerCase();
  return {
    virtualNetwork: (await test.lookUp.virtualNetworks('fabrikam')).get(id),
    association: (await test.lookUp.associations('corp-centralus')).get(id),
  };
}

export const nothing = { virtualNetwork: undefined, association: undefined };

/** Types of the events about a request, in the order of the topic; takes all events off it. */
export async function eventTypes(test: TestPlatform, requestId: string): Promise<string[]> {
  await test.settle();
  return (await test.events())
    .filter((event) => event.subject === requestId)
    .map((event) => event.type.replace(/^com\.vnetvending\.(.*)\.v1$/, '$1'));
}

/** An existing VNet of fabrikam joins the pool; needs an approval. */
export const associateRequest = (
  test: TestPlatform,
  id: string,
  virtualNetwork: string,
  change: object = {},
) => ({ ...associateMessage(test.platform.ready, id, virtualNetwork), requester, ...change });

/** A VNet of fabrikam goes, or its association; needs an approval. */
export const removeRequest = (
  test: TestPlatform,
  id: string,
  virtualNetwork: string,
  mode: 'delete' | 'disassociate' = 'delete',
  change: object = {},
) => ({ ...removeMessage(test.platform.ready, id, virtualNetwork, mode), requester, ...change });

/** Who has to approve a plan that sets obstacles aside, one after the other. */
export const approversOfOverrides = [approver, operator];

/**
 * Queues a request, approves it when it waits for that, stage by stage, and lets time pass until it has
 * ended.
 */
export async function runApproved(
  test: TestPlatform,
  request: { readonly id: string },
  by: readonly object[] = [approver],
): Promise<RequestRecord> {
  await test.send(request);
  await test.runUntil(`${request.id} to wait or end`, async () => {
    const state = (await test.ledger.getRequest(request.id))?.state;
    return state !== undefined && (state === 'awaiting-approval' || isEndState(state));
  });
  if ((await test.ledger.getRequest(request.id))?.state === 'awaiting-approval') {
    await approveInTurn(test, request.id, by);
  }
  return await test.runToEnd(request.id);
}

/** The timeline of a request, as `step status: message`. */
export const timelineOf = async (test: TestPlatform, id: string): Promise<readonly string[]> =>
  (await test.ledger.listTimeline(id)).map(
    ({ step, status, message }) => `${step} ${status}: ${message}`,
  );

/** What a request that gives prefixes has recorded as given. */
export const allocationsIn = ({ result }: Pick<RequestRecord, 'result'>) =>
  result && 'allocations' in result ? result.allocations : undefined;

/** Sends approvals, each when the one before is recorded. */
export async function approveInTurn(
  test: TestPlatform,
  requestId: string,
  by: readonly object[],
): Promise<void> {
  for (const [index, one] of by.entries()) {
    await test.send({ ...decision(requestId, 'approve'), by: one });
    await test.runUntil(
      `approval ${index + 1} of ${requestId}`,
      async () => (await test.ledger.listDecisions(requestId)).length > index,
    );
  }
}
