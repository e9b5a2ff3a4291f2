import { Icon } from '../components/icon.tsx';
import { RelativeTime } from '../components/relative-time.tsx';

const soonMilliseconds = 4 * 3_600_000;

/** When an approval expires; said louder when that is soon. */
export function Deadline({ at }: { at: string | undefined }) {
  if (at === undefined) return <span class="muted">–</span>;
  const isSoon = Date.parse(at) - Date.now() < soonMilliseconds;
  return (
    <span class={isSoon ? 'deadline deadline-soon' : 'deadline'}>
      {isSoon && <Icon name="warning" />}
      <RelativeTime at={at} />
    </span>
  );
}
