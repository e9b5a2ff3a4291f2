import { isIP } from 'node:net';
import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressFamily,
  addressCountOf,
  addressCountOfPrefixLength,
  comparePrefixes,
  containsAll,
  familyOf,
  isPrefix,
  overlaps,
  prefixLengthFor,
  summarize,
  totalAddressCount,
} from '../../src/model/prefixes.ts';

// The oracle: prefixes as ranges of numbers, written and read by hand.

interface Range {
  readonly family: AddressFamily;
  readonly first: bigint;
  readonly last: bigint;
}

const bits = { IPv4: 32, IPv6: 128 } as const;

/** All spellings without `::` are valid; this one is canonical for IPv4 only. */
function writeAddress(family: AddressFamily, address: bigint): string {
  const [groups, width, radix, separator] =
    family === 'IPv4' ? ([4, 8n, 10, '.'] as const) : ([8, 16n, 16, ':'] as const);
  return Array.from({ length: groups }, (_, index) =>
    ((address >> (BigInt(groups - 1 - index) * width)) & ((1n << width) - 1n)).toString(radix),
  ).join(separator);
}

const write = (family: AddressFamily, first: bigint, length: number): string =>
  `${writeAddress(family, first)}/${length}`;

function read(prefix: string): Range {
  const [address = '', length = ''] = prefix.split('/');
  const family = isIP(address) === 4 ? 'IPv4' : 'IPv6';
  const first = family === 'IPv4' ? readGroups(address.split('.'), 8n, '') : readIPv6(address);
  return { family, first, last: first + (1n << BigInt(bits[family] - Number(length))) - 1n };
}

const readGroups = (groups: readonly string[], width: bigint, radix: '' | '0x'): bigint =>
  groups.reduce((value, group) => (value << width) | BigInt(radix + group), 0n);

function readIPv6(address: string): bigint {
  const [head = [], tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  const groups = [...head, ...Array.from({ length: missing }, () => '0'), ...(tail ?? [])];
  return readGroups(groups, 16n, '0x');
}

/** Every block that is in a set, in a universe of 2^6 small blocks. */
const membersOf = (prefixes: readonly string[]): bigint[] => {
  const members = new Set<bigint>();
  for (const { first, last } of prefixes.map(read)) {
    for (let address = first; address <= last; address += 1n) {
      members.add(address);
    }
  }
  return [...members];
};

const family = fc.constantFrom<AddressFamily>('IPv4', 'IPv6');

const prefixOf = (of: AddressFamily): fc.Arbitrary<string> =>
  fc
    .tuple(fc.bigInt({ min: 0n, max: (1n << BigInt(bits[of])) - 1n }), fc.nat(bits[of]))
    .map(([address, length]) => {
      const hostBits = BigInt(bits[of] - length);
      return write(of, (address >> hostBits) << hostBits, length);
    });

const anyPrefix = family.chain(prefixOf);

/** Prefixes of a tiny universe (64 addresses at the end or start of the space), where sets meet often. */
const crowded = fc.tuple(family, fc.boolean()).chain(([of, atEnd]) => {
  const base = atEnd ? (1n << BigInt(bits[of])) - 64n : 0n;
  const member = fc
    .tuple(fc.nat(63), fc.integer({ min: 0, max: 6 }))
    .map(([offset, hostBits]) =>
      write(of, base + BigInt((offset >> hostBits) << hostBits), bits[of] - hostBits),
    );
  const set = fc.array(member, { maxLength: 6 });
  return fc.tuple(set, set);
});

describe('prefixes', () => {
  test('count, family and order agree with an oracle', () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, (a, b) => {
        const [left, right] = [read(a), read(b)];
        expect(isPrefix(a)).toBe(true);
        expect(familyOf(a)).toBe(left.family);
        expect(addressCountOf(a)).toBe(left.last - left.first + 1n);
        const order =
          left.family !== right.family
            ? left.family === 'IPv4'
            : left.first !== right.first
              ? left.first < right.first
              : left.last > right.last;
        expect(comparePrefixes(a, b) < 0).toBe(order && a !== b);
        expect(Math.sign(comparePrefixes(b, a))).toBe(-Math.sign(comparePrefixes(a, b)) + 0);
      }),
      { numRuns: 10_000 },
    );
  });

  test('overlap and containment of single prefixes agree with an oracle over the whole space', () => {
    fc.assert(
      fc.property(anyPrefix, anyPrefix, (a, b) => {
        const [left, right] = [read(a), read(b)];
        const isSameFamily = left.family === right.family;
        expect(overlaps([a], [b])).toBe(
          isSameFamily && left.first <= right.last && right.first <= left.last,
        );
        expect(containsAll([a], [b])).toBe(
          isSameFamily && left.first <= right.first && right.last <= left.last,
        );
      }),
      { numRuns: 10_000 },
    );
  });

  test('overlap, containment and count of sets agree with an oracle that lists every address', () => {
    fc.assert(
      fc.property(crowded, ([a, b]) => {
        const [left, right] = [membersOf(a), membersOf(b)];
        expect(overlaps(a, b)).toBe(left.some((address) => right.includes(address)));
        expect(containsAll(a, b)).toBe(right.every((address) => left.includes(address)));
        expect(totalAddressCount(a)).toBe(BigInt(left.length));
      }),
      { numRuns: 10_000 },
    );
  });

  test('a summary has the same addresses, is minimal, canonical and in order', () => {
    fc.assert(
      fc.property(crowded, ([set]) => {
        const summary = summarize(set);
        const members = membersOf(set);
        expect(new Set(membersOf(summary))).toEqual(new Set(members));
        expect(summary.map((prefix) => summarize([prefix]))).toEqual(
          summary.map((prefix) => [prefix]),
        );
        expect(summary).toEqual([...summary].sort(comparePrefixes));
        // Minimal and without overlap: no block could be twice as large and still be in the set.
        for (const prefix of summary) {
          const { first, last } = read(prefix);
          const size = last - first + 1n;
          const start = (first / (2n * size)) * 2n * size;
          const doubled = Array.from({ length: Number(2n * size) }, (_, i) => start + BigInt(i));
          expect(doubled.every((address) => members.includes(address))).toBe(false);
        }
        expect(summarize(summary)).toEqual(summary);
      }),
      { numRuns: 10_000 },
    );
  });

  test('a canonical spelling names the same block and is one text only', () => {
    fc.assert(
      fc.property(anyPrefix, (prefix) => {
        const [canonical = ''] = summarize([prefix]);
        expect(summarize([canonical])).toEqual([canonical]);
        expect(read(canonical)).toEqual(read(prefix));
        // The URL standard spells IPv6 addresses as RFC 5952 does.
        const [address = ''] = canonical.split('/');
        if (familyOf(prefix) === 'IPv6') {
          expect(new URL(`http://[${address}]`).hostname).toBe(`[${address}]`);
        }
      }),
      { numRuns: 10_000 },
    );
  });

  test('the smallest block holds the count, and half of it does not', () => {
    fc.assert(
      fc.property(family, fc.bigInt({ min: 1n, max: 1n << 128n }), (of, number) => {
        const count = of === 'IPv4' ? (number % (1n << 32n)) + 1n : number;
        const length = prefixLengthFor(of, count);
        const size = addressCountOfPrefixLength(of, length);
        expect(size).toBe(1n << BigInt(bits[of] - length));
        expect(size >= count && size / 2n < count).toBe(true);
      }),
      { numRuns: 10_000 },
    );
  });

  test.each([
    ['IPv4', 100n, 25],
    ['IPv4', 128n, 25],
    ['IPv4', 1n, 32],
    ['IPv6', 1n << 64n, 64],
  ] as const)('%s: %s addresses need a /%s', (of, count, length) => {
    expect(prefixLengthFor(of, count)).toBe(length);
  });

  test.each([
    '10.0.0.1/24',
    '10.0.0.0/33',
    '10.0.0.0/-1',
    '10.0.0.0/024',
    '10.0.0.0/',
    '10.0.0.0',
    '10.0.0/24',
    '010.0.0.0/24',
    '10.0.0.0/24/24',
    '10.0.0.256/32',
    ' 10.0.0.0/24',
    '10.0.0.0/24\n',
    '/24',
    '',
    'fd00::/129',
    'fd00::1/64',
    'fd00:::/64',
    '1::2::3/128',
    '1:2:3/48',
    '1:2:3:4:5:6:7:8:9/128',
    '::ffff:10.0.0.0/104',
    'fe80::%eth0/64',
    'gggg::/64',
    `${'1'.repeat(10_000)}.0.0.0/8`,
  ])('%j is no prefix', (text) => {
    expect(isPrefix(text)).toBe(false);
    expect(() => familyOf(text)).toThrow(RangeError);
    expect(() => overlaps(['10.0.0.0/8'], [text])).toThrow(RangeError);
    expect(() => containsAll([text], ['10.0.0.0/8'])).toThrow(RangeError);
  });

  test.each(['0.0.0.0/0', '255.255.255.255/32', '::/0', 'fd00::/128', '1:2:3:4:5:6:7::/128'])(
    '%s, at an edge of what is possible, is a prefix',
    (text) => {
      expect(isPrefix(text)).toBe(true);
    },
  );

  test.each(['FD00::/64', 'fd00:0::/64', 'fd00:0:0:0::/64', '0:0:0:0:0:0:0:0/0'])(
    '%s is a prefix in a spelling that is not canonical',
    (text) => {
      expect(isPrefix(text)).toBe(true);
      expect(summarize([text])).not.toEqual([text]);
    },
  );

  test('any text is a prefix or not, and never an exception', () => {
    const text = fc.oneof(
      fc.string(),
      fc.string({ unit: fc.constantFrom(...'0123456789abcdefF.:/%'), maxLength: 50 }),
    );
    fc.assert(
      fc.property(text, (candidate) => {
        const [address = '', length] = candidate.split('/');
        const isPlausible = isIP(address) !== 0 && length !== undefined;
        expect(isPrefix(candidate) && !isPlausible).toBe(false);
      }),
      { numRuns: 10_000 },
    );
  });

  test('what no block can hold is refused', () => {
    expect(() => prefixLengthFor('IPv4', 0n)).toThrow(RangeError);
    expect(() => prefixLengthFor('IPv4', (1n << 32n) + 1n)).toThrow(RangeError);
    expect(() => addressCountOfPrefixLength('IPv4', 33)).toThrow(RangeError);
    expect(() => addressCountOfPrefixLength('IPv6', 1.5)).toThrow(/IPv6 \(0 to 128\)/);
    expect(() => addressCountOfPrefixLength('IPv6', -1)).toThrow(/IPv6 \(0 to 128\)/);
  });
});
