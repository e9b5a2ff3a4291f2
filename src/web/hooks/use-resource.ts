import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import { isAbort, problemOf } from '../api/api-error.ts';
import { nextDelay, type PollPlan } from './poll-plan.ts';

export interface Resource<T> {
  /** The last that was read; stays while it is read again or cannot be. */
  readonly data: T | undefined;
  /** Why the last reading failed. */
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
}

interface Options<T> {
  /** Reads again and again: quickly while something changes, then ever more slowly, never in a hidden tab. */
  readonly poll?: PollPlan;
  /** Whether there is anything more to wait for. Default: always. */
  readonly isSettled?: (data: T) => boolean;
}

interface State<T> {
  readonly key: string;
  readonly data: T | undefined;
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
}

/**
 * Reads something of the API for a component. Another `key` is another thing: what was read before is dropped, and a late
 * answer to it is ignored.
 */
export function useResource<T>(
  key: string,
  load: (signal: AbortSignal) => Promise<T>,
  options: Options<T> = {},
): Resource<T> {
  const [state, setState] = useState<State<T>>(() => empty(key));
  const [attempt, setAttempt] = useState(0);
  const latest = useRef({ load, options });
  latest.current = { load, options };

  useEffect(() => {
    const reading = startReading<T>(
      (signal) => latest.current.load(signal),
      () => latest.current.options,
      (change) =>
        setState((before) => ({
          ...(before.key === key ? before : empty<T>(key)),
          ...change,
        })),
    );
    return reading.stop;
  }, [key, attempt]);

  const reload = useCallback(() => setAttempt((count) => count + 1), []);
  const current = state.key === key ? state : empty<T>(key);
  return { data: current.data, problem: current.problem, isLoading: current.isLoading, reload };
}

const empty = <T>(key: string): State<T> => ({
  key,
  data: undefined,
  problem: undefined,
  isLoading: true,
});

/** Reads once, and on as the plan of polling says. */
function startReading<T>(
  load: (signal: AbortSignal) => Promise<T>,
  options: () => Options<T>,
  report: (change: Partial<Omit<State<T>, 'key'>>) => void,
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
    if (abort.signal.aborted || poll === undefined || isSettled) return;
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
