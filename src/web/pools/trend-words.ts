import type { PoolUsageSample } from '../../model/api/pool-views.ts';
import type { Family } from './prefix.ts';
import type { UsageTrend } from './usage-trend.ts';
import { writeCount, writeShare } from './write-count.ts';

const day = new Intl.DateTimeFormat('en-GB', { day: 'numeric', month: 'long', year: 'numeric' });

/** A trend in a sentence or two. */
export function trendWords(
  { points, fullAt }: UsageTrend,
  samples: readonly PoolUsageSample[],
  family: Family,
): string {
  const [first, last] = [samples[0], samples.at(-1)];
  const [start, end] = [points[0], points.at(-1)];
  if (!first || !last || !start || !end) return 'There are no samples yet.';
  const share = (sample: PoolUsageSample): string =>
    writeShare(BigInt(sample.allocatedIpAddresses), BigInt(sample.totalIpAddresses));
  if (points.length === 1) {
    return `${share(last)} was allocated on ${day.format(end.at)}, the only sample so far.`;
  }
  const change = BigInt(last.allocatedIpAddresses) - BigInt(first.allocatedIpAddresses);
  const count = writeCount(family, change < 0n ? -change : change);
  const moved = change === 0n ? 'unchanged' : `${count} ${change > 0n ? 'more' : 'fewer'}`;
  const period =
    `From ${share(first)} on ${day.format(start.at)} to ${share(last)} on ${day.format(end.at)}: ` +
    `${moved}.`;
  return fullAt === undefined
    ? period
    : `${period} If it goes on like this, the pool is full around ${day.format(fullAt)}.`;
}
