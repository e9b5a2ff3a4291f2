import { Badge } from '../components/badge.tsx';
import { Swatch } from './map-legend.tsx';
import type { PoolUsage } from './pool-usage.ts';
import type { Family } from './prefix.ts';
import { writeCount, writeShare } from './write-count.ts';

/** Says when a pool is nearly full; nothing otherwise. */
export function LevelBadge({ usage }: { usage: PoolUsage }) {
  if (usage.level === 'roomy') return null;
  return usage.level === 'full' ? (
    <Badge tone="bad" icon="warning">
      Full
    </Badge>
  ) : (
    <Badge tone="warning" icon="warning">
      Nearly full
    </Badge>
  );
}

/** Allocated, reserved and free with counts and shares: the words to a bar. */
export function UsageWords({ usage, family }: { usage: PoolUsage; family: Family }) {
  const rows = [
    ['allocated', 'Allocated', usage.allocated],
    ['reserved', 'Reserved', usage.reserved],
    ['free', 'Free', usage.free],
  ] as const;
  return (
    <dl class="usage-words">
      {rows.map(([kind, label, count]) => (
        <div key={kind}>
          <dt>
            <Swatch kind={kind} /> {label}
          </dt>
          <dd>
            <strong>{writeShare(count, usage.total)}</strong>
            <span class="muted small"> {writeCount(family, count)}</span>
          </dd>
        </div>
      ))}
    </dl>
  );
}
