import { expect, it } from 'vitest';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import type { AwaitDecisionInput } from '../../src/orchestrations/await-decision.ts';
import { type Answers, Driver } from './drive.ts';

const day = 24 * 3600;

function awaitDecision(
  readDecision: (atSeconds: number) => ReturnType<Required<Answers>['readDecision']>,
  { wakeAtSeconds }: { wakeAtSeconds?: number } = {},
) {
  const driver: Driver = new Driver(
    { readDecision: () => readDecision(driver.calls.at(-1)?.at ?? 0) },
    wakeAtSeconds === undefined ? {} : { wakeAtSeconds },
  );
  const input: AwaitDecisionInput = {
    requestId: 'REQ-1',
    planHash: 'the-plan',
    deadline: driver.now + 3 * day * 1000,
    retrySeconds: 60,
  };
  return driver.run('awaitDecision', input);
}

const none = success({ status: 'none' } as const);
const approved = success({ status: 'approved', by: 'Alex' } as const);
const approvedAfter = (seconds: number) => (at: number) => (at >= seconds ? approved : none);

it('a decision is seen at once when its event wakes the workflow', () => {
  const run = awaitDecision(approvedAfter(100), { wakeAtSeconds: 100 });
  expect(run.output).toEqual(approved);
  expect(run.seconds).toBe(100);
  expect(run.openTimers).toBe(0);
});

it('a decision whose event was lost is seen within a quarter of an hour', () => {
  const run = awaitDecision(approvedAfter(10_000));
  expect(run.output).toEqual(approved);
  expect(run.seconds - 10_000).toBeLessThanOrEqual(15 * 60);
});

it('an event without a decision of the ledger decides nothing', () => {
  const run = awaitDecision(() => none, { wakeAtSeconds: 100 });
  expect(run.output).toEqual(success({ status: 'expired' }));
});

it('the wait ends exactly at its time limit, after a last look', () => {
  const run = awaitDecision(() => none);
  expect(run.output).toEqual(success({ status: 'expired' }));
  expect(run.seconds).toBe(3 * day);
  expect(run.calls.at(-1)?.at).toBe(3 * day);

  expect(awaitDecision(approvedAfter(3 * day)).output).toEqual(approved);
});

it('a long wait starts a fresh history now and then', () => {
  const run = awaitDecision(() => none);
  expect(run.calls.length / run.generations).toBeLessThanOrEqual(20);
});

it('a ledger that cannot be read for good ends the wait with its error', () => {
  const refused = failure(vendingError('AzureRefused', 'No.'));
  expect(awaitDecision(() => refused).output).toEqual(refused);
});
