import { useCallback, useEffect, useRef, useState } from 'preact/hooks';
import type { Problem } from '../../model/api/problems.ts';
import { type ReadingOptions, startReading } from './start-reading.ts';

export interface Resource<T> {
  /** The last that was read; stays while it is read again or cannot be. */
  readonly data: T | undefined;
  /** Why the last reading failed. */
  readonly problem: Problem | undefined;
  readonly isLoading: boolean;
  readonly reload: () => void;
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
  options: ReadingOptions<T> = {},
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
