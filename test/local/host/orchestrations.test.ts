import { afterEach, expect, test } from 'vitest';
import { eventTypes } from '../../../src/local/host/durable/history.ts';
import { startTestHost, type TestHost } from './test-host.ts';

const hours = 60 * 60 * 1000;
const days = 24 * hours;
let host: TestHost;

afterEach(async () => {
  await host?.close();
});

function eventCount(instanceId: string, type: number): number {
  return host.durable.getHistory(instanceId).filter((event) => event.EventType === type).length;
}

test('an orchestration runs its activities in order and returns', async () => {
  host = await startTestHost();
  const status = await host.runOrchestration('chain', { words: ['a', 'b', 'c'] });
  expect(status).toMatchObject({
    runtimeStatus: 'Completed',
    input: { words: ['a', 'b', 'c'] },
    output: { said: ['a', 'b', 'c'], version: null },
  });
});

test('inputs and results keep their JSON type', async () => {
  host = await startTestHost();
  const { output } = await host.runOrchestration('kinds');
  expect(output).toEqual(['text', '123', 7, 1.5, true, null, { a: [1] }, ['x']]);
});

test('a fan-out gives its results in the order of scheduling', async () => {
  host = await startTestHost({
    hostJson: { extensions: { durableTask: { maxConcurrentActivityFunctions: 3 } } },
  });
  const { output } = await host.runOrchestration('fanOut', 20);
  expect(output).toEqual(Array.from({ length: 20 }, (_, i) => `${i}`));
});

test('a turn takes everything that waits, unless turns of one event are asked for', async () => {
  host = await startTestHost({ oneEventPerTurn: true });
  const { instanceId } = await host.runOrchestration('fanOut', 5);
  expect(eventCount(instanceId, eventTypes.orchestratorStarted)).toBe(6);
});

test('a timer ends at its virtual time', async () => {
  host = await startTestHost();
  expect((await host.runOrchestration('sleep', 5 * hours)).output).toBe(5 * hours);
});

test('a timer of 20 days is cut into parts and ends on time', async () => {
  host = await startTestHost();
  const { output, instanceId } = await host.runOrchestration('sleep', 20 * days);
  expect(output).toBe(20 * days);
  expect(eventCount(instanceId, eventTypes.timerCreated)).toBe(7);
});

test('an event wins the race, and the cancelled timer never fires', async () => {
  host = await startTestHost();
  host.durable.start('race', { instanceId: 'r', input: JSON.stringify({ waitMs: hours }) });
  await host.whenIdle();
  expect(host.durable.raiseEvent('r', 'decision', '{"yes":true}')).toBe('accepted');
  await host.whenIdle();
  expect(host.durable.getStatus('r')?.output).toEqual({ decided: { yes: true } });
  expect(host.clock.nextDueAt()).toBeUndefined();
});

test('a cancelled timer does not fire later', async () => {
  host = await startTestHost();
  host.durable.start('cancelsAndWaits', { instanceId: 'c' });
  await host.whenIdle();
  host.durable.raiseEvent('c', 'first', null);
  await host.whenIdle();
  expect(host.clock.nextDueAt()).toBeUndefined();
  host.durable.raiseEvent('c', 'second', '2');
  await host.whenIdle();
  expect(host.durable.getStatus('c')?.output).toBe(2);
  expect(eventCount('c', eventTypes.timerFired)).toBe(0);
});

test('of several waiters for one name the last one is served first', async () => {
  host = await startTestHost();
  host.durable.start('twoWaiters', { instanceId: 'w' });
  await host.whenIdle();
  host.durable.raiseEvent('w', 'item', '"first"');
  host.durable.raiseEvent('w', 'item', '"second"');
  await host.whenIdle();
  expect(host.durable.getStatus('w')?.output).toEqual(['second', 'first']);
});

test('events that nobody waited for are lost at continueAsNew, later ones are not', async () => {
  host = await startTestHost();
  host.durable.start('waitsInSecondRound', { instanceId: 'w', input: '1' });
  host.durable.raiseEvent('w', 'go', '"early"');
  await host.whenIdle();
  expect(host.durable.getStatus('w')).toMatchObject({ runtimeStatus: 'Running', input: 2 });
  host.durable.raiseEvent('w', 'go', '"late"');
  await host.whenIdle();
  expect(host.durable.getStatus('w')?.output).toEqual([2, 'late']);
});

test.each([false, true])(
  'an event of the last turn goes to the next generation (single: %s)',
  async (oneEventPerTurn) => {
    host = await startTestHost({ oneEventPerTurn });
    const hooks = globalThis as { duringLastTurn?: (() => void) | undefined };
    hooks.duringLastTurn = () => void host.durable.raiseEvent('w', 'go', '"just in time"');
    try {
      host.durable.start('waitsInSecondRound', { instanceId: 'w', input: '1' });
      await host.whenIdle();
    } finally {
      hooks.duringLastTurn = undefined;
    }
    expect(host.durable.getStatus('w')?.output).toEqual([2, 'just in time']);
  },
);

test('a timer wins the race', async () => {
  host = await startTestHost();
  expect((await host.runOrchestration('race', { waitMs: hours })).output).toBe('timed out');
});

test('events that come before the wait are kept for the next waiters, in order', async () => {
  host = await startTestHost();
  host.durable.start('collect', { instanceId: 'c' });
  host.durable.raiseEvent('c', 'item', '1');
  host.durable.raiseEvent('c', 'item', '2');
  await host.whenIdle();
  expect(host.durable.getStatus('c')?.output).toEqual([1, 2]);
});

test('sub-orchestrations run, with generated and given ids', async () => {
  host = await startTestHost();
  const { output } = await host.runOrchestration('parent', ['x', 'y']);
  expect(output).toEqual(['x', 'y', 'named'].map((word) => ({ said: [word], version: null })));
  expect(host.durable.getStatus('child-by-name')?.runtimeStatus).toBe('Completed');
  expect(host.durable.listInstances()).toHaveLength(4);
});

test('a sub-orchestration whose id is taken fails in its parent', async () => {
  host = await startTestHost();
  host.durable.start('status', { instanceId: 'child-by-name' });
  const status = await host.runOrchestration('parent', []);
  expect(status.runtimeStatus).toBe('Failed');
  expect(status.output).toContain('already exists');
});

test('an orchestration that throws fails with its message', async () => {
  host = await startTestHost();
  const status = await host.runOrchestration('failing');
  expect(status).toMatchObject({
    runtimeStatus: 'Failed',
    output: "Orchestrator function 'failing' failed: no such luck",
  });
});

test('a parent catches the failure of a sub-orchestration', async () => {
  host = await startTestHost();
  const { output } = await host.runOrchestration('parentOfFailing');
  expect(output).toContain("Orchestrator function 'failing' failed: no such luck");
});

test('an orchestration catches the failure of an activity', async () => {
  host = await startTestHost();
  const { output } = await host.runOrchestration('catching');
  expect(output).toContain("Activity function 'failTimes' failed: not yet, 1 to go");
});

test('retries wait with back-off and succeed', async () => {
  host = await startTestHost();
  const startedAt = host.clock.now();
  const { output } = await host.runOrchestration('retrying', { times: 3, attempts: 5 });
  expect(output).toEqual(['at last', 'after']);
  expect(host.clock.now() - startedAt).toBe(1000 + 2000 + 4000);
});

test('after the last failed attempt comes a timer without delay, then the failure', async () => {
  host = await startTestHost();
  const { output, instanceId } = await host.runOrchestration('retrying', {
    times: 9,
    attempts: 2,
  });
  expect(output).toEqual([expect.stringContaining('not yet, 8 to go'), 'after']);
  const fired = host.durable
    .getHistory(instanceId)
    .filter((event) => event.EventType === eventTypes.timerFired);
  expect(fired).toHaveLength(2);
  expect(host.clock.now() - Date.parse(fired[1]?.FireAt ?? '')).toBe(0);
});

test('continueAsNew begins a new execution with the new input and an empty history', async () => {
  host = await startTestHost();
  const { output, input } = await host.runOrchestration('counter', { count: 1, limit: 4 }, 'n');
  expect(output).toBe(4);
  expect(input).toEqual({ count: 4, limit: 4 });
  const generations = host.durable.getGenerations('n');
  expect(generations).toHaveLength(4);
  expect(generations.map((g) => g.history.length)).toEqual(generations.map(() => 8));
});

test('custom status and deterministic guids', async () => {
  host = await startTestHost({ oneEventPerTurn: true });
  host.durable.start('status', { instanceId: 's' });
  await host.whenIdle();
  expect(host.durable.getStatus('s')?.customStatus).toEqual({ step: 'waiting' });
  host.durable.raiseEvent('s', 'go', null);
  await host.whenIdle();
  expect(host.durable.getStatus('s')).toMatchObject({
    customStatus: { step: 'done' },
    output: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
});

test('after a failure Task.all holds up what follows until every child has ended', async () => {
  host = await startTestHost();
  host.durable.start('failFastAll', { instanceId: 'f' });
  await host.whenIdle();
  expect(host.durable.getStatus('f')?.runtimeStatus).toBe('Running');
  host.durable.raiseEvent('f', 'release', null);
  await host.whenIdle();
  expect(host.durable.getStatus('f')?.output).toBe('done');
});

test.each([false, true])('an open timer holds up the end (continueAsNew: %s)', async (again) => {
  host = await startTestHost();
  const startedAt = host.clock.now();
  host.durable.start('leavesTimer', {
    instanceId: 'l',
    input: JSON.stringify({ timerMs: hours, again }),
  });
  await host.whenIdle();
  expect(host.durable.getStatus('l')?.runtimeStatus).toBe('Running');
  expect(host.durable.getGenerations('l')).toHaveLength(1);
  expect(host.logged.join()).toContain('1 tasks are open');
  await host.runUntil(() => host.durable.getStatus('l')?.runtimeStatus === 'Completed');
  expect(host.clock.now() - startedAt).toBe(again ? 2 * hours : hours);
});

test('a cancelled timer of many days is well before its first part has passed', async () => {
  host = await startTestHost();
  host.durable.start('race', { instanceId: 'r', input: JSON.stringify({ waitMs: 20 * days }) });
  await host.whenIdle();
  host.clock.advance(2 * days);
  host.durable.raiseEvent('r', 'decision', '1');
  await host.whenIdle();
  expect(host.durable.getStatus('r')?.output).toEqual({ decided: 1 });
});

test('a timer of many days cancelled after its first part is found, as Azure would fail', async () => {
  host = await startTestHost();
  host.durable.start('race', { instanceId: 'r', input: JSON.stringify({ waitMs: 20 * days }) });
  await host.whenIdle();
  host.clock.advance(4 * days);
  await host.whenIdle();
  host.durable.raiseEvent('r', 'decision', '1');
  await host.whenIdle();
  expect(host.durable.getStatus('r')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringMatching(/a timer due at .* the code now schedules activity 'echo'/),
  });
});

test('versions: the default, an own one, none', async () => {
  host = await startTestHost({
    hostJson: { extensions: { durableTask: { defaultVersion: '2' } } },
  });
  const { output } = await host.runOrchestration('chain', { words: [] });
  expect(output).toEqual({ said: [], version: '2' });
  host.durable.start('chain', { instanceId: 'v', version: '1.5', input: '{"words":[]}' });
  await host.whenIdle();
  expect(host.durable.getStatus('v')?.output).toEqual({ said: [], version: '1.5' });
});

test('completions delivered twice change nothing', async () => {
  host = await startTestHost({ deliverActivityCompletionsTwice: true });
  expect((await host.runOrchestration('fanOut', 5)).output).toHaveLength(5);
  const { output, instanceId } = await host.runOrchestration('chain', { words: ['a', 'b'] });
  expect(output).toEqual({ said: ['a', 'b'], version: null });
  expect(eventCount(instanceId, eventTypes.taskCompleted)).toBe(2);
});

test('activities can be run twice', async () => {
  host = await startTestHost({ runActivitiesTwice: true });
  const { output } = await host.runOrchestration('retrying', { times: 1, attempts: 1 });
  expect(output).toEqual(['at last', 'after']);
});

test('code that is not deterministic fails its instance loudly', async () => {
  host = await startTestHost();
  host.durable.start('random', { instanceId: 'd' });
  await host.whenIdle();
  host.durable.raiseEvent('d', 'go', null);
  await host.whenIdle();
  expect(host.durable.getStatus('d')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringContaining('Non-deterministic orchestration'),
  });
  expect(host.logged.join()).toContain("activity 'echo' (input 0.");
});

test('a task yielded again in a second race is noticed', async () => {
  host = await startTestHost();
  host.durable.start('yieldsTwice', { instanceId: 'y' });
  await host.whenIdle();
  host.durable.raiseEvent('y', 'one', null);
  await host.whenIdle();
  expect(host.durable.getStatus('y')).toMatchObject({
    runtimeStatus: 'Failed',
    output: expect.stringContaining('the SDK has given away'),
  });
});

test('calling an activity that does not exist fails the orchestration', async () => {
  host = await startTestHost();
  const { output } = await host.runOrchestration('callsMissing');
  expect(output).toContain("there is no activity function named 'noSuchActivity'");
});

test('suspended instances do nothing until they are resumed', async () => {
  host = await startTestHost();
  host.durable.start('collect', { instanceId: 'c' });
  await host.whenIdle();
  host.durable.suspend('c', 'a pause');
  await host.whenIdle();
  host.durable.raiseEvent('c', 'item', '1');
  host.durable.raiseEvent('c', 'item', '2');
  await host.whenIdle();
  expect(host.durable.getStatus('c')?.runtimeStatus).toBe('Suspended');
  host.durable.resume('c', 'on');
  await host.whenIdle();
  expect(host.durable.getStatus('c')).toMatchObject({
    runtimeStatus: 'Completed',
    output: [1, 2],
  });
});

test('a terminated instance ends with the reason and drops what comes later', async () => {
  host = await startTestHost();
  host.durable.start('sleep', { instanceId: 't', input: '1000' });
  await host.whenIdle();
  host.durable.terminate('t', 'enough');
  await host.whenIdle();
  expect(host.durable.getStatus('t')).toMatchObject({
    runtimeStatus: 'Terminated',
    output: 'enough',
  });
  host.clock.advance(2000);
  await host.whenIdle();
  expect(host.durable.getStatus('t')?.runtimeStatus).toBe('Terminated');
  expect(host.durable.raiseEvent('t', 'x', null)).toBe('finished');
});

test('a turn keeps the time at which it became due, however far the clock jumps', async () => {
  host = await startTestHost();
  host.durable.start('sleep', { instanceId: 's', input: JSON.stringify(hours) });
  await host.whenIdle();
  host.clock.advance(5 * days);
  await host.whenIdle();
  expect(host.durable.getStatus('s')?.output).toBe(hours);
});
