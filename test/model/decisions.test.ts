import { describe, expect, test } from 'vitest';
import {
  countResumptions,
  type DecidableRequest,
  judgeDecision,
  judgeResumption,
} from '../../src/model/decisions.ts';
import type { Deployment, PrerequisiteCheck, Removal } from '../../src/model/plan.ts';
import type { DecideMessage } from '../../src/model/requests.ts';
import {
  isEndState,
  type RequestState,
  requestStates,
  workingStates,
} from '../../src/model/states.ts';
import { ids } from './samples.ts';

const planHash = 'a'.repeat(64);
const requester = { name: 'R', objectId: ids.requester, tenantId: ids.managedTenant };
const approver = { name: 'A', objectId: ids.approver, tenantId: ids.managementTenant };

const operator = {
  name: 'O',
  objectId: 'dddddddd-0000-4000-8000-00000000000f',
  tenantId: ids.managementTenant,
};
const operators = [operator];

const target = {
  tenantAlias: 'fabrikam',
  tenantId: ids.managedTenant,
  subscriptionId: ids.managedSubscription,
  resourceGroup: 'rg-payments',
  virtualNetwork: 'vnet-payments',
  virtualNetworkId: '/v',
  location: 'centralus',
};
const deployment: Deployment = {
  requestId: 'RITM1',
  operation: 'allocate',
  target,
  allocations: [],
  subnets: [],
  tags: {},
};
const removal = (overrides: readonly PrerequisiteCheck[]): Removal => ({
  requestId: 'RITM1',
  operation: 'remove',
  mode: 'delete',
  target,
  resourceGuid: 'g',
  allocations: [],
  detachedPeerings: [],
  overrides,
});

const requestIn = (
  state: RequestState,
  change: Partial<DecidableRequest> = {},
): DecidableRequest => ({
  id: 'RITM1',
  request: { requester },
  state,
  plan: { planHash, change: deployment },
  ...change,
});

type Decision = Parameters<typeof judgeDecision>[1];

const decide = (decision: DecideMessage['decision'], change: Partial<Decision> = {}): Decision => ({
  decision,
  by: approver,
  ...change,
});

/** In one word: the effect, or the code of the error. */
function judge(request: DecidableRequest, decision: Decision): string {
  const outcome = judgeDecision(request, decision, operators);
  return outcome.ok ? outcome.value.effect : outcome.error.code;
}

const waiting = requestIn('awaiting-approval');

describe('a decision', () => {
  test('approves a request that waits, bound to its plan', () => {
    expect(judgeDecision(waiting, decide('approve'), operators)).toEqual({
      ok: true,
      value: { effect: 'apply', planHash },
    });
    expect(judge(waiting, decide('approve', { planHash }))).toBe('apply');
  });

  test('does not approve another plan than the one that would be deployed', () => {
    expect(judge(waiting, decide('approve', { planHash: 'b'.repeat(64) }))).toBe('PlanChanged');
  });

  test('is not taken from the requester, except to cancel', () => {
    expect(judge(waiting, decide('approve', { by: requester }))).toBe('Unauthorized');
    expect(judge(waiting, decide('reject', { by: requester }))).toBe('Unauthorized');
    expect(judge(waiting, decide('cancel', { by: requester }))).toBe('apply');
  });

  test('knows the requester by object id and tenant id, whatever name, mail and case', () => {
    const disguised = {
      name: 'Somebody else',
      email: 'else@example.com',
      objectId: ids.requester.toUpperCase(),
      tenantId: ids.managedTenant.toUpperCase(),
    };
    expect(judge(waiting, decide('approve', { by: disguised }))).toBe('Unauthorized');
    const sameMail = requestIn('awaiting-approval', {
      request: { requester: { ...requester, email: 'x@example.com' } },
    });
    const by = { ...approver, name: requester.name, email: 'x@example.com' };
    expect(judge(sameMail, decide('approve', { by }))).toBe('apply');
    const otherTenant = { ...requester, tenantId: ids.managementTenant };
    expect(judge(waiting, decide('approve', { by: otherTenant }))).toBe('apply');
  });

  test.each([
    [{ name: 'R' }],
    [{ name: 'R', objectId: ids.requester }],
    [{ name: 'R', tenantId: ids.managedTenant }],
  ])('does not approve where the requester %j cannot be told from the approver', (unnamed) => {
    const request = requestIn('awaiting-approval', { request: { requester: unnamed } });
    expect(judge(request, decide('approve'))).toBe('Unauthorized');
    expect(judge(request, decide('reject'))).toBe('apply');
    expect(judge(request, decide('cancel'))).toBe('apply');
  });

  test('comes too early while there is no plan, except to cancel', () => {
    for (const state of ['received', 'planning'] as const) {
      expect(judge(requestIn(state), decide('approve'))).toBe('DecisionNotPossible');
      expect(judge(requestIn(state), decide('reject'))).toBe('DecisionNotPossible');
      expect(judge(requestIn(state), decide('cancel'))).toBe('apply');
    }
    const { plan: _, ...planless } = waiting;
    expect(judge(planless, decide('approve'))).toBe('DecisionNotPossible');
  });

  test.each([...workingStates, 'verifying'] as const)(
    'while %s: only cancel has an effect',
    (state) => {
      expect(judge(requestIn(state), decide('approve'))).toBe('ignore');
      expect(judge(requestIn(state), decide('reject'))).toBe('DecisionNotPossible');
      expect(judge(requestIn(state), decide('cancel'))).toBe('apply');
    },
  );

  test('cannot cancel what is being taken back already', () => {
    expect(judge(requestIn('compensating'), decide('cancel'))).toBe('ignore');
  });

  test.each(requestStates.filter(isEndState))('changes nothing when the request is %s', (state) => {
    for (const decision of ['approve', 'reject', 'cancel'] as const) {
      expect(judge(requestIn(state), decide(decision, { by: requester }))).toBe('ignore');
    }
  });

  test('is refused with what happened and what to do', () => {
    const outcome = judgeDecision(waiting, decide('approve', { by: requester }), operators);
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        message: 'Nobody may approve their own request (RITM1).',
        remedy: 'Have another person decide; the requester may cancel.',
      },
    });
  });
});

describe('a decision on a plan that sets obstacles aside', () => {
  const planned = requestIn('awaiting-approval', {
    plan: { planHash, change: removal(['ownership']) },
  });

  test('is approved by an operator alone, and anybody else may reject it', () => {
    expect(judge(planned, decide('approve'))).toBe('Unauthorized');
    expect(judge(planned, decide('approve', { by: operator }))).toBe('apply');
    expect(judge(planned, decide('reject'))).toBe('apply');
    expect(judge(planned, decide('cancel'))).toBe('apply');
  });

  test('knows the operator by both ids, whatever name and case', () => {
    const upper = {
      name: 'Somebody else',
      objectId: operator.objectId.toUpperCase(),
      tenantId: operator.tenantId.toUpperCase(),
    };
    expect(judge(planned, decide('approve', { by: upper }))).toBe('apply');
    const otherTenant = { ...operator, tenantId: ids.managedTenant };
    expect(judge(planned, decide('approve', { by: otherTenant }))).toBe('Unauthorized');
    const otherPerson = { ...operator, objectId: ids.approver };
    expect(judge(planned, decide('approve', { by: otherPerson }))).toBe('Unauthorized');
  });

  test('is not approved by the operator who asked for it', () => {
    const own = { ...planned, request: { requester: operator } };
    expect(judge(own, decide('approve', { by: operator }))).toBe('Unauthorized');
  });

  test('is approved by nobody where the landscape lists no operator', () => {
    const outcome = judgeDecision(planned, decide('approve', { by: operator }), []);
    expect(outcome).toMatchObject({ ok: false, error: { code: 'Unauthorized' } });
  });

  test('is still bound to its plan', () => {
    const other = { by: operator, planHash: 'b'.repeat(64) };
    expect(judge(planned, decide('approve', other))).toBe('PlanChanged');
  });

  test('needs no operator when nothing is set aside', () => {
    const plain = requestIn('awaiting-approval', { plan: { planHash, change: removal([]) } });
    expect(judge(plain, decide('approve'))).toBe('apply');
  });
});

describe('a resumption', () => {
  const judgeBy = (state: RequestState, by: DecideMessage['by'] = operator): string => {
    const outcome = judgeResumption({ id: 'RITM1', state }, by, operators);
    return outcome.ok ? outcome.value.effect : outcome.error.code;
  };

  test('lets a parked compensation go on, and nothing else', () => {
    for (const state of requestStates) {
      expect(judgeBy(state), state).toBe(
        state === 'compensation-failed' ? 'apply' : 'DecisionNotPossible',
      );
    }
  });

  test('is taken from operators alone', () => {
    expect(judgeBy('compensation-failed', approver)).toBe('Unauthorized');
    expect(judgeBy('compensation-failed', requester)).toBe('Unauthorized');
    expect(judgeBy('compensation-failed', { ...operator, tenantId: ids.managedTenant })).toBe(
      'Unauthorized',
    );
    expect(
      judgeBy('compensation-failed', { ...operator, objectId: operator.objectId.toUpperCase() }),
    ).toBe('apply');
  });

  test('of somebody else does not tell the state', () => {
    expect(judgeBy('succeeded', approver)).toBe('Unauthorized');
  });

  test('is refused with what happened and what to do', () => {
    expect(judgeResumption({ id: 'RITM1', state: 'failed' }, operator, operators)).toMatchObject({
      ok: false,
      error: {
        message:
          'The request RITM1 is failed; only a request that is compensation-failed can be resumed.',
        remedy: expect.stringMatching(/\w/),
      },
    });
  });

  test('is counted among the decisions', () => {
    const decisions = ['approve', 'resume', 'reject', 'resume', 'cancel'];
    expect(countResumptions(decisions.map((decision) => ({ decision })))).toBe(2);
    expect(countResumptions([])).toBe(0);
  });
});
