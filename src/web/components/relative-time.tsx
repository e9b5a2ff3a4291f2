import { useEffect, useState } from 'preact/hooks';
import { absoluteTime, relativeTime } from './times.ts';

/** How long ago or in what time, kept up to date; the exact time on hovering and for copying. */
export function RelativeTime({ at }: { at: string }) {
  const [, setTick] = useState(0);
  useEffect(() => {
    const timer = setInterval(() => setTick((tick) => tick + 1), 20_000);
    return () => clearInterval(timer);
  }, []);
  return (
    <time dateTime={at} title={absoluteTime(at)}>
      {relativeTime(at, Date.now())}
    </time>
  );
}
