import { describe, expect, test } from 'vitest';
import { writeCount, writeShare } from '../../../src/web/pools/write-count.ts';
import { shareOf } from '../../../src/web/sizes.ts';

describe('counts and shares for people', () => {
  test.each([
    ['IPv4', 0n, '0 addresses'],
    ['IPv4', 1n, '1 address'],
    ['IPv4', 1n << 20n, '1,048,576 addresses'],
    ['IPv6', 0n, '0 /64s'],
    ['IPv6', 1n, '1 address'],
    ['IPv6', 1n << 64n, '1 /64'],
    ['IPv6', 257n << 64n, '257 /64s'],
    ['IPv6', 1n << 80n, '65,536 /64s'],
    ['IPv6', 1n << 96n, '4.3 billion /64s'],
    ['IPv6', 1n << 120n, '2^56 /64s'],
    ['IPv6', (1n << 120n) - (1n << 64n), '≈ 2^56 /64s'],
    ['IPv6', (1n << 64n) + 8n, '≈ 2^65 addresses'],
  ] as const)('%s: %d is "%s"', (family, count, text) => {
    expect(writeCount(family, count)).toBe(text);
  });

  test.each([
    [0n, 10n, '0%'],
    [10n, 10n, '100%'],
    [0n, 0n, '0%'],
    [1n, 3n, '33%'],
    [1n, 16n, '6.3%'],
    [1n, 1n << 90n, '< 0.1%'],
    [(1n << 90n) - 1n, 1n << 90n, '> 99.9%'],
    [996n, 1000n, '99.6%'],
    [50n, 1000n, '5%'],
  ] as const)('%d of %d is "%s"', (part, whole, text) => {
    expect(writeShare(part, whole)).toBe(text);
  });

  test('a share for drawing lies between nothing and all', () => {
    expect(shareOf(1n, 4n)).toBe(0.25);
    expect(shareOf(5n, 4n)).toBe(1);
    expect(shareOf(-1n, 4n)).toBe(0);
    expect(shareOf(1n, 0n)).toBe(0);
    expect(shareOf(1n << 95n, 1n << 96n)).toBe(0.5);
  });
});
