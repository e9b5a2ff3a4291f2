import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { readAddressSpace } from '../../../src/web/pools/address-space.ts';
import { freeSpaceOf } from '../../../src/web/pools/free-space.ts';
import { addressCountOf, bitsOf } from '../../../src/web/pools/prefix.ts';
import { readPrefix } from '../../../src/web/pools/read-prefix.ts';
import { writePrefix } from '../../../src/web/pools/write-prefix.ts';
import { generatedPool } from './pools-generator.ts';

describe('what is free in a pool', () => {
  test('it is told in the largest block and in how many of each size still fit', () => {
    const space = readAddressSpace(
      ['10.0.0.0/22'],
      [
        { prefix: '10.0.0.0/25', kind: 'allocated' },
        { prefix: '10.0.0.128/25', kind: 'free' },
        { prefix: '10.0.1.0/24', kind: 'free' },
        { prefix: '10.0.2.0/24', kind: 'free' },
        { prefix: '10.0.3.0/24', kind: 'reserved' },
      ],
    );
    const free = freeSpaceOf(space);
    expect(free.total).toBe(640n);
    expect(free.largest).toEqual(readPrefix('10.0.1.0/24'));
    expect(free.percentInLargest).toBe(40);
    expect(free.fits).toEqual([
      { length: 24, count: 2n },
      { length: 26, count: 10n },
      { length: 28, count: 40n },
    ]);
  });

  test('nothing free has no largest block', () => {
    const space = readAddressSpace(['10.0.0.0/24'], [{ prefix: '10.0.0.0/24', kind: 'reserved' }]);
    expect(freeSpaceOf(space)).toEqual({
      total: 0n,
      largest: undefined,
      percentInLargest: 0,
      fits: [],
    });
  });

  test('what is not told is not free', () => {
    expect(freeSpaceOf(readAddressSpace(['10.0.0.0/24'], [])).total).toBe(0n);
  });

  test('no more blocks of a size fit than there are free addresses, and the largest fits', () => {
    fc.assert(
      fc.property(generatedPool, ({ root, blocks }) => {
        const { total, largest, fits, percentInLargest } = freeSpaceOf(
          readAddressSpace([writePrefix(root)], blocks),
        );
        if (largest === undefined) return;
        expect(fits[0]?.length).toBe(largest.length);
        expect(fits[0]?.count).toBeGreaterThan(0n);
        for (const { length, count } of fits) {
          expect(count * (1n << BigInt(bitsOf(root.family) - length))).toBeLessThanOrEqual(total);
        }
        expect(addressCountOf(largest)).toBeLessThanOrEqual(total);
        expect(percentInLargest).toBeLessThanOrEqual(100);
      }),
    );
  });
});
