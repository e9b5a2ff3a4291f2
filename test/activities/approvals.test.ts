import { describe, expect, it } from 'vitest';
import { decideByPolicy } from '../../src/activities/records/decide-by-policy.ts';
import { publishEvent } from '../../src/activities/records/publish-event.ts';
import { readApproval } from '../../src/activities/records/read-approval.ts';
import { tellApprovers } from '../../src/activities/records/tell-approvers.ts';
import { success } from '../../src/model/outcome.ts';
import { isEndState, mayBecome, requestStates } from '../../src/model/states.ts';
import { ids, sampleLandscape } from '../model/samples.ts';
import { requestId, startWorkbench, stepInput } from './workbench.ts';

const endStates = requestStates.filter(isEndState);
const stages = [
  {
    name: 'network',
    approvers: ['network'],
    minApprovals: 2,
    remindAfterHours: 1,
    escalateAfterHours: 2,
    escalateTo: ['operators'],
    timeLimitHours: 8,
  },
  { name: 'security', approvers: [], timeLimitHours: 4 },
];
const members = ['01', '02'].map((end) => ({
  name: `N${end}`,
  objectId: `dddddddd-0000-4000-8000-0000000000${end}`,
  tenantId: ids.managementTenant,
}));

/** A request that waits for two stages. */
async function waiting() {
  const bench = await startWorkbench();
  const landscape = sampleLandscape({
    policy: { rules: [], groups: [{ name: 'network', members }], stages },
  } as object);
  const dependencies = { ...bench.dependencies, landscape };
  Object.assign(bench.dependencies, { landscape });
  const planHash = await bench.plan();
  await bench.become('awaiting-approval');
  let approvals = 0;
  return {
    ...bench,
    dependencies,
    planHash,
    approve: (stage: string) =>
      bench.ledger.recordDecision({
        id: `approval-${++approvals}`,
        requestId,
        decision: 'approve',
        by: { name: `A${approvals}`, objectId: `${approvals}`, tenantId: ids.managementTenant },
        channel: 'api',
        stage,
        planHash,
        at: `2026-11-22T0${approvals}:00:00.000Z`,
      }),
    read: () => readApproval(stepInput, dependencies),
    tell: (news: 'requested' | 'reminded' | 'escalated', stage = 'network', version = 1) =>
      tellApprovers({ ...stepInput, news, stage, version }, dependencies),
    policy: (decision: 'escalate' | 'expire', stage = 'network', version = 1) =>
      decideByPolicy({ ...stepInput, decision, stage, version }, dependencies),
    decisions: async () =>
      (await bench.ledger.listDecisions(requestId)).map(
        ({ decision, stage, by }) => `${decision} ${stage ?? '-'} by ${by.name}`,
      ),
  };
}

describe('how far an approval is', () => {
  it('is read with the stage that is open, what was told of it, and when what is due', async () => {
    const { read, tell, approve } = await waiting();
    const open = {
      stage: 'network',
      told: [],
      escalated: false,
      remindAt: '2026-11-22T01:00:00.000Z',
      escalateAt: '2026-11-22T02:00:00.000Z',
      deadline: '2026-11-22T08:00:00.000Z',
    };
    expect(await read()).toEqual(success({ status: 'open', version: 1, open }));
    await tell('requested');
    expect(await read()).toMatchObject({ value: { open: { told: ['requested'] } } });
    await approve('network');
    await approve('network');
    const second = { stage: 'security', told: [], deadline: '2026-11-22T06:00:00.000Z' };
    expect(await read()).toMatchObject({ value: { open: second } });
  });

  it('ends with what decided it, by whom and why', async () => {
    const { approve, decide, read } = await waiting();
    await approve('network');
    await approve('network');
    await approve('security');
    expect(await read()).toEqual(success({ status: 'approved', by: 'A3' }));
    await decide('reject', { name: 'Kim', reason: 'too big' });
    expect(await read()).toEqual(success({ status: 'rejected', by: 'Kim', reason: 'too big' }));
    await decide('cancel', { name: 'Robin' });
    expect(await read()).toEqual(success({ status: 'cancelled', by: 'Robin' }));
  });

  it.each(endStates.filter((state) => mayBecome('awaiting-approval', state)))(
    'is open for no request that is %s: a wait of a run that was lost ends with it',
    async (state) => {
      const { become, policy, read } = await waiting();
      await become(state);
      expect(await policy('expire')).toEqual(success(null));
      expect(await read()).toMatchObject({ error: { kind: 'terminal' } });
    },
  );

  it('is told of a request that is over as it was decided', async () => {
    const { approve, become, read } = await waiting();
    for (const stage of ['network', 'network', 'security']) await approve(stage);
    await become('failed');
    expect(await read()).toMatchObject({ value: { status: 'approved' } });
  });

  it('is not known for a plan that needs none', async () => {
    const bench = await startWorkbench();
    const rules = [{ name: 'all', effect: 'auto-approve', reason: 'free' }];
    const landscape = sampleLandscape({ policy: { rules } } as object);
    Object.assign(bench.dependencies, { landscape });
    await bench.plan();
    expect(await readApproval(stepInput, bench.dependencies)).toMatchObject({ ok: false });
  });
});

describe('telling approvers', () => {
  it('publishes an event of the stage with all that approvers need, once it is told in the timeline', async () => {
    const { approve, events, tell, planHash, timeline } = await waiting();
    await approve('network');
    await tell('requested');
    await tell('reminded');
    expect(events.map(({ id }) => id)).toEqual([
      `${requestId}:approval.requested:network`,
      `${requestId}:approval.reminded:network`,
    ]);
    expect(events[0]?.data).toMatchObject({
      planHash,
      stage: 'network',
      stageNumber: 1,
      stages: [{ name: 'network' }, { name: 'security' }],
      approvers: ['network'],
      minApprovals: 2,
      approvals: [{ by: { name: 'A1' }, channel: 'api', stage: 'network' }],
      deadline: '2026-11-22T08:00:00.000Z',
      planVersion: 1,
      riskFlags: [],
      change: { operation: 'allocate' },
    });
    expect((await timeline()).slice(-2)).toEqual([
      "the-step information: Stage 1 of 2 ('network') needs 1 approval by network until 2026-11-22T08:00:00.000Z.",
      "the-step information: Reminded: stage 'network' still needs 1 approval by network until 2026-11-22T08:00:00.000Z.",
    ]);
  });

  it('that fails counts as not told', async () => {
    const { dependencies, read } = await waiting();
    const down = { ...dependencies, events: { publish: () => Promise.reject(new Error('no')) } };
    const about = { ...stepInput, news: 'requested', stage: 'network', version: 1 } as const;
    await expect(tellApprovers(about, down)).rejects.toThrow();
    expect(await read()).toMatchObject({ value: { open: { told: [] } } });
  });

  it('does nothing about a stage that is over, or another plan', async () => {
    const { approve, events, tell } = await waiting();
    await tell('requested', 'network', 2);
    await tell('requested', 'security');
    await approve('network');
    await approve('network');
    await tell('reminded');
    expect(events).toEqual([]);
    await tell('requested', 'security');
    expect(events).toHaveLength(1);
    await approve('security');
    await tell('reminded', 'security');
    expect(events).toHaveLength(1);
  });

  it('does nothing about a request that is over', async () => {
    const { become, events, tell } = await waiting();
    await become('failed');
    await tell('requested');
    expect(events).toEqual([]);
  });
});

describe('the policy', () => {
  it('lets others approve as well, and ends the wait, each on record with its reason', async () => {
    const { decisions, ledger, policy, read, tell, events, timeline } = await waiting();
    await policy('escalate');
    expect(await read()).toMatchObject({ value: { open: { escalated: true } } });
    await tell('escalated');
    expect(events[0]?.data).toMatchObject({ approvers: ['network', 'operators'] });
    await policy('expire');
    expect(await decisions()).toEqual(['escalate network by policy', 'expire network by policy']);
    expect(await ledger.listDecisions(requestId)).toMatchObject([
      { channel: 'policy', reason: expect.stringContaining('within 2 hours; operators may') },
      { channel: 'policy', reason: 'not approved within 8 hours' },
    ]);
    expect(await read()).toMatchObject({ value: { status: 'expired', by: 'policy' } });
    expect((await timeline()).at(-1)).toBe(
      'decide information: policy: expire (not approved within 8 hours)',
    );
  });

  it('decides nothing on a stage that is over, another plan, or a request that does not wait', async () => {
    const { approve, become, decisions, policy } = await waiting();
    await policy('expire', 'network', 2);
    await policy('expire', 'security');
    await approve('network');
    await approve('network');
    await policy('expire');
    await become('deploying');
    await policy('expire', 'security');
    expect(await decisions()).toEqual(['approve network by A1', 'approve network by A2']);
  });

  it('decides once, however often the activity runs', async () => {
    const { decisions, policy } = await waiting();
    for (let runs = 0; runs < 2; runs++) {
      await policy('escalate');
      await policy('expire');
    }
    expect(await decisions()).toHaveLength(2);
  });

  it('loses against whoever was faster, be it between its look and its decision', async () => {
    const { approve, decisions, dependencies, ledger } = await waiting();
    await approve('network');
    const racing = Object.assign(Object.create(ledger), {
      getRequest: (id: string) => ledger.getRequest(id),
      listDecisions: async (id: string) => {
        const before = await ledger.listDecisions(id);
        await approve('network');
        return before;
      },
      recordDecision: (...call: Parameters<typeof ledger.recordDecision>) =>
        ledger.recordDecision(...call),
    });
    const about = { ...stepInput, decision: 'expire', stage: 'network', version: 1 } as const;
    expect(await decideByPolicy(about, { ...dependencies, ledger: racing })).toEqual(success(null));
    expect(await decisions()).toEqual(['approve network by A1', 'approve network by A2']);
  });
});

describe('an event about a decision', () => {
  it('tells it and the approvals by ids and name, with reasons, and without mail addresses', async () => {
    const { decide, dependencies, events, plan } = await startWorkbench();
    const planHash = await plan();
    await decide('approve', { name: 'Alex', planHash: 'another plan' });
    await decide('approve', { name: 'Kim', planHash });
    await decide('reject', { name: 'Robin', reason: 'too big' });
    await decide('cancel', { name: 'Pat' });
    for (const type of ['approval.granted', 'approval.denied', 'approval.expired'] as const) {
      await publishEvent({ ...stepInput, type }, dependencies);
    }
    expect(events.map(({ data }) => data)).toMatchObject([
      {
        decision: { decision: 'approve', by: { name: 'Kim' } },
        approvals: [{ by: { name: 'Kim' } }],
      },
      { decision: { decision: 'reject', by: { name: 'Robin' }, reason: 'too big' } },
      {},
    ]);
    expect(events[2]?.data).not.toHaveProperty('decision');
    expect(JSON.stringify(events)).not.toContain('alex@x.example');
  });

  it('of a plan that took the place of another has an id of its own', async () => {
    const { dependencies, events, ledger, plan } = await startWorkbench();
    await plan();
    const record = await ledger.getRequest(requestId);
    if (!record?.plan) throw new Error('unreachable');
    const changed = { ...record.plan, version: 2 };
    await ledger.updateRequest(requestId, { state: 'planning', plan: changed }, record.updatedAt);
    for (const type of ['request.submitted', 'request.planned', 'approval.granted'] as const) {
      await publishEvent({ ...stepInput, type }, dependencies);
    }
    expect(events.map(({ id }) => id)).toEqual([
      `${requestId}:request.submitted`,
      `${requestId}:request.planned:plan-2`,
      `${requestId}:approval.granted:plan-2`,
    ]);
  });
});
