import { expect, test } from 'vitest';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import { ids } from '../model/samples.ts';
import { at, requestId, start } from './requests-bench.ts';

const operator = { name: 'Olu', objectId: ids.approver, tenantId: ids.managementTenant };

const resumption = {
  id: 'CHG0001',
  request: requestId,
  by: operator,
  reason: 'the lock is gone',
};

/** A parked request, in a landscape with one operator. */
async function parked() {
  const bench = await start('planning', 'deploying', 'compensating', 'compensation-failed');
  Object.assign(bench.app.landscape, { operators: [operator] });
  return bench;
}

test('an operator resumes a parked request: it is being taken back again, and the start says how often', async () => {
  const { resume, ledger, engine } = await parked();
  expect(await resume(resumption)).toMatchObject({
    status: 'accepted',
    record: { state: 'compensating' },
  });
  expect(await ledger.getRequest(requestId)).toMatchObject({ state: 'compensating' });
  expect(await ledger.listDecisions(requestId)).toEqual([
    {
      id: 'CHG0001',
      requestId,
      decision: 'resume',
      by: operator,
      channel: 'queue',
      reason: 'the lock is gone',
      at,
    },
  ]);
  expect(engine.asked).toEqual([`start ${instanceIdOf(requestId)}`]);
  expect(engine.inputs).toEqual([expect.objectContaining({ requestId, resumption: 1 })]);
  const [line] = await ledger.listTimeline(requestId);
  expect(line?.message).toBe('Olu resumed the compensation: the lock is gone');
});

test('a resumption that is delivered again after the request was parked again resumes nothing', async () => {
  const { resume, ledger, engine } = await parked();
  await resume(resumption);
  await ledger.updateRequest(requestId, { state: 'compensation-failed' }, at);
  engine.asked.length = 0;
  expect(await resume(resumption)).toMatchObject({ status: 'repeated' });
  expect(await ledger.getRequest(requestId)).toMatchObject({ state: 'compensation-failed' });
  expect(engine.asked).toEqual([]);
});

test('a resumption that was recorded, but whose workflow was not started, is started when it comes again', async () => {
  const { resume, engine } = await parked();
  engine.failing = instanceIdOf(requestId);
  await expect(resume(resumption)).rejects.toThrow('not available');
  engine.failing = undefined;
  await resume(resumption);
  expect(engine.asked).toEqual([`start ${instanceIdOf(requestId)}`]);
});

test('a request may be parked and resumed more than once', async () => {
  const { resume, ledger, engine } = await parked();
  await resume(resumption);
  await ledger.updateRequest(requestId, { state: 'compensation-failed' }, at);
  await resume({ ...resumption, id: 'CHG0002' });
  expect(engine.inputs.at(-1)).toMatchObject({ resumption: 2 });
});

test('that a request was parked is told before it is resumed, lest its next end looks like a repetition', async () => {
  const { app, resume, ledger, published } = await parked();
  const pendingEvent = 'allocation.compensation-failed';
  await ledger.updateRequest(requestId, { state: 'compensation-failed', pendingEvent }, at);
  const { events } = app;
  Object.assign(app, { events: { publish: () => Promise.reject(new Error('no broker')) } });
  await expect(resume(resumption)).rejects.toThrow('no broker');
  expect(await ledger.listDecisions(requestId)).toEqual([]);

  Object.assign(app, { events });
  await resume(resumption);
  expect(published).toEqual([`${requestId}:${pendingEvent}`]);
  expect((await ledger.getRequest(requestId))?.pendingEvent).toBeUndefined();
});

test('of two operators that resume at one moment one does, and the other is told that it is done', async () => {
  const { resume, ledger, engine } = await parked();
  const other = { ...resumption, id: 'CHG0002' };
  const answers = await Promise.all([resume(resumption), resume(other)]);
  expect(answers).toMatchObject([
    { status: 'accepted' },
    { status: 'refused', error: { code: 'DecisionNotPossible' } },
  ]);
  expect(await ledger.listDecisions(requestId)).toMatchObject([{ id: 'CHG0001' }]);
  expect(engine.inputs).toEqual([expect.objectContaining({ resumption: 1 })]);
});

test('who is no operator resumes nothing', async () => {
  const { resume, ledger, engine } = await parked();
  const refusal = await resume({ ...resumption, by: { ...operator, tenantId: ids.managedTenant } });
  expect(refusal).toMatchObject({ error: { code: 'Unauthorized' }, requestId });
  expect(await ledger.getRequest(requestId)).toMatchObject({ state: 'compensation-failed' });
  expect(engine.asked).toEqual([]);
});

test('what is not parked cannot be resumed, and what is unknown even less', async () => {
  const { app, resume } = await start('planning', 'deploying');
  Object.assign(app.landscape, { operators: [operator] });
  expect(await resume(resumption)).toMatchObject({ error: { code: 'DecisionNotPossible' } });
  expect(await resume({ ...resumption, request: 'REQ-9' })).toMatchObject({
    error: { code: 'UnknownRequest' },
    requestId: 'REQ-9',
  });
});

test('another resumption of the same id contradicts the first', async () => {
  const { resume } = await parked();
  await resume(resumption);
  expect(await resume({ ...resumption, reason: 'something else' })).toMatchObject({
    error: { code: 'Contradiction' },
  });
});

test('the same resumption is the same one when its operator is called otherwise by now', async () => {
  const { resume, ledger } = await parked();
  await resume(resumption);
  const by = { ...operator, name: 'Olu Doe', email: 'olu@fabrikam.example' };
  expect(await resume({ ...resumption, by })).toMatchObject({ status: 'repeated' });
  expect(await ledger.listDecisions(requestId)).toHaveLength(1);
});
