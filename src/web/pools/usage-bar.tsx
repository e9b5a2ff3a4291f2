import { useId } from 'preact/hooks';
import { shareOf } from '../sizes.ts';
import { MapPatterns } from './map-patterns.tsx';
import type { PoolUsage } from './pool-usage.ts';

/** What is not nothing can be seen, be it ever so little. */
const leastPercent = 0.6;

/** A pool as a bar: allocated, reserved, free. The numbers stand beside it, so it is decoration. */
export function UsageBar({ usage }: { usage: PoolUsage }) {
  const id = useId();
  const percent = (part: bigint): number =>
    part === 0n ? 0 : Math.max(leastPercent, shareOf(part, usage.total) * 100);
  const allocated = percent(usage.allocated);
  const reserved = Math.min(percent(usage.reserved), 100 - allocated);
  return (
    <svg class="usage-bar" width="100%" height="14" aria-hidden="true" focusable="false">
      <MapPatterns id={id} />
      <rect class="fill-free" width="100%" height="14" rx="3" />
      <rect class="fill-allocated" width={`${allocated}%`} height="14" rx="3" />
      <rect
        x={`${allocated}%`}
        width={`${reserved}%`}
        height="14"
        rx="3"
        fill={`url(#${id}-reserved)`}
      />
    </svg>
  );
}
