import { describe, expect, test } from 'vitest';
import { chartScaleOf, writeMoment } from '../../../src/web/pools/chart-scale.ts';
import { trendWords } from '../../../src/web/pools/trend-words.ts';
import { usageTrendOf } from '../../../src/web/pools/usage-trend.ts';

const frame = { left: 50, right: 450, top: 10, bottom: 110 };
const start = Date.parse('2026-05-01T12:00:00Z');
const day = 86_400_000;
const samples = (...shares: number[]) =>
  shares.map((allocated, index) => ({
    at: new Date(start + index * day).toISOString(),
    allocatedIpAddresses: String(allocated),
    totalIpAddresses: '1000',
  }));

describe('the chart of a usage', () => {
  test('points lie in the frame, the first and the last at its sides', () => {
    const { points } = chartScaleOf(usageTrendOf(samples(0, 250, 500)), frame);
    expect(points).toEqual([
      { x: 50, y: 110 },
      { x: 250, y: 60 },
      { x: 450, y: 10 },
    ]);
  });

  test('a single sample stands in the middle with its date, and none has no dates', () => {
    const one = chartScaleOf(usageTrendOf(samples(250)), frame);
    expect(one.points).toEqual([{ x: 250, y: 60 }]);
    expect(one.xTicks).toHaveLength(1);
    expect(chartScaleOf(usageTrendOf([]), frame)).toMatchObject({ points: [], xTicks: [] });
  });

  test('the scale is as low as the line needs, and says so', () => {
    const labels = (...shares: number[]) =>
      chartScaleOf(usageTrendOf(samples(...shares)), frame).yTicks.map(({ label }) => label);
    expect(labels(400, 700)).toEqual(['0%', '50%', '100%']);
    expect(labels(1, 9)).toEqual(['0%', '0.5%', '1%']);
  });

  test('no more dates than there is room for, and no date twice', () => {
    const many = usageTrendOf(samples(...Array.from({ length: 100 }, (_, at) => at)));
    expect(chartScaleOf(many, frame).xTicks.length).toBeLessThanOrEqual(4);
    for (const count of [2, 3, 4, 5, 6, 30, 700]) {
      const trend = usageTrendOf(samples(...Array.from({ length: count }, (_, at) => at)));
      const labels = chartScaleOf(trend, frame).xTicks.map(({ label }) => label);
      expect(new Set(labels).size).toBe(labels.length);
    }
  });

  test('hours are told of a day, months of years', () => {
    expect(writeMoment(start, day / 2)).toMatch(/^\d\d:\d\d$/);
    expect(writeMoment(start, 2 * day)).toMatch(/^1 May, \d\d:\d\d$/);
    expect(writeMoment(start, 10 * day)).toBe('1 May');
    expect(writeMoment(start, 500 * day)).toBe('May 2026');
  });
});

describe('the trend in words', () => {
  const words = (...shares: number[]) =>
    trendWords(usageTrendOf(samples(...shares)), samples(...shares), 'IPv4');

  test('one sample, growth, shrinking and standing still have their sentences', () => {
    expect(words(250)).toBe('25% was allocated on 1 May 2026, the only sample so far.');
    expect(words(100, 300)).toBe(
      'From 10% on 1 May 2026 to 30% on 2 May 2026: 200 addresses more.',
    );
    expect(words(300, 299)).toContain(': 1 address fewer.');
    expect(words(300, 300)).toContain(': unchanged.');
    expect(words()).toBe('There are no samples yet.');
  });

  test('a forecast is said to be one', () => {
    const shares = Array.from({ length: 11 }, (_, at) => 500 + at * 10);
    expect(words(...shares)).toMatch(
      /If it goes on like this, the pool is full around 20 June 2026\.$/,
    );
  });
});
