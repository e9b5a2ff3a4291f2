import { describe, expect, test } from 'vitest';
import { usageTrendOf } from '../../../src/web/pools/usage-trend.ts';

const start = Date.parse('2026-05-01T00:00:00Z');
const day = 86_400_000;
const sample = (days: number, allocated: bigint, total = 1000n) => ({
  at: new Date(start + days * day).toISOString(),
  allocatedIpAddresses: String(allocated),
  totalIpAddresses: String(total),
});

describe('the trend of a usage', () => {
  test('no sample is no point, one sample is one, and neither is a forecast', () => {
    expect(usageTrendOf([])).toEqual({ points: [], scale: 0.01 });
    expect(usageTrendOf([sample(0, 250n)])).toEqual({
      points: [{ at: start, share: 0.25 }],
      scale: 0.5,
    });
  });

  test('points are in order, one for each moment, and what has no time is left out', () => {
    const { points } = usageTrendOf([
      sample(2, 300n),
      sample(0, 100n),
      sample(2, 400n),
      { ...sample(1, 200n), at: 'yesterday' },
    ]);
    expect(points).toEqual([
      { at: start, share: 0.1 },
      { at: start + 2 * day, share: 0.4 },
    ]);
  });

  test('numbers of IPv6 lose nothing that can be seen', () => {
    const { points } = usageTrendOf([sample(0, 3n << 94n, 1n << 96n)]);
    expect(points[0]?.share).toBe(0.75);
  });

  test('a steady growth says when the pool is full', () => {
    const steady = [0, 2, 4, 6, 8, 10].map((days) => sample(days, BigInt(500 + days * 10)));
    expect(Math.round(((usageTrendOf(steady).fullAt ?? 0) - start) / day)).toBe(50);
  });

  test('nothing is foretold of few samples, a short time, no growth, or what is years away', () => {
    const growing = [0, 2, 4, 6, 8, 10].map((days) => sample(days, BigInt(500 + days * 10)));
    expect(usageTrendOf([growing.slice(0, 3), growing.slice(-1)].flat()).fullAt).toBeUndefined();
    const hours = growing.map((each, at) => ({ ...each, at: sample(at / 24, 0n).at }));
    expect(usageTrendOf(hours).fullAt).toBeUndefined();
    expect(
      usageTrendOf(growing.map((each) => ({ ...each, allocatedIpAddresses: '500' }))).fullAt,
    ).toBeUndefined();
    const slow = [0, 2, 4, 6, 8, 10].map((days) => sample(days, BigInt(10 + days), 1_000_000n));
    expect(usageTrendOf(slow).fullAt).toBeUndefined();
  });
});
