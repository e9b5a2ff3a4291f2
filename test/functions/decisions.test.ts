import { expect, test } from 'vitest';
import {
  acceptDecision,
  type SentDecision,
} from '../../src/functions/decisions/accept-decision.ts';
import { approvalInstanceIdOf, instanceIdOf } from '../../src/orchestrations/names.ts';
import { ids } from '../model/samples.ts';
import { approval, at, planOf, requestId, start } from './requests-bench.ts';

const waiting = () => start('planning', 'awaiting-approval');

test('an approval without a plan is bound to the plan of its time', async () => {
  const { decide, ledger } = await waiting();
  expect(await decide()).toMatchObject({ status: 'accepted' });
  const [decision] = await ledger.listDecisions(requestId);
  expect(decision).toMatchObject({ decision: 'approve', planHash: planOf().planHash, at });
});

test('an approval of another plan is refused, and not recorded', async () => {
  const { decide, ledger } = await waiting();
  expect(await decide({ planHash: 'f'.repeat(64) })).toMatchObject({
    error: { code: 'PlanChanged' },
  });
  expect(await ledger.listDecisions(requestId)).toEqual([]);
});

test('an approval by the requester is refused, and not recorded', async () => {
  const { decide, engine, ledger } = await waiting();
  const by = { name: 'Somebody', objectId: ids.requester, tenantId: ids.managedTenant };
  expect(await decide({ by })).toMatchObject({ error: { code: 'Unauthorized' } });
  expect(await ledger.listDecisions(requestId)).toEqual([]);
  expect(engine.asked).toEqual([]);
});

test('a decision that changes nothing any more is neither recorded nor refused', async () => {
  const { decide, ledger } = await start('planning', 'failed');
  expect(await decide({ decision: 'cancel' })).toMatchObject({
    status: 'unchanged',
    error: { code: 'AlreadyDecided' },
  });
  expect(await ledger.listDecisions(requestId)).toEqual([]);
  expect(await ledger.listTimeline(requestId)).toEqual([]);
});

test('a decision shows in the timeline once, and wakes the workflow that waits, at each delivery', async () => {
  const { decide, engine, ledger } = await waiting();
  engine.instances.set(approvalInstanceIdOf(requestId), 'Running');
  // A crash after the recording may have left the rest undone.
  await decide({ id: 'D-1', reason: 'fine' });
  await decide({ id: 'D-1', reason: 'fine' });
  expect((await ledger.listTimeline(requestId)).map(({ message }) => message)).toEqual([
    'Alex: approve (fine)',
  ]);
  expect(await ledger.listDecisions(requestId)).toHaveLength(1);
  const wake = `raise decision ${approvalInstanceIdOf(requestId)}`;
  expect(engine.asked).toEqual([wake, wake]);
});

test('a decision that was taken is completed although it would be refused by now', async () => {
  const { decide, engine, ledger } = await waiting();
  await decide({ id: 'D-1' });
  await ledger.updateRequest(requestId, { state: 'deploying' }, at);
  engine.instances.set(approvalInstanceIdOf(requestId), 'Running');
  expect(await decide({ id: 'D-1' })).toMatchObject({ status: 'repeated' });
  expect(engine.asked).toHaveLength(1);
});

test('a decision on a request that does not wait is recorded, and wakes nobody', async () => {
  const { decide, engine, ledger } = await start('planning');
  expect(await decide({ decision: 'cancel' })).toMatchObject({ status: 'accepted' });
  expect(await ledger.listDecisions(requestId)).toHaveLength(1);
  expect(engine.asked).toEqual([]);
});

test('a decision under an id that was used with other content is a contradiction, and the first one stands', async () => {
  const { decide, ledger } = await waiting();
  await decide({ id: 'D-1' });
  const others: Partial<SentDecision>[] = [
    { decision: 'reject' },
    { reason: 'on second thought' },
    { by: { ...approval.by, objectId: ids.requester } },
    { planHash: 'f'.repeat(64) },
  ];
  for (const other of others) {
    expect(await decide({ id: 'D-1', ...other })).toMatchObject({
      error: { code: 'Contradiction' },
    });
  }
  expect(await ledger.listDecisions(requestId)).toMatchObject([{ decision: 'approve' }]);
});

test('the same decision is the same one when its decider is called otherwise by now', async () => {
  const { decide, ledger } = await waiting();
  await decide({ id: 'D-1' });
  const by = { ...approval.by, name: 'Alex Doe', objectId: ids.approver.toUpperCase() };
  expect(await decide({ id: 'D-1', by })).toMatchObject({ status: 'repeated' });
  expect(await ledger.listDecisions(requestId)).toHaveLength(1);
});

test('of two deliveries at once under one id, the slower one is measured by what the faster one recorded', async () => {
  const { app, decide, engine, ledger } = await waiting();
  await decide({ id: 'D-1' });
  // The slower one looked before the faster one had recorded.
  let looks = 0;
  const racing = {
    ...app,
    ledger: Object.assign(Object.create(ledger), {
      listDecisions: async () => (looks++ === 0 ? [] : ledger.listDecisions(requestId)),
      getRequest: (id: string) => ledger.getRequest(id),
      recordDecision: (...call: Parameters<typeof ledger.recordDecision>) =>
        ledger.recordDecision(...call),
    }),
  };
  const other = { ...approval, id: 'D-1', decision: 'reject', reason: 'no' } as const;
  expect(await acceptDecision(racing, other, engine.client)).toMatchObject({
    error: { code: 'Contradiction' },
  });
});

/** The ledger of a bench, in which something happens just before a decision is recorded. */
function racing(bench: Awaited<ReturnType<typeof waiting>>, happening: () => Promise<unknown>) {
  let isFirst = true;
  const ledger = Object.assign(Object.create(bench.ledger), {
    recordDecision: async (...call: Parameters<typeof bench.ledger.recordDecision>) => {
      if (isFirst) {
        isFirst = false;
        await happening();
      }
      return bench.ledger.recordDecision(...call);
    },
    getRequest: (id: string) => bench.ledger.getRequest(id),
    listDecisions: (id: string) => bench.ledger.listDecisions(id),
    appendTimeline: (...call: Parameters<typeof bench.ledger.appendTimeline>) =>
      bench.ledger.appendTimeline(...call),
  });
  return { ...bench.app, ledger };
}

const expiry = {
  id: 'expire:approval',
  requestId,
  decision: 'expire',
  by: { name: 'policy' },
  channel: 'policy',
  stage: 'approval',
  planHash: planOf().planHash,
  at,
} as const;

test('an approval that loses the race against the time limit is told so, and is not recorded', async () => {
  const bench = await waiting();
  const app = racing(bench, () => bench.ledger.recordDecision(expiry));
  expect(await acceptDecision(app, approval, bench.engine.client)).toMatchObject({
    status: 'unchanged',
    error: { code: 'AlreadyDecided', message: expect.stringContaining('expired') },
  });
  expect(await bench.ledger.listDecisions(requestId)).toMatchObject([{ decision: 'expire' }]);
});

test('a decision is judged again when another one comes in between, and counts if it still may', async () => {
  const bench = await waiting();
  const kim = { ...approval, by: { ...approval.by, objectId: ids.otherSubscription } };
  const app = racing(bench, () => acceptDecision(bench.app, kim, bench.engine.client));
  const cancellation = { ...approval, decision: 'cancel' } as const;
  expect(await acceptDecision(app, cancellation, bench.engine.client)).toMatchObject({
    status: 'accepted',
  });
  expect(await bench.ledger.listDecisions(requestId)).toHaveLength(2);
});

test('a decision on a revision that is gone is not recorded, whether it went before or in between', async () => {
  const bench = await waiting();
  const revision = (await bench.ledger.getRequest(requestId))?.revision ?? 0;
  const conflict = { status: 'refused', error: { code: 'RevisionConflict' } };
  expect(await bench.decide({ ifRevision: revision - 1 })).toMatchObject(conflict);

  const reject = { ...approval, decision: 'reject', reason: 'no' } as const;
  const app = racing(bench, () => acceptDecision(bench.app, reject, bench.engine.client));
  const bound = { ...approval, ifRevision: revision };
  expect(await acceptDecision(app, bound, bench.engine.client)).toMatchObject(conflict);
  expect(await bench.ledger.listDecisions(requestId)).toMatchObject([{ decision: 'reject' }]);
});

test('a decision on the revision that is there is taken, and answers the request as it is then', async () => {
  const { decide, ledger } = await waiting();
  const revision = (await ledger.getRequest(requestId))?.revision ?? 0;
  expect(await decide({ ifRevision: revision })).toMatchObject({
    status: 'accepted',
    record: { revision: revision + 1 },
    decision: { decision: 'approve', stage: 'approval', channel: 'queue' },
  });
  // The same decision once more is no conflict, although the revision is gone.
  expect(await decide({ ifRevision: revision })).toMatchObject({ status: 'repeated' });
});

test('neither groups nor roles of who decides through the API are kept', async () => {
  const { decide, ledger } = await waiting();
  const by = { ...approval.by, groups: ['a-group'], roles: ['Vnet.Approve'] };
  expect(await decide({ by, channel: 'api' })).toMatchObject({ status: 'accepted' });
  expect(await ledger.listDecisions(requestId)).toMatchObject([{ channel: 'api' }]);
  expect(JSON.stringify(await ledger.listDecisions(requestId))).not.toMatch(/a-group|Vnet/);
});

test('a decision without an id that comes once more is the same one, and is recorded once', async () => {
  const { decide, ledger } = await waiting();
  await decide();
  expect(await decide()).toMatchObject({ status: 'repeated' });
  expect(await ledger.listDecisions(requestId)).toHaveLength(1);
});

test.each(['Running', 'Pending', 'Suspended', 'ContinuedAsNew'])(
  'a workflow that is %s is not started a second time',
  async (status) => {
    const { engine, ensure } = await start();
    engine.instances.set(instanceIdOf(requestId), status);
    await ensure();
    expect(engine.asked).toEqual([]);
  },
);

test.each(['Completed', 'Failed', 'Terminated', 'Canceled'])(
  'a workflow that is %s, while its request has not ended, is started again',
  async (status) => {
    const { app, engine, ensure } = await start();
    engine.instances.set(instanceIdOf(requestId), status);
    await ensure();
    expect(engine.asked).toEqual([`start ${instanceIdOf(requestId)}`]);
    expect(engine.inputs).toEqual([{ requestId, bounds: app.landscape.bounds }]);
  },
);

test('the sweep starts every request that has not ended, though one of them cannot be started', async () => {
  const { claim, engine, ledger, sweep } = await start('planning');
  await claim('REQ-2');
  await claim('REQ-3');
  await ledger.updateRequest('REQ-3', { state: 'failed' }, at);
  engine.failing = instanceIdOf(requestId);

  expect(await sweep()).toEqual([expect.stringContaining(requestId)]);
  expect(engine.asked).toEqual([`start ${instanceIdOf('REQ-2')}`]);
});

test('the sweep wakes a workflow that waits although the decision is there, and no other', async () => {
  const { claim, decide, engine, ledger, sweep } = await waiting();
  await claim('REQ-2');
  for (const state of ['planning', 'awaiting-approval'] as const) {
    await ledger.updateRequest('REQ-2', { state, plan: planOf() }, at);
  }
  await decide();
  for (const id of [requestId, 'REQ-2']) {
    engine.instances.set(instanceIdOf(id), 'Running');
    engine.instances.set(approvalInstanceIdOf(id), 'Running');
  }
  engine.asked.length = 0;
  expect(await sweep()).toEqual([]);
  expect(engine.asked).toEqual([`raise decision ${approvalInstanceIdOf(requestId)}`]);
});

test('the wait for another version of the plan is woken under a name of its own', async () => {
  const { decide, engine, ledger } = await waiting();
  const plan = { ...planOf(), version: 2 };
  await ledger.updateRequest(requestId, { state: 'awaiting-approval', plan }, at);
  engine.instances.set(approvalInstanceIdOf(requestId), 'Completed');
  engine.instances.set(approvalInstanceIdOf(requestId, 2), 'Running');
  await decide();
  expect(engine.asked).toEqual([`raise decision approval2-${requestId}`]);
});

test('an approval in the same words is not taken for one of the plan that took the place of another', async () => {
  const { decide, ledger } = await waiting();
  await decide();
  const plan = { ...planOf(), planHash: 'f'.repeat(64), version: 2 };
  await ledger.updateRequest(requestId, { state: 'awaiting-approval', plan }, at);
  expect(await decide()).toMatchObject({ status: 'refused', error: { code: 'PlanChanged' } });
  expect(await decide({ planHash: plan.planHash })).toMatchObject({ status: 'accepted' });
});

test('an approval under an id of its own is the same one, whatever plan there is by now', async () => {
  const { decide, ledger } = await waiting();
  await decide({ id: 'D-1' });
  const plan = { ...planOf(), planHash: 'f'.repeat(64), version: 2 };
  await ledger.updateRequest(requestId, { state: 'awaiting-approval', plan }, at);
  expect(await decide({ id: 'D-1' })).toMatchObject({ status: 'repeated' });
});

test('an approval in the same words is not taken for one of a stage that another one has replaced', async () => {
  const { decide, ledger } = await waiting();
  const { planHash } = planOf();
  await decide({ planHash });
  expect(await decide({ planHash })).toMatchObject({ status: 'repeated' });
  const stages = planOf().stages.map((stage) => ({ ...stage, name: 'another' }));
  const plan = { ...planOf(), stages, version: 2 };
  await ledger.updateRequest(requestId, { state: 'awaiting-approval', plan }, at);
  expect(await decide({ planHash })).toMatchObject({ error: { code: 'PlanChanged' } });
  expect(await decide({ planHash, id: 'D-2' })).toMatchObject({
    status: 'accepted',
    decision: { stage: 'another' },
  });
});
