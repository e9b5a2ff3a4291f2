import { describe, expect, it } from 'vitest';
import type { PollAnswer } from '../../src/activities/activity-contracts.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, type Outcome, success } from '../../src/model/outcome.ts';
import type { PollInput } from '../../src/orchestrations/poll-until-done.ts';
import { Driver, type Run } from './drive.ts';

const running = (retryAfterSeconds?: number): Outcome<PollAnswer<null>> =>
  success({ done: false, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
const done = success({ done: true, value: null } as const);
const unavailable = () => failure(vendingError('AzureUnavailable', 'It did not answer.'));

interface Limits {
  readonly boundSeconds?: number;
  readonly retrySeconds?: number;
}

/** Polls until an answer ends it; the number of the poll counts from 1. */
function poll(
  answer: (number: number) => Outcome<PollAnswer<null>>,
  { boundSeconds = 1_000, retrySeconds = 100 }: Limits = {},
): Run {
  let number = 0;
  const driver = new Driver({
    trackDeployment: () => {
      number++;
      return answer(number);
    },
  });
  const input: PollInput = {
    requestId: 'REQ-1',
    step: 'track',
    activity: 'trackDeployment',
    deadline: driver.now + boundSeconds * 1000,
    pollSeconds: 30,
    retrySeconds,
    attempt: 1,
  };
  return driver.run('pollUntilDone', input);
}

const times = ({ calls }: Run) => calls.map(({ at }) => at);
const delays = (run: Run) =>
  times(run)
    .slice(1)
    .map((at, index) => Number((at - (times(run)[index] ?? 0)).toFixed(1)));

describe('a poll', () => {
  it('comes soon at first, then slower and slower, up to the pace of the landscape', () => {
    const run = poll((number) => (number > 11 ? done : running()));
    expect(delays(run)).toEqual([0.2, 0.4, 0.8, 1.6, 3.2, 6.4, 12.8, 25.6, 30, 30, 30]);
    expect(run.output).toEqual(success({ status: 'done', value: null }));
  });

  it('comes no sooner than Azure asked for', () => {
    expect(delays(poll((number) => (number > 2 ? done : running(50))))).toEqual([50, 50]);
  });

  it('comes a last time when the time is up, and not after, however long Azure asked to wait', () => {
    const run = poll(() => running(90), { boundSeconds: 100 });
    expect(times(run)).toEqual([0, 90, 100]);
    expect(run.output).toEqual(success({ status: 'timed-out' }));
  });

  it('that comes at the last moment counts', () => {
    const run = poll((number) => (number > 1 ? done : running(90)), { boundSeconds: 90 });
    expect(run.output).toEqual(success({ status: 'done', value: null }));
  });

  it('tells a cancellation', () => {
    const run = poll(() => success({ done: false, cancelRequested: true }));
    expect(run.output).toEqual(success({ status: 'cancelled' }));
  });

  it('starts a fresh history now and then, and keeps its number, its pace and its time limit', () => {
    const run = poll(() => running(1), { boundSeconds: 4_000 });
    expect(run.generations).toBeGreaterThan(1);
    expect(run.calls.length / run.generations).toBeLessThanOrEqual(50);
    expect(run.calls.map(({ input }) => input.attempt)).toEqual(
      run.calls.map((_, index) => index + 1),
    );
    expect(new Set(delays(run).slice(10, -1))).toEqual(new Set([30]));
    expect(run.seconds).toBe(4_000);
  });
});

describe('a poll that fails', () => {
  it('is repeated after 1, 2, 4, ... seconds', () => {
    const run = poll((number) => (number > 4 ? done : unavailable()));
    expect(delays(run)).toEqual([1, 2, 4, 8]);
    expect(run.output).toEqual(success({ status: 'done', value: null }));
  });

  it('gives up when failures in a row take longer than the time for retries', () => {
    const run = poll(unavailable, { retrySeconds: 10 });
    expect(times(run)).toEqual([0, 1, 3, 7]);
    expect(run.output).toMatchObject({
      ok: false,
      error: { code: 'RetriesExhausted', message: expect.stringContaining('4 attempts') },
    });
  });

  it('counts failures in a row only: an answer in between starts the count anew', () => {
    const run = poll((number) => (number > 40 ? done : number % 2 ? unavailable() : running(5)), {
      retrySeconds: 10,
    });
    expect(run.output).toEqual(success({ status: 'done', value: null }));
    const afterFailures = delays(run).filter((_, index) => index % 2 === 0);
    expect(new Set(afterFailures)).toEqual(new Set([1]));
  });

  it('keeps counting failures over a fresh history', () => {
    const run = poll((number) => (number < 49 ? running(1) : unavailable()), {
      boundSeconds: 100_000,
    });
    expect(delays(run).slice(48)).toEqual([1, 2, 4, 8, 16, 32]);
    expect(run.generations).toBe(2);
  });

  it('ends at once on an error that trying again does not cure', () => {
    const refused = failure(vendingError('AzureRefused', 'No.'));
    const run = poll(() => refused);
    expect(run.calls).toHaveLength(1);
    expect(run.output).toEqual(refused);
  });
});
