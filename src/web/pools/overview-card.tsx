import type { PoolDetail } from '../../model/api/pool-views.ts';
import { Card } from '../components/card.tsx';
import type { AddressSpace } from './address-space.ts';
import { type FreeSpace, freeSpaceOf } from './free-space.ts';
import { mapHref } from './map-query.ts';
import { poolUsageOf } from './pool-usage.ts';
import { addressCountOf } from './prefix.ts';
import { UsageBar } from './usage-bar.tsx';
import { LevelBadge, UsageWords } from './usage-words.tsx';
import { windowAround } from './window-path.ts';
import { writeCount, writeLarge } from './write-count.ts';
import { writePrefix } from './write-prefix.ts';

interface Props {
  readonly pool: PoolDetail;
  readonly space: AddressSpace;
  readonly query: URLSearchParams;
}

/** How full the pool is, and in what pieces its free space is. */
export function OverviewCard({ pool, space, query }: Props) {
  const usage = poolUsageOf(pool);
  if (usage === undefined) return null;
  const free = freeSpaceOf(space);
  return (
    <Card title="Usage" beside={<LevelBadge usage={usage} />}>
      <UsageBar usage={usage} />
      <div class="overview">
        <UsageWords usage={usage} family={pool.family} />
        {free.largest !== undefined && (
          <FreeWords free={free} largest={free.largest} space={space} query={query} />
        )}
      </div>
    </Card>
  );
}

interface FreeProps {
  readonly free: FreeSpace;
  readonly largest: NonNullable<FreeSpace['largest']>;
  readonly space: AddressSpace;
  readonly query: URLSearchParams;
}

function FreeWords({ free, largest, space, query }: FreeProps) {
  return (
    <div class="free-words">
      <p>
        Largest free block:{' '}
        <a class="mono strong" href={mapHref(query, windowAround(space, largest), largest)}>
          {writePrefix(largest)}
        </a>{' '}
        <span class="muted small">
          {writeCount(largest.family, addressCountOf(largest))}, {free.percentInLargest}% of what is
          free
        </span>
      </p>
      <p class="small muted" id="fits-title">
        Blocks that still fit, each in one piece:
      </p>
      <ul class="fits" aria-labelledby="fits-title">
        {free.fits.map(({ length, count }) => (
          <li key={length}>
            <strong class="mono">/{length}</strong> <span>{writeLarge(count)}</span>
          </li>
        ))}
      </ul>
    </div>
  );
}
