import { describe, expect, test } from 'vitest';
import { type DecidableRequest, judgeDecision } from '../../src/model/decisions.ts';
import type { DecideMessage } from '../../src/model/requests.ts';
import { isEndState, type RequestState, requestStates } from '../../src/model/states.ts';
import { ids } from './samples.ts';

const planHash = 'a'.repeat(64);
const requester = { name: 'R', objectId: ids.requester, tenantId: ids.managedTenant };
const approver = { name: 'A', objectId: ids.approver, tenantId: ids.managementTenant };

const requestIn = (
  state: RequestState,
  change: Partial<DecidableRequest> = {},
): DecidableRequest => ({
  id: 'RITM1',
  request: { requester },
  state,
  plan: { planHash },
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
  const outcome = judgeDecision(request, decision);
  return outcome.ok ? outcome.value.effect : outcome.error.code;
}

const waiting = requestIn('awaiting-approval');

describe('a decision', () => {
  test('approves a request that waits, bound to its plan', () => {
    expect(judgeDecision(waiting, decide('approve'))).toEqual({
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

  test.each(['deploying', 'verifying'] as const)('while %s: only cancel has an effect', (state) => {
    expect(judge(requestIn(state), decide('approve'))).toBe('ignore');
    expect(judge(requestIn(state), decide('reject'))).toBe('DecisionNotPossible');
    expect(judge(requestIn(state), decide('cancel'))).toBe('apply');
  });

  test('cannot cancel what is being taken back already', () => {
    expect(judge(requestIn('compensating'), decide('cancel'))).toBe('ignore');
  });

  test.each(requestStates.filter(isEndState))('changes nothing when the request is %s', (state) => {
    for (const decision of ['approve', 'reject', 'cancel'] as const) {
      expect(judge(requestIn(state), decide(decision, { by: requester }))).toBe('ignore');
    }
  });

  test('is refused with what happened and what to do', () => {
    const outcome = judgeDecision(waiting, decide('approve', { by: requester }));
    expect(outcome).toMatchObject({
      ok: false,
      error: {
        message: 'Nobody may approve their own request (RITM1).',
        remedy: 'Have another person decide; the requester may cancel.',
      },
    });
  });
});
