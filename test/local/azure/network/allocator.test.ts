import fc from 'fast-check';
import { expect, test } from 'vitest';
import {
  roundedCount,
  subtract,
  takePrefixes,
} from '../../../../src/local/azure/network/allocator.ts';
import {
  containsAll,
  overlaps,
  summarize,
  totalAddressCount,
} from '../../../../src/model/prefixes.ts';

const rules = { rounding: 'split', fit: 'first-fit', granularity: 8n } as const;

test('an empty pool gives its first block', () => {
  expect(takePrefixes(['10.0.0.0/8'], 'IPv4', 256n, 'first-fit')).toEqual(['10.0.0.0/24']);
});

test('what is no power of two is split, largest block first', () => {
  const free = ['10.16.7.0/25', '10.16.47.128/28', '10.16.48.0/30'];
  expect(takePrefixes(free, 'IPv4', 144n, 'first-fit')).toEqual([
    '10.16.7.0/25',
    '10.16.47.128/28',
  ]);
});

test('blocks that lie side by side are summarized into one prefix', () => {
  expect(takePrefixes(['10.0.0.64/26', '10.0.0.128/25'], 'IPv4', 128n, 'first-fit')).toEqual([
    '10.0.0.128/25',
  ]);
  expect(takePrefixes(['10.0.0.0/26', '10.0.0.64/26'], 'IPv4', 96n, 'first-fit')).toEqual([
    '10.0.0.0/26',
    '10.0.0.64/27',
  ]);
});

test('best fit prefers the smallest free block, first fit the lowest', () => {
  const free = ['10.0.0.0/16', '10.2.0.0/25'];
  expect(takePrefixes(free, 'IPv4', 128n, 'first-fit')).toEqual(['10.0.0.0/25']);
  expect(takePrefixes(free, 'IPv4', 128n, 'best-fit')).toEqual(['10.2.0.0/25']);
});

test('IPv6 counts beyond 2^53 are exact', () => {
  const taken = takePrefixes(['fd00::/40'], 'IPv6', 2n ** 80n + 2n ** 64n, 'first-fit');
  expect(taken).toEqual(['fd00::/48', 'fd00:0:1::/64']);
});

test('a count that does not fit takes nothing', () => {
  expect(takePrefixes(['10.0.0.0/24'], 'IPv4', 257n, 'first-fit')).toBeUndefined();
  expect(takePrefixes([], 'IPv4', 8n, 'first-fit')).toBeUndefined();
  expect(takePrefixes(['10.0.0.0/24'], 'IPv4', 2n ** 100n, 'first-fit')).toBeUndefined();
});

test('counts are rounded to the granularity, or up to a power of two', () => {
  expect(roundedCount(100n, rules)).toBe(104n);
  expect(roundedCount(256n, rules)).toBe(256n);
  expect(roundedCount(100n, { ...rules, rounding: 'round-up' })).toBe(128n);
});

/** The naive oracle: a bitmap of a /24, searched address by address. */
class Bitmap {
  readonly taken = new Array<boolean>(256).fill(false);

  /** First addresses of the blocks, largest first; undefined when one does not fit. */
  take(count: number): [number, number][] | undefined {
    const before = [...this.taken];
    const blocks: [number, number][] = [];
    for (let size = 256; size >= 1; size /= 2) {
      if ((count & size) === 0) continue;
      const start = this.#find(size);
      if (start === undefined) {
        this.taken.splice(0, 256, ...before);
        return undefined;
      }
      this.taken.fill(true, start, start + size);
      blocks.push([start, size]);
    }
    return blocks;
  }

  free(start: number, size: number): void {
    this.taken.fill(false, start, start + size);
  }

  #find(size: number): number | undefined {
    for (let start = 0; start + size <= 256; start += size) {
      if (!this.taken.slice(start, start + size).includes(true)) return start;
    }
    return undefined;
  }
}

const prefixOf = ([start, size]: [number, number]): string =>
  `10.0.0.${start}/${32 - Math.log2(size)}`;

const steps = fc.array(
  fc.oneof(
    fc.record({ take: fc.integer({ min: 1, max: 256 }) }),
    fc.record({ release: fc.nat(20) }),
  ),
  { maxLength: 40 },
);

test('whatever is taken and released, the allocator does as a bitmap searched address by address', () => {
  fc.assert(
    fc.property(steps, (script) => {
      const pool = ['10.0.0.0/24'];
      const oracle = new Bitmap();
      const held: { prefixes: string[]; blocks: [number, number][] }[] = [];
      for (const step of script) {
        if ('release' in step) {
          const [gone] = held.splice(step.release, 1);
          for (const [start, size] of gone?.blocks ?? []) oracle.free(start, size);
          continue;
        }
        const used = held.flatMap(({ prefixes }) => prefixes);
        const free = subtract(pool, used);
        const prefixes = takePrefixes(free, 'IPv4', BigInt(step.take), 'first-fit');
        const blocks = oracle.take(step.take);
        expect(prefixes).toEqual(blocks && summarize(blocks.map(prefixOf)));
        if (prefixes === undefined || blocks === undefined) continue;
        expect(totalAddressCount(prefixes)).toBe(BigInt(step.take));
        expect(overlaps(prefixes, used)).toBe(false);
        held.push({ prefixes, blocks });
        const all = held.flatMap((allocation) => allocation.prefixes);
        const left = subtract(pool, all);
        expect(totalAddressCount(all) + totalAddressCount(left)).toBe(256n);
      }
    }),
    { numRuns: 150 },
  );
});

test('best fit too stays inside the free space, exact and all or nothing', () => {
  const block = fc
    .tuple(fc.nat(15), fc.integer({ min: 24, max: 28 }))
    .map(([third, length]) => `10.0.${third}.0/${length}`);
  fc.assert(
    fc.property(
      fc.array(block, { minLength: 1, maxLength: 8 }),
      fc.integer({ min: 1, max: 600 }),
      (free, count) => {
        const taken = takePrefixes(free, 'IPv4', BigInt(count), 'best-fit');
        if (taken === undefined) return;
        expect(totalAddressCount(taken)).toBe(BigInt(count));
        expect(containsAll(free, taken)).toBe(true);
      },
    ),
  );
});
