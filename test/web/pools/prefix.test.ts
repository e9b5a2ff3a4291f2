import fc from 'fast-check';
import ipaddr from 'ipaddr.js';
import { describe, expect, test } from 'vitest';
import {
  addressCountOf,
  bitsOf,
  contains,
  lastAddressOf,
  prefixAround,
  prefixSpanning,
} from '../../../src/web/pools/prefix.ts';
import { readAddress, readPrefix } from '../../../src/web/pools/read-prefix.ts';
import { writeAddress, writePrefix } from '../../../src/web/pools/write-prefix.ts';

const family = fc.constantFrom('IPv4' as const, 'IPv6' as const);
/** Also with many zero groups, which is where the short spelling is difficult. */
const address = family.chain((each) =>
  fc
    .record({
      value: fc.bigInt(0n, (1n << BigInt(bitsOf(each))) - 1n),
      kept: fc.bigInt(0n, (1n << BigInt(bitsOf(each) / 8)) - 1n),
    })
    .map(({ value, kept }) => {
      let mask = 0n;
      for (let byte = 0n; byte < BigInt(bitsOf(each) / 8); byte += 1n) {
        if ((kept >> byte) & 1n) mask |= 0xffn << (byte * 8n);
      }
      return { family: each, value: value & mask };
    }),
);
const prefix = address.chain(({ family: each, value }) =>
  fc.nat(bitsOf(each)).map((length) => prefixAround(each, value, length)),
);

describe('prefixes of the page', () => {
  test('addresses are written as another library writes them', () => {
    fc.assert(
      fc.property(address, ({ family: each, value }) => {
        const hex = value.toString(16).padStart(bitsOf(each) / 4, '0');
        const bytes = hex.match(/../g)?.map((byte) => Number.parseInt(byte, 16)) ?? [];
        const other = ipaddr.fromByteArray(bytes);
        expect(writeAddress(each, value)).toBe(
          other instanceof ipaddr.IPv6 ? other.toRFC5952String() : other.toString(),
        );
      }),
      { numRuns: 2_000 },
    );
  });

  test('of two equally long runs of zeros the first is shortened', () => {
    const address = readAddress('1:0:0:2:0:0:3:4')?.value ?? 0n;
    expect(writeAddress('IPv6', address)).toBe('1::2:0:0:3:4');
  });

  test('what is written is read again', () => {
    fc.assert(
      fc.property(prefix, (each) => {
        expect(readPrefix(writePrefix(each))).toEqual(each);
      }),
    );
  });

  test.each([
    ['10.0.0.0/8', 'IPv4', 10n << 24n, 8],
    ['0.0.0.0/0', 'IPv4', 0n, 0],
    ['::/0', 'IPv6', 0n, 0],
    ['FD00:C0::/32', 'IPv6', 0xfd00_00c0n << 96n, 32],
    ['::1/128', 'IPv6', 1n, 128],
  ] as const)('%s is a prefix', (text, expectedFamily, start, length) => {
    expect(readPrefix(text)).toEqual({ family: expectedFamily, start, length });
  });

  test.each([
    '',
    '10.0.0.0',
    '10.0.0.0/33',
    '10.0.0.1/24',
    '10.0.0/24',
    '256.0.0.0/8',
    '10.0.0.0/-1',
    '10.0.0.0/8/8',
    'fd00:c0::1/32',
    'fd00::c0::/64',
    '1:2:3:4:5:6:7::8::/64',
    '1:2:3:4:5:6:7:8:9/128',
    '1:2:3:4:5:6:7:8::/128',
    'fd00:c0::/129',
    'g::/16',
    '10.0.0.0/x',
  ])("'%s' is no prefix", (text) => {
    expect(readPrefix(text)).toBeUndefined();
  });

  test('an address lies in the prefix around it, whatever its length', () => {
    fc.assert(
      fc.property(address, fc.nat(128), ({ family: each, value }, length) => {
        const around = prefixAround(each, value, Math.min(length, bitsOf(each)));
        expect(around.start <= value && value <= lastAddressOf(around)).toBe(true);
        expect(around.start % addressCountOf(around)).toBe(0n);
      }),
    );
  });

  test('the prefix that spans two addresses is the smallest one that holds both', () => {
    fc.assert(
      fc.property(address, fc.bigInt(0n, (1n << 128n) - 1n), ({ family: each, value }, other) => {
        const second = other & ((1n << BigInt(bitsOf(each))) - 1n);
        const spanning = prefixSpanning(each, value, second);
        const holds = (length: number): boolean => {
          const around = prefixAround(each, value, length);
          return around.start <= second && second <= lastAddressOf(around);
        };
        expect(contains(spanning, { family: each, start: value, length: bitsOf(each) })).toBe(true);
        expect(holds(spanning.length)).toBe(true);
        if (spanning.length < bitsOf(each)) expect(holds(spanning.length + 1)).toBe(false);
      }),
    );
  });

  test('an address that somebody types is read, and other words are not', () => {
    expect(readAddress('10.3.17.4')).toEqual({ family: 'IPv4', value: 0x0a031104n });
    expect(readAddress('fd00::5')).toEqual({ family: 'IPv6', value: (0xfd00n << 112n) | 5n });
    expect(readAddress('vnet-payments')).toBeUndefined();
  });
});
