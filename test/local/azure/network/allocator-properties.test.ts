import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { subtract, takePrefixes } from '../../../../src/local/azure/network/allocator.ts';
import {
  addressCountOf,
  containsAll,
  isPrefix,
  overlaps,
  totalAddressCount,
} from '../../../../src/model/prefixes.ts';

/** Pools of more than one prefix, and counts from one address to more than there are. */
const pools = {
  IPv4: { prefixes: ['10.0.0.0/20', '10.0.64.0/22', '192.168.0.0/27'], largestPower: 13 },
  IPv6: { prefixes: ['fd00:a::/56', 'fd00:b:0:8000::/60'], largestPower: 73 },
} as const;

/** The sum of up to three powers of two, so that blocks of all sizes come up. */
const countUpTo = (power: number): fc.Arbitrary<bigint> =>
  fc
    .array(fc.nat(power), { minLength: 1, maxLength: 3 })
    .map((powers) => powers.reduce((sum, each) => sum + (1n << BigInt(each)), 0n));

type Step = { readonly take: bigint } | { readonly release: number };

const scripts = (power: number): fc.Arbitrary<Step[]> =>
  fc.array(
    fc.oneof(
      { arbitrary: fc.record({ take: countUpTo(power) }), weight: 2 },
      { arbitrary: fc.record({ release: fc.nat(30) }), weight: 1 },
    ),
    { maxLength: 25 },
  );

describe.each(['IPv4', 'IPv6'] as const)('a pool of %s', (family) => {
  const { prefixes: pool, largestPower } = pools[family];
  const total = totalAddressCount(pool);

  test.each(['first-fit', 'best-fit'] as const)(
    '%s: what is held never overlaps, lies inside, is aligned and exact; what is refused takes nothing',
    (fit) => {
      fc.assert(
        fc.property(scripts(largestPower), (script) => {
          const held: (readonly string[])[] = [];
          for (const step of script) {
            if ('release' in step) {
              held.splice(step.release, 1);
              continue;
            }
            const used = held.flat();
            const free = subtract(pool, used);
            const before = [...free];
            const taken = takePrefixes(free, family, step.take, fit);
            expect(free).toEqual(before);
            expect(totalAddressCount(used) + totalAddressCount(free)).toBe(total);
            if (taken === undefined) {
              const largest = 1n << BigInt(step.take.toString(2).length - 1);
              const fits = free.some((block) => addressCountOf(block) >= largest);
              // A block of the largest power is refused only where none is free.
              if (step.take === largest) expect(fits).toBe(false);
              continue;
            }
            expect(taken.every(isPrefix)).toBe(true);
            expect(totalAddressCount(taken)).toBe(step.take);
            expect(containsAll(pool, taken)).toBe(true);
            expect(overlaps(taken, used)).toBe(false);
            held.push(taken);
          }
        }),
        { numRuns: 80 },
      );
    },
  );

  test('what was freed is found again for the same count', () => {
    fc.assert(
      fc.property(
        fc.array(countUpTo(largestPower - 2), { maxLength: 8 }),
        fc.nat(7),
        (counts, pick) => {
          const held: (readonly string[])[] = [];
          for (const count of counts) {
            const taken = takePrefixes(subtract(pool, held.flat()), family, count, 'first-fit');
            if (taken !== undefined) held.push(taken);
          }
          const [gone] = held.splice(pick % Math.max(held.length, 1), 1);
          if (gone === undefined) return;
          const free = subtract(pool, held.flat());
          expect(containsAll(free, gone)).toBe(true);
          const again = takePrefixes(free, family, totalAddressCount(gone), 'first-fit');
          expect(totalAddressCount(again ?? [])).toBe(totalAddressCount(gone));
        },
      ),
      { numRuns: 80 },
    );
  });
});
