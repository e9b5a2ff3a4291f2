import type { PoolUsageSample } from '../../model/api/pool-views.ts';
import { shareOf } from '../sizes.ts';

export interface UsagePoint {
  /** Milliseconds since 1970. */
  readonly at: number;
  /** Between 0 and 1. */
  readonly share: number;
}

export interface UsageTrend {
  /** Oldest first, one for each moment. */
  readonly points: readonly UsagePoint[];
  /** Upper end of the scale, between 0 and 1: so low that the line can be told from the axis. */
  readonly scale: number;
  /** When the pool is full if it goes on like this; undefined where there is too little to say so. */
  readonly fullAt?: number;
}

const day = 86_400_000;
/** A forecast needs so many samples over so long a time, or it is a guess. */
const forecastSamples = 5;
const forecastSpan = 7 * day;
/** Further ahead nobody plans, and no line is straight. */
const forecastHorizon = 730 * day;

const scales = [0.01, 0.02, 0.05, 0.1, 0.2, 0.5, 1];

export function usageTrendOf(samples: readonly PoolUsageSample[]): UsageTrend {
  const byTime = new Map<number, number>();
  for (const { at, allocatedIpAddresses, totalIpAddresses } of samples) {
    const time = Date.parse(at);
    if (Number.isNaN(time)) continue;
    byTime.set(time, shareOf(BigInt(allocatedIpAddresses), BigInt(totalIpAddresses)));
  }
  const points = [...byTime]
    .map(([at, share]) => ({ at, share }))
    .sort((left, right) => left.at - right.at);
  const highest = points.reduce((most, { share }) => Math.max(most, share), 0);
  const scale = scales.find((each) => each >= highest) ?? 1;
  const fullAt = forecast(points);
  return { points, scale, ...(fullAt !== undefined && { fullAt }) };
}

/** Least squares through all points, from the last one on. */
function forecast(points: readonly UsagePoint[]): number | undefined {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.length < forecastSamples) {
    return undefined;
  }
  if (last.at - first.at < forecastSpan) return undefined;
  const mean = (of: (point: UsagePoint) => number): number =>
    points.reduce((sum, point) => sum + of(point), 0) / points.length;
  const [meanDay, meanShare] = [mean(({ at }) => (at - first.at) / day), mean((p) => p.share)];
  let [covariance, variance] = [0, 0];
  for (const { at, share } of points) {
    const distance = (at - first.at) / day - meanDay;
    covariance += distance * (share - meanShare);
    variance += distance * distance;
  }
  const perDay = covariance / variance;
  const days = (1 - last.share) / perDay;
  return perDay > 0 && days * day <= forecastHorizon ? last.at + days * day : undefined;
}
