import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { entriesOf } from '../../src/model/pool-entries.ts';
import { type MapEntry, mapPool } from '../../src/model/pool-map.ts';
import {
  addressCountOf,
  containsAll,
  overlaps,
  prefixesOf,
  rangeOf,
  summarize,
  totalAddressCount,
} from '../../src/model/prefixes.ts';

const told = (blocks: ReturnType<typeof mapPool<string>>) =>
  blocks.map(({ prefix, kind, holder }) => [prefix, kind, holder ?? ''].join(' ').trim());

const allocated = (holder: string, ...prefixes: string[]): MapEntry<string> => ({
  kind: 'allocated',
  prefixes,
  holder,
});

describe('the address map of a pool', () => {
  it('covers the pool with what is allocated, reserved and free, in order', () => {
    const map = mapPool(
      ['10.0.0.0/24'],
      [
        allocated('b', '10.0.0.128/26'),
        allocated('a', '10.0.0.0/27'),
        { kind: 'reserved', prefixes: ['10.0.0.192/27'] },
      ],
    );
    expect(told(map)).toEqual([
      '10.0.0.0/27 allocated a',
      '10.0.0.32/27 free',
      '10.0.0.64/26 free',
      '10.0.0.128/26 allocated b',
      '10.0.0.192/27 reserved',
      '10.0.0.224/27 free',
    ]);
  });

  it('has nothing of entries outside the pool, of the other family or of no prefix at all', () => {
    const map = mapPool(
      ['10.0.1.0/24', '10.0.3.0/24'],
      [
        allocated('a', '10.0.0.0/22', 'fd00::/64', '10.0.0.1/22', 'x'),
        allocated('b', '10.9.0.0/16'),
      ],
    );
    expect(told(map)).toEqual(['10.0.1.0/24 allocated a', '10.0.3.0/24 allocated a']);
  });

  it('gives space that is named twice to the first, and the rest of it to the second', () => {
    const map = mapPool(
      ['10.0.0.0/24'],
      [
        allocated('a', '10.0.0.64/26'),
        allocated('b', '10.0.0.0/25'),
        allocated('c', '10.0.0.0/24'),
      ],
    );
    expect(told(map)).toEqual([
      '10.0.0.0/26 allocated b',
      '10.0.0.64/26 allocated a',
      '10.0.0.128/25 allocated c',
    ]);
  });

  it('knows IPv6, whose counts no number can hold', () => {
    const map = mapPool(['fd00:c0::/32'], [allocated('a', 'fd00:c0:8000::/64')]);
    expect(told(map).slice(0, 3)).toEqual([
      'fd00:c0::/33 free',
      'fd00:c0:8000::/64 allocated a',
      'fd00:c0:8000:1::/64 free',
    ]);
    expect(totalAddressCount(map.map(({ prefix }) => prefix))).toBe(2n ** 96n);
  });

  it('covers the whole of IPv6', () => {
    expect(told(mapPool(['::/0'], []))).toEqual(['::/0 free']);
  });

  it('is empty for a pool without prefixes', () => {
    expect(mapPool([], [allocated('a', '10.0.0.0/24')])).toEqual([]);
  });

  it('is made in a moment for a pool with ten thousand VNets', () => {
    const entries = Array.from({ length: 10_000 }, (_, index) =>
      allocated(`${index}`, `10.${index >> 8}.${index & 255}.0/25`),
    );
    const startedAt = performance.now();
    expect(mapPool(['10.0.0.0/8'], entries).filter(({ holder }) => holder)).toHaveLength(10_000);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});

/** A prefix within 10.0.0.0/16 (or fd00::/48), sixteen bits wide or less. */
const prefixIn = (family: 'IPv4' | 'IPv6') =>
  fc
    .tuple(fc.integer({ min: 0, max: 0xffff }), fc.integer({ min: 2, max: 16 }))
    .map(([bits, length]) => {
      const start = (bits >> (16 - length)) << (16 - length);
      const end = start + 2 ** (16 - length) - 1;
      const base = family === 'IPv4' ? 10n << 24n : 0xfd00n << 112n;
      const shift = family === 'IPv4' ? 0n : 64n;
      return (
        prefixesOf({
          family,
          start: base + (BigInt(start) << shift),
          end: base + (BigInt(end + 1) << shift) - 1n,
        })[0] ?? ''
      );
    });

describe.each(['IPv4', 'IPv6'] as const)('any map of %s', (family) => {
  const cases = fc.record({
    pool: fc.array(prefixIn(family), { minLength: 1, maxLength: 4 }),
    entries: fc.array(
      fc.record({
        kind: fc.constantFrom('allocated' as const, 'reserved' as const),
        prefixes: fc.array(prefixIn(family), { maxLength: 3 }),
        holder: fc.string({ minLength: 1, maxLength: 3 }),
      }),
      { maxLength: 12 },
    ),
  });

  it('covers the pool exactly, in order, and without overlap', () => {
    fc.assert(
      fc.property(cases, ({ pool, entries }) => {
        const blocks = mapPool(pool, entries).map(({ prefix }) => rangeOf(prefix));
        for (const [index, block] of blocks.entries()) {
          expect(block.start).toBeGreaterThan(blocks[index - 1]?.end ?? -1n);
        }
        expect(summarize(mapPool(pool, entries).map(({ prefix }) => prefix))).toEqual(
          summarize(pool),
        );
      }),
      { numRuns: 40 },
    );
  });

  it('shows as free what no entry has, and nothing else', () => {
    fc.assert(
      fc.property(cases, ({ pool, entries }) => {
        const taken = entries.flatMap(({ prefixes }) => prefixes);
        for (const { prefix, kind } of mapPool(pool, entries)) {
          if (kind === 'free') expect(overlaps(taken, [prefix])).toBe(false);
          else expect(containsAll(taken, [prefix])).toBe(true);
        }
      }),
      { numRuns: 40 },
    );
  });

  it('gives each block to the first entry that has it', () => {
    fc.assert(
      fc.property(cases, ({ pool, entries }) => {
        for (const { prefix, kind, holder } of mapPool(pool, entries)) {
          const first = entries.find(({ prefixes }) => overlaps(prefixes, [prefix]));
          expect([kind, holder]).toEqual([first?.kind ?? 'free', first?.holder]);
        }
      }),
      { numRuns: 40 },
    );
  });
});

it('any range is the fewest prefixes with the same addresses', () => {
  fc.assert(
    fc.property(fc.bigInt(0n, 2n ** 32n - 1n), fc.bigInt(0n, 5_000n), (start, length) => {
      const end = start + length < 2n ** 32n ? start + length : 2n ** 32n - 1n;
      const prefixes = prefixesOf({ family: 'IPv4', start, end });
      expect(summarize(prefixes)).toEqual(prefixes);
      expect(prefixes.reduce((sum, prefix) => sum + addressCountOf(prefix), 0n)).toBe(
        end - start + 1n,
      );
      expect(rangeOf(prefixes[0] ?? '').start).toBe(start);
    }),
  );
});

describe('who has the space of a pool', () => {
  const usage = {
    addressPrefixes: ['10.0.0.0/24'],
    availableAddressPrefixes: ['10.0.0.128/25'],
    reservedAddressPrefixes: ['10.0.0.96/28'],
    childPools: [{ resourceId: '/pools/child', prefixes: ['10.0.0.64/28'] }],
  };
  const mapOf = (facts: Partial<Parameters<typeof entriesOf>[0]> = {}) =>
    told(mapPool(usage.addressPrefixes, entriesOf({ usage, associations: [], ...facts })));

  it('VNets, child pools, static CIDRs and reservations are named, the rest is somebody unnamed', () => {
    expect(
      mapOf({
        associations: [
          { resourceId: '/vnets/a', prefixes: ['10.0.0.0/27'], reservedPrefixes: ['10.0.0.96/29'] },
        ],
        staticCidrs: [{ id: '/cidrs/s', prefixes: ['10.0.0.32/27'] }],
      }),
    ).toEqual([
      '10.0.0.0/27 allocated /vnets/a',
      '10.0.0.32/27 reserved /cidrs/s',
      '10.0.0.64/28 allocated /pools/child',
      '10.0.0.80/28 allocated',
      '10.0.0.96/29 reserved /vnets/a',
      '10.0.0.104/29 reserved',
      '10.0.0.112/28 allocated',
      '10.0.0.128/25 free',
    ]);
  });

  it('a subnet has its space from the VNet that is listed beside it', () => {
    const subnet = { resourceId: '/vnets/a/subnets/one', prefixes: ['10.0.0.0/28'] };
    const network = { resourceId: '/VNets/A', prefixes: ['10.0.0.0/27'] };
    expect(mapOf({ associations: [subnet, network] })[0]).toBe('10.0.0.0/27 allocated /VNets/A');
    expect(mapOf({ associations: [subnet] })[0]).toBe('10.0.0.0/28 allocated /vnets/a/subnets/one');
  });

  it('an association counts before the usage shows it', () => {
    const late = { resourceId: '/vnets/late', prefixes: ['10.0.0.128/26'] };
    expect(mapOf({ associations: [late] }).slice(-2)).toEqual([
      '10.0.0.128/26 allocated /vnets/late',
      '10.0.0.192/26 free',
    ]);
  });
});
