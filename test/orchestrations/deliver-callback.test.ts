import { describe, expect, it } from 'vitest';
import type { CallbackInput } from '../../src/activities/callbacks/callback-contracts.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, type Outcome, success } from '../../src/model/outcome.ts';
import { Driver, type Run } from './drive.ts';

const input: CallbackInput = {
  callback: 'tickets',
  event: {
    specversion: '1.0',
    id: 'REQ-1:request.submitted',
    source: '/vnet-vending',
    type: 'com.vnetvending.request.submitted.v1',
    time: '2026-11-22T00:00:00.000Z',
    datacontenttype: 'application/json',
    data: {},
  },
  delivery: 'callback-1',
};

const refused = (code: ErrorCode, retryAfterSeconds?: number): Outcome<never> =>
  failure(
    vendingError(
      code,
      `${code} it is.`,
      retryAfterSeconds === undefined ? {} : { retryAfterSeconds },
    ),
  );

/** Delivers; the number of the attempt counts from 1. */
const deliver = (
  answer: (attempt: number) => Outcome<null>,
  keep: (attempt: number) => Outcome<null> = () => success(null),
): Run => {
  let keeps = 0;
  return new Driver({
    postCallback: ({ attempt }) => answer(attempt),
    keepFailedCallback: () => {
      keeps++;
      return keep(keeps);
    },
  }).run('deliverCallback', input);
};

const times = ({ calls }: Run, name: string) =>
  calls.filter(({ activity }) => activity === name).map(({ at }) => at);
const delays = (run: Run) =>
  times(run, 'postCallback')
    .slice(1)
    .map((at, index) => at - (times(run, 'postCallback')[index] ?? 0));

describe('the delivery of an event', () => {
  it('is one attempt, where that is accepted', () => {
    const run = deliver(() => success(null));
    expect(run.output).toBe('delivered');
    expect(run.calls).toMatchObject([
      { activity: 'postCallback', input: { ...input, attempt: 1 } },
    ]);
  });

  it('is tried again after 5, 10, 20, ... seconds, then every hour', () => {
    const run = deliver((attempt) =>
      attempt > 14 ? success(null) : refused('CallbackNotAccepted'),
    );
    expect(delays(run)).toEqual([
      5, 10, 20, 40, 80, 160, 320, 640, 1280, 2560, 3600, 3600, 3600, 3600,
    ]);
    expect(run.output).toBe('delivered');
    expect(times(run, 'keepFailedCallback')).toEqual([]);
  });

  it.each<ErrorCode>(['CallbackUnreachable', 'CallbackAddressRefused', 'CallbackSettingInvalid'])(
    'is tried again after %s: somebody may repair it',
    (code) => {
      const run = deliver((attempt) => (attempt > 2 ? success(null) : refused(code)));
      expect(delays(run)).toEqual([5, 10]);
      expect(run.output).toBe('delivered');
    },
  );

  it('is tried again after what nobody foresaw', () => {
    const run = deliver((attempt) => {
      if (attempt === 1) throw new Error('the disk is full');
      return success(null);
    });
    expect(run.output).toBe('delivered');
  });

  it('is tried no sooner than the receiver asked for, nor later than the backoff would have it', () => {
    const asked = [120, 1];
    const run = deliver((attempt) =>
      attempt > 2 ? success(null) : refused('CallbackNotAccepted', asked[attempt - 1]),
    );
    expect(delays(run)).toEqual([120, 10]);
  });
});

describe('an event that cannot be delivered', () => {
  it('is tried a last time after a day, then kept with the last reason', () => {
    const run = deliver(() => refused('CallbackNotAccepted'));
    const attempts = times(run, 'postCallback');
    expect(attempts.at(-1)).toBe(24 * 3600);
    expect(attempts.length).toBeLessThan(40);
    expect(run.calls.at(-1)).toMatchObject({
      activity: 'keepFailedCallback',
      input: { ...input, attempts: attempts.length, error: { code: 'CallbackNotAccepted' } },
    });
    expect(run.output).toBe('kept');
  });

  it('is tried a last time when the day is over, however long the receiver asks to wait', () => {
    const run = deliver(() => refused('CallbackNotAccepted', 20 * 3600));
    expect(times(run, 'postCallback')).toEqual([0, 20 * 3600, 24 * 3600]);
    expect(run.output).toBe('kept');
  });

  it('is kept at once where the receiver wants no more', () => {
    const run = deliver(() => refused('CallbackWithdrawn'));
    expect(run.calls.map(({ activity }) => activity)).toEqual([
      'postCallback',
      'keepFailedCallback',
    ]);
    expect(run.seconds).toBe(0);
  });

  it('is kept even if the broker is away for days', () => {
    const run = deliver(
      () => refused('CallbackWithdrawn'),
      (attempt) => (attempt > 100 ? success(null) : refused('Unexpected')),
    );
    expect(run.output).toBe('kept');
    expect(run.seconds).toBeGreaterThan(3 * 24 * 3600);
  });

  it('is the input of an instance that failed, if it can never be kept', () => {
    expect(() =>
      deliver(
        () => refused('CallbackWithdrawn'),
        () => refused('Unexpected'),
      ),
    ).toThrow(/REQ-1:request.submitted/);
  });
});
