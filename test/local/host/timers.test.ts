import { afterEach, expect, test } from 'vitest';
import { VirtualClock } from '../../../src/local/clock.ts';
import { nextOccurrence, parseSchedule } from '../../../src/local/host/ncrontab.ts';
import { buildSource, newDatabaseFile, startTestHost, type TestHost } from './test-host.ts';

let host: TestHost | undefined;

afterEach(async () => {
  await host?.close();
});

const start = '2026-01-01T00:00:00.000Z';

test.each([
  ['*/15 * * * * *', start, '2026-01-01T00:00:15.000Z'],
  ['0 */5 * * * *', '2026-01-01T00:00:01.500Z', '2026-01-01T00:05:00.000Z'],
  ['0 30 9-17 * * 1-5', '2026-01-02T17:30:00.000Z', '2026-01-05T09:30:00.000Z'],
  ['0 0 0 29 2 *', start, '2028-02-29T00:00:00.000Z'],
  ['0 0 3 1,15 */6 *', start, '2026-01-01T03:00:00.000Z'],
  ['0 0 0 31 4 *', start, undefined],
])('the schedule %s comes after %s at %s', (expression, after, expected) => {
  const next = nextOccurrence(parseSchedule(expression), Date.parse(after));
  expect(next === undefined ? undefined : new Date(next).toISOString()).toBe(expected);
});

test.each([
  '0 0 * * MON',
  '* * * * *',
  '60 * * * * *',
  '0 0 0 L * *',
  '*/0 * * * * *',
  '0 5-1 * * * *',
])('the schedule %s is refused', (expression) => {
  expect(() => parseSchedule(expression)).toThrow(/Write six fields/);
});

test('a timer function runs on the clock, and once for what it missed', async () => {
  const appFile = await buildSource(`
    import { app } from '@azure/functions';
    globalThis.timerRuns ??= [];
    app.timer('tick', { schedule: '0 */10 * * * *', handler: (timer) => {
      globalThis.timerRuns.push([timer.isPastDue, timer.scheduleStatus.next]);
    } });`);
  const runs = () => (globalThis as { timerRuns?: unknown[] }).timerRuns;
  const clock = new VirtualClock(Date.parse(start));
  const databaseFile = newDatabaseFile();
  host = await startTestHost({ appFile, clock, databaseFile });
  for (const _ of [1, 2]) {
    clock.advance(10 * 60_000);
    await host.whenIdle();
  }
  const expected = [
    [false, '2026-01-01T00:20:00.000Z'],
    [false, '2026-01-01T00:30:00.000Z'],
  ];
  expect(runs()).toEqual(expected);
  await host.close();
  clock.advance(60 * 60_000);
  host = await startTestHost({ appFile, clock, databaseFile });
  await host.whenIdle();
  expect(runs()).toEqual([...expected, [true, '2026-01-01T01:30:00.000Z']]);
});
