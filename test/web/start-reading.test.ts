import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest';
import { ApiError } from '../../src/web/api/api-error.ts';
import type { PollPlan } from '../../src/web/hooks/poll-plan.ts';
import { type Reading, startReading } from '../../src/web/hooks/start-reading.ts';
import { problem } from './fake-routes.ts';

const poll: PollPlan = { first: 1_000, factor: 2, most: 8_000 };

/** The part of the browser's document that reading looks at. */
class Tab extends EventTarget {
  hidden = false;

  show(isShown: boolean): void {
    this.hidden = !isShown;
    this.dispatchEvent(new Event('visibilitychange'));
  }
}

describe('reading something again and again', () => {
  let tab: Tab;
  let answer: () => Promise<unknown>;
  let readAt: number[];
  let reports: Reading<unknown>[];
  let stop: () => void;

  beforeEach(() => {
    vi.useFakeTimers({ now: 0 });
    tab = new Tab();
    vi.stubGlobal('document', tab);
    answer = async () => 'same';
    readAt = [];
    reports = [];
  });
  afterEach(() => {
    stop();
    vi.unstubAllGlobals();
    vi.useRealTimers();
  });

  const start = (isSettled?: (data: unknown) => boolean): void => {
    const load = () => {
      readAt.push(Date.now());
      return answer();
    };
    const options = { poll, ...(isSettled === undefined ? {} : { isSettled }) };
    stop = startReading(
      load,
      () => options,
      (change) => reports.push(change),
    ).stop;
  };

  it('becomes rarer while nothing changes', async () => {
    start();
    await vi.advanceTimersByTimeAsync(32_000);

    // The first answer is news; the next reading comes after the shortest time.
    expect(readAt).toEqual([0, 1_000, 3_000, 7_000, 15_000, 23_000, 31_000]);
    expect(reports.filter((report) => 'data' in report)).toHaveLength(1);
  });

  it('is frequent again after news', async () => {
    start();
    await vi.advanceTimersByTimeAsync(10_000);
    answer = async () => 'news';
    await vi.advanceTimersByTimeAsync(7_000);

    expect(readAt).toEqual([0, 1_000, 3_000, 7_000, 15_000, 16_000]);
    expect(reports).toContainEqual({ data: 'news', problem: undefined, isLoading: false });
  });

  it('waits while the tab is hidden, and catches up at once when it is seen', async () => {
    start();
    await vi.advanceTimersByTimeAsync(500);
    tab.show(false);
    await vi.advanceTimersByTimeAsync(100_000);
    expect(readAt).toEqual([0]);

    tab.show(true);
    await vi.advanceTimersByTimeAsync(0);

    expect(readAt).toEqual([0, 100_500]);
    tab.show(true);
    await vi.advanceTimersByTimeAsync(0);
    expect(readAt).toHaveLength(2);
  });

  it('ends when there is nothing more to wait for', async () => {
    start((data) => data === 'end');
    answer = async () => 'end';
    await vi.advanceTimersByTimeAsync(100_000);

    expect(readAt).toEqual([0, 1_000]);
  });

  it('goes on after a failure, which it tells', async () => {
    const failure = problem(503, 'Unavailable', 'No answer.', 'Wait.');
    answer = () => Promise.reject(new ApiError(failure));
    start();
    await vi.advanceTimersByTimeAsync(0);
    expect(reports.at(-1)).toEqual({ problem: failure, isLoading: false });
    answer = async () => 'back';

    await vi.advanceTimersByTimeAsync(1_000);

    expect(reports.at(-1)).toEqual({ data: 'back', problem: undefined, isLoading: false });
  });

  it('tells nothing after it was stopped', async () => {
    answer = () => new Promise((resolve) => setTimeout(() => resolve('late'), 5_000));
    start();
    await vi.advanceTimersByTimeAsync(1_000);
    const before = reports.length;

    stop();
    await vi.advanceTimersByTimeAsync(100_000);

    expect(reports).toHaveLength(before);
    expect(readAt).toEqual([0]);
  });
});
