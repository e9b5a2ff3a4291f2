import { describe, expect, test } from 'vitest';
import type { DecisionOnPlan } from '../../src/model/approval-progress.ts';
import type { ApprovalStage } from '../../src/model/approval-stages.ts';
import {
  countResumptions,
  type DecidableRequest,
  type JudgedDecision,
  judgeDecision,
  judgeResumption,
} from '../../src/model/decisions.ts';
import type { Decider } from '../../src/model/people.ts';
import {
  isEndState,
  type RequestState,
  requestStates,
  workingStates,
} from '../../src/model/states.ts';
import { anybodysStage, firstVersion, ids, sampleLandscape } from './samples.ts';

const planHash = 'a'.repeat(64);
const otherHash = 'b'.repeat(64);
const requester = { name: 'R', objectId: ids.requester, tenantId: ids.managedTenant };
const approver = { name: 'A', objectId: ids.approver, tenantId: ids.managementTenant };
const person = (name: string, end: string): Decider => ({
  name,
  objectId: `dddddddd-0000-4000-8000-0000000000${end}`,
  tenantId: ids.managementTenant,
});
const operator = person('O', '0f');
const superuser = person('S', '0e');
const networker = person('N', '0d');
const guard = person('G', '0c');
const entraGroup = 'eeeeeeee-0000-4000-8000-000000000001';

const landscape = sampleLandscape({
  policy: {
    rules: [],
    groups: [
      {
        name: 'network',
        members: [networker],
        entraGroups: [{ objectId: entraGroup, tenantId: ids.managementTenant }],
      },
      { name: 'security', members: [guard, networker] },
    ],
  },
  operators: [operator],
  superusers: [superuser],
});

const ofNetwork: ApprovalStage = { ...anybodysStage, name: 'first', approvers: ['network'] };
const ofSecurity: ApprovalStage = { ...anybodysStage, name: 'second', approvers: ['security'] };
const ofOperators: ApprovalStage = { ...anybodysStage, name: 'last', approvers: ['operators'] };

const requestIn = (
  state: RequestState,
  change: Partial<DecidableRequest> = {},
): DecidableRequest => ({
  id: 'RITM1',
  request: { requester },
  state,
  plan: { planHash, ...firstVersion },
  ...change,
});

const waitingFor = (...stages: ApprovalStage[]) =>
  requestIn('awaiting-approval', { plan: { ...firstVersion, planHash, stages } });

const decide = (
  decision: JudgedDecision['decision'],
  change: Partial<JudgedDecision> = {},
): JudgedDecision => ({ decision, by: approver, reason: 'because', ...change });

const recorded = (
  decision: string,
  by: Partial<Decider>,
  change: Partial<DecisionOnPlan> = {},
): DecisionOnPlan => ({ decision, by, planHash, at: '2026-11-22T01:00:00.000Z', ...change });

const judged = (
  request: DecidableRequest,
  decision: JudgedDecision,
  decisions: readonly DecisionOnPlan[] = [],
) => judgeDecision(request, decision, decisions, landscape);

/** In one word: the effect, or the code of the error. */
function judge(...call: Parameters<typeof judged>): string {
  const outcome = judged(...call);
  return outcome.ok ? outcome.value.effect : outcome.error.code;
}

const waiting = requestIn('awaiting-approval');

describe('a decision', () => {
  test('approves a request that waits, bound to its plan and to the stage that is open', () => {
    expect(judged(waiting, decide('approve'))).toEqual({
      ok: true,
      value: { effect: 'apply', planHash, stage: 'approval' },
    });
    expect(judge(waiting, decide('approve', { planHash }))).toBe('apply');
  });

  test('does not approve another plan than the one that would be deployed', () => {
    expect(judge(waiting, decide('approve', { planHash: otherHash }))).toBe('PlanChanged');
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
    expect(judge(request, decide('break-glass', { by: superuser }))).toBe('Unauthorized');
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

  test('cannot cancel what is being taken back, or cancelled, already', () => {
    expect(judge(requestIn('compensating'), decide('cancel'))).toBe('ignore');
    expect(judge(waiting, decide('cancel'), [recorded('cancel', approver)])).toBe('ignore');
  });

  test.each(requestStates.filter(isEndState))('changes nothing when the request is %s', (state) => {
    for (const decision of ['approve', 'reject', 'cancel', 'break-glass'] as const) {
      expect(judge(requestIn(state), decide(decision, { by: requester }))).toBe('ignore');
    }
  });

  test('to reject needs a reason', () => {
    expect(judge(waiting, decide('reject', { reason: undefined }))).toBe('SchemaInvalid');
  });

  test('is refused with what happened and what to do', () => {
    expect(judged(waiting, decide('approve', { by: requester }))).toMatchObject({
      ok: false,
      error: {
        message: 'Nobody may approve their own request (RITM1).',
        remedy: 'Have another person decide; the requester may cancel.',
      },
    });
    expect(judged(waitingFor(ofNetwork), decide('approve'))).toMatchObject({
      ok: false,
      error: {
        message: 'A is in none of the groups that decide on the request RITM1 now: network.',
        remedy: 'Have somebody of network decide. Who belongs to a group, the landscape says.',
      },
    });
  });
});

describe('a decision on a stage', () => {
  const staged = waitingFor(ofNetwork, ofSecurity);
  const byNetworker = recorded('approve', networker, { stage: 'first' });

  test('is taken from the groups of the stage that is open, to approve and to reject', () => {
    for (const decision of ['approve', 'reject'] as const) {
      expect(judge(staged, decide(decision, { by: networker }))).toBe('apply');
      expect(judge(staged, decide(decision, { by: guard }))).toBe('Unauthorized');
      expect(judge(staged, decide(decision, { by: guard }), [byNetworker])).toBe('apply');
    }
    expect(judged(staged, decide('approve', { by: guard }), [byNetworker])).toMatchObject({
      value: { stage: 'second' },
    });
  });

  test('is not taken twice from one person, be it for another stage, and whatever the case of the ids', () => {
    const again = decide('approve', { by: networker });
    expect(judge(staged, again, [byNetworker])).toBe('ignore');
    const upper = { ...networker, objectId: networker.objectId.toUpperCase() };
    expect(judge(staged, decide('approve', { by: upper }), [byNetworker])).toBe('ignore');
    // What somebody approved of another plan is no approval of this one.
    const ofOther = { ...byNetworker, planHash: otherHash };
    expect(judge(staged, again, [ofOther])).toBe('apply');
  });

  test('is taken once more from who approved a stage that another one has replaced since', () => {
    const renamed = waitingFor({ ...ofNetwork, name: 'first-anew' }, ofSecurity);
    expect(judge(renamed, decide('approve', { by: networker }), [byNetworker])).toBe('apply');
    const anew = { ...byNetworker, stage: 'first-anew' };
    expect(judge(renamed, decide('approve', { by: networker }), [byNetworker, anew])).toBe(
      'ignore',
    );
  });

  test('is taken from those it is escalated to, once it is', () => {
    const stage = { ...ofNetwork, escalateTo: ['security'] };
    const escalated = recorded('escalate', { name: 'policy' } as object, { stage: 'first' });
    expect(judge(waitingFor(stage), decide('approve', { by: guard }))).toBe('Unauthorized');
    expect(judge(waitingFor(stage), decide('approve', { by: guard }), [escalated])).toBe('apply');
    expect(judge(waitingFor(stage), decide('approve', { by: networker }), [escalated])).toBe(
      'apply',
    );
  });

  test.each(['expire', 'reject', 'cancel'])('changes nothing after it was decided: %s', (kind) => {
    const before = [recorded(kind, {}, { stage: 'first' })];
    expect(judge(staged, decide('approve', { by: networker }), before)).toBe('ignore');
    expect(judge(staged, decide('reject', { by: networker }), before)).toBe('ignore');
    expect(judge(staged, decide('break-glass', { by: superuser }), before)).toBe('ignore');
  });

  test('rejects an approval that is complete, as long as nothing has begun', () => {
    const complete = [byNetworker];
    expect(judge(waitingFor(ofNetwork), decide('approve', { by: networker }), complete)).toBe(
      'ignore',
    );
    expect(judge(waitingFor(ofNetwork), decide('reject', { by: networker }), complete)).toBe(
      'apply',
    );
  });

  test('knows groups of Entra ID by what the API proves of the caller, in the right tenant', () => {
    const roles = ['Vnet.Approve'];
    const caller = { ...approver, groups: [entraGroup.toUpperCase()], roles };
    expect(judge(staged, decide('approve', { by: caller }))).toBe('apply');
    expect(judge(staged, decide('approve', { by: { ...caller, groups: [] } }))).toBe(
      'Unauthorized',
    );
    const elsewhere = { ...caller, tenantId: ids.managedTenant };
    expect(judge(staged, decide('approve', { by: elsewhere }))).toBe('Unauthorized');
  });

  test('of operators is taken from operators alone: listed, or by app role', () => {
    const last = waitingFor(ofOperators);
    expect(judge(last, decide('approve', { by: operator }))).toBe('apply');
    expect(judge(last, decide('approve', { by: networker }))).toBe('Unauthorized');
    expect(
      judge(last, decide('approve', { by: { ...operator, tenantId: ids.managedTenant } })),
    ).toBe('Unauthorized');
    const byRole = { ...approver, roles: ['Vnet.Approve', 'Vnet.Operate'] };
    expect(judge(last, decide('approve', { by: byRole }))).toBe('apply');
  });
});

describe('break-glass', () => {
  const staged = waitingFor(ofNetwork, ofSecurity);

  test('approves all stages at once, by a listed superuser, bound to the plan', () => {
    expect(judged(staged, decide('break-glass', { by: superuser }))).toEqual({
      ok: true,
      value: { effect: 'apply', planHash },
    });
    expect(judge(staged, decide('break-glass', { by: superuser, planHash: otherHash }))).toBe(
      'PlanChanged',
    );
    for (const by of [approver, networker, operator]) {
      expect(judge(staged, decide('break-glass', { by }))).toBe('Unauthorized');
    }
  });

  test('makes no superuser an approver of a stage', () => {
    expect(judge(staged, decide('approve', { by: superuser }))).toBe('Unauthorized');
  });

  test('needs a reason', () => {
    const silent = decide('break-glass', { by: superuser, reason: undefined });
    expect(judge(staged, silent)).toBe('SchemaInvalid');
  });

  test('is not taken from the requester', () => {
    const own = { ...staged, request: { requester: { ...superuser, email: undefined } } };
    expect(judge(own, decide('break-glass', { by: superuser }))).toBe('Unauthorized');
  });

  test('needs a request that waits', () => {
    expect(judge(requestIn('planning'), decide('break-glass', { by: superuser }))).toBe(
      'DecisionNotPossible',
    );
    expect(judge(requestIn('deploying'), decide('break-glass', { by: superuser }))).toBe('ignore');
  });
});

describe('somebody who comes through the API', () => {
  const all = ['approve', 'reject', 'cancel', 'break-glass'] as const;
  const may = (by: Decider) => all.filter((one) => judge(waiting, decide(one, { by })) === 'apply');

  test.each([
    [[], []],
    [['Vnet.Read'], []],
    [['Vnet.Request'], []],
    [['Vnet.Approve'], ['approve', 'reject']],
    [['Vnet.Operate'], ['cancel']],
    [
      ['Vnet.Approve', 'Vnet.Operate'],
      ['approve', 'reject', 'cancel'],
    ],
  ])('with the roles %j may %j', (roles, allowed) => {
    expect(may({ ...approver, roles })).toEqual(allowed);
  });

  test('may cancel an own request with the role to request', () => {
    expect(may({ ...requester, roles: ['Vnet.Request'] })).toEqual(['cancel']);
    expect(may({ ...requester, roles: ['Vnet.Read', 'Vnet.Approve'] })).toEqual([]);
  });

  test('needs a role for break-glass, and the list', () => {
    for (const role of ['Vnet.Approve', 'Vnet.Operate']) {
      expect(may({ ...superuser, roles: [role] })).toContain('break-glass');
    }
    expect(may({ ...superuser, roles: ['Vnet.Read'] })).toEqual([]);
  });

  test('hears of a missing role before anything else', () => {
    expect(
      judged(requestIn('failed'), decide('approve', { by: { ...approver, roles: [] } })),
    ).toMatchObject({
      error: {
        code: 'Unauthorized',
        message: 'A lacks the app role Vnet.Approve, so may not approve RITM1.',
        remedy: expect.stringContaining('Vnet.Approve'),
      },
    });
  });
});

describe('a resumption', () => {
  const judgeBy = (state: RequestState, by: Decider = operator): string => {
    const outcome = judgeResumption({ id: 'RITM1', state }, by, landscape);
    return outcome.ok ? outcome.value.effect : outcome.error.code;
  };

  test('lets a parked compensation go on, and nothing else', () => {
    for (const state of requestStates) {
      expect(judgeBy(state), state).toBe(
        state === 'compensation-failed' ? 'apply' : 'DecisionNotPossible',
      );
    }
  });

  test('is taken from operators alone: listed or, through the API, by app role', () => {
    expect(judgeBy('compensation-failed', approver)).toBe('Unauthorized');
    expect(judgeBy('compensation-failed', requester)).toBe('Unauthorized');
    expect(judgeBy('compensation-failed', { ...operator, tenantId: ids.managedTenant })).toBe(
      'Unauthorized',
    );
    const upper = { ...operator, objectId: operator.objectId.toUpperCase() };
    expect(judgeBy('compensation-failed', upper)).toBe('apply');
    const byRole = { ...approver, roles: ['Vnet.Operate'] };
    expect(judgeBy('compensation-failed', byRole)).toBe('apply');
    expect(judgeBy('compensation-failed', { ...approver, roles: ['Vnet.Approve'] })).toBe(
      'Unauthorized',
    );
  });

  test('of somebody else does not tell the state', () => {
    expect(judgeBy('succeeded', approver)).toBe('Unauthorized');
  });

  test('is refused with what happened and what to do', () => {
    expect(judgeResumption({ id: 'RITM1', state: 'failed' }, operator, landscape)).toMatchObject({
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
