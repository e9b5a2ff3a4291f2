import type { Problem } from '../../model/api/problems.ts';
import { isAbort, problemOf } from '../api/api-error.ts';
import { nextDelay, type PollPlan } from './poll-plan.ts';

export interface ReadingOptions<T> {
  /** Reads again and again: quickly while something changes, then ever more slowly, never in a hidden tab. */
  readonly poll?: PollPlan;
  /** Whether there is anything more to wait for. Default: always. */
  readonly isSettled?: (data: T) => boolean;
}

/** What of a state changes. */
export interface Reading<T> {
  readonly data?: T;
  readonly problem?: Problem | undefined;
  readonly isLoading: boolean;
}

/** Reads once, and on as the plan of polling says. */
export function startReading<T>(
  load: (signal: AbortSignal) => Promise<T>,
  options: () => ReadingOptions<T>,
  report: (change: Reading<T>) => void,
): { stop: () => void } {
  const abort = new AbortController();
  let timer: ReturnType<typeof setTimeout> | undefined;
  let delay: number | undefined;
  let before: string | undefined;
  let isDue = false;

  const read = async (): Promise<void> => {
    timer = undefined;
    isDue = false;
    report({ isLoading: true });
    let isSettled = false;
    let isNews = false;
    try {
      const data = await load(abort.signal);
      if (abort.signal.aborted) return;
      const text = JSON.stringify(data);
      isNews = text !== before;
      before = text;
      isSettled = options().isSettled?.(data) ?? false;
      report(isNews ? { data, problem: undefined, isLoading: false } : settled);
    } catch (error) {
      if (abort.signal.aborted || isAbort(error)) return;
      report({ problem: problemOf(error), isLoading: false });
    }
    const { poll } = options();
    if (poll === undefined || isSettled) return;
    delay = nextDelay(poll, isNews ? undefined : delay);
    timer = setTimeout(readWhenVisible, delay);
  };
  const readWhenVisible = (): void => {
    if (document.hidden) isDue = true;
    else void read();
  };
  const onVisible = (): void => {
    if (!document.hidden && isDue) void read();
  };
  document.addEventListener('visibilitychange', onVisible);
  void read();
  return {
    stop: () => {
      abort.abort();
      clearTimeout(timer);
      document.removeEventListener('visibilitychange', onVisible);
    },
  };
}

const settled = { problem: undefined, isLoading: false } as const;
