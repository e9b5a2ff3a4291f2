import { afterEach, expect, test } from 'vitest';
import { eventTypes } from '../../../src/local/host/durable/history.ts';
import { replayHistory } from '../../../src/local/host/replay.ts';
import { buildApp, buildSource, startTestHost, type TestHost } from './test-host.ts';

let host: TestHost | undefined;

afterEach(async () => {
  await host?.close();
});

const cases: [name: string, input: unknown, event?: string][] = [
  ['chain', { words: ['a', 'b'] }],
  ['kinds', null],
  ['fanOut', 5],
  ['sleep', 20 * 24 * 60 * 60 * 1000],
  ['race', { waitMs: 1000 }],
  ['race', { waitMs: 1000 }, 'decision'],
  ['parent', ['x']],
  ['failing', null],
  ['parentOfFailing', null],
  ['retrying', { times: 9, attempts: 3 }],
  ['counter', { count: 1, limit: 3 }],
  ['status', null, 'go'],
  ['failFastAll', null, 'release'],
];

test.each(cases)('a history of %s %j %s replays at every prefix', async (name, input, event) => {
  host = await startTestHost();
  host.durable.start(name, { instanceId: 'i', input: JSON.stringify(input) });
  await host.whenIdle();
  if (event) {
    host.durable.raiseEvent('i', event, '"go"');
  }
  await host.runUntil(() => host?.durable.getHistory('i').at(-1)?.EventType === 1);
  const appFile = await buildApp('workflows');
  for (const { history } of host.durable.getGenerations('i')) {
    const report = await replayHistory({ appFile, orchestration: name, history });
    expect(report).toEqual({ matches: true, turns: expect.any(Number), differences: [] });
    expect(report.turns).toBe(
      history.filter((e) => e.EventType === eventTypes.orchestratorCompleted).length,
    );
  }
});

function appWith(body: string): Promise<string> {
  return buildSource(`
    import * as df from 'durable-functions';
    df.app.activity('note', { handler: (input: unknown) => input });
    df.app.orchestration('chain', function* (context) { ${body} });`);
}

async function historyOfChain() {
  host = await startTestHost();
  const { instanceId } = await host.runOrchestration('chain', { words: ['a', 'b'] });
  return host.durable.getHistory(instanceId);
}

test('another order of activities is found', async () => {
  const history = await historyOfChain();
  const appFile = await appWith(`
    yield context.df.callActivity('note', 'b');
    yield context.df.callActivity('note', 'a');`);
  const report = await replayHistory({ appFile, orchestration: 'chain', history });
  expect(report.matches).toBe(false);
  expect(report.differences[0]).toMatch(/^Turn 1: .*\\"a\\".*\\"b\\"/);
});

test('a further activity at the end is found', async () => {
  const history = await historyOfChain();
  const appFile = await appWith(`
    const said: unknown[] = [];
    for (const word of ['a', 'b', 'c']) { said.push(yield context.df.callActivity('note', word)); }
    return { said, version: null };`);
  const report = await replayHistory({ appFile, orchestration: 'chain', history });
  expect(report.differences[0]).toMatch(/^Turn 3: the history holds nothing new/);
});

test('another result is found', async () => {
  const history = await historyOfChain();
  const appFile = await appWith(`
    yield context.df.callActivity('note', 'a');
    yield context.df.callActivity('note', 'b');
    return 'something else';`);
  const report = await replayHistory({ appFile, orchestration: 'chain', history });
  expect(report.differences[0]).toMatch(/^Turn 3: .*now it is completed with "something else"/);
});

test('an orchestration that was removed is an error with a remedy', async () => {
  const history = await historyOfChain();
  const appFile = await appWith('return 1;');
  await expect(replayHistory({ appFile, orchestration: 'gone', history })).rejects.toMatchObject({
    code: 'bad-history',
    remedy: expect.stringContaining('must stay registered'),
  });
});
