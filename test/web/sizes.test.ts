import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import * as model from '../../src/model/prefixes.ts';
import {
  addressCount,
  describeBlock,
  describeCount,
  formatCount,
  parseCount,
  prefixLengthFor,
  usableCount,
} from '../../src/web/sizes.ts';

describe('sizes of address space on the page', () => {
  it('are those that the workflow computes', () => {
    const families = fc.constantFrom('IPv4' as const, 'IPv6' as const);
    fc.assert(
      fc.property(families, fc.bigInt(1n, 1n << 32n), (family, count) => {
        expect(prefixLengthFor(family, count)).toBe(model.prefixLengthFor(family, count));
      }),
    );
    for (let length = 0; length <= 32; length++) {
      expect(addressCount('IPv4', length)).toBe(model.addressCountOfPrefixLength('IPv4', length));
    }
  });

  it('tell what somebody gets, and what of it can be used in one subnet', () => {
    expect(describeBlock('IPv4', 24)).toBe('a /24: 256 addresses, 251 usable in one subnet');
    expect(describeBlock('IPv4', 29)).toBe('a /29: 8 addresses, 3 usable in one subnet');
    expect(describeBlock('IPv6', 56)).toBe('a /56: room for 256 subnets of /64');
    expect(describeBlock('IPv6', 64)).toBe('a /64: room for 1 subnet of /64');
    expect(usableCount('IPv4', 32)).toBe(0n);
  });

  it('count IPv6 by subnets', () => {
    expect(describeCount('IPv4', 1n)).toBe('1 address');
    expect(describeCount('IPv4', '1043200')).toBe('1,043,200 addresses');
    expect(describeCount('IPv6', 1n << 64n)).toBe('1 subnet of /64');
    expect(describeCount('IPv6', 1n << 96n)).toBe('4,294,967,296 subnets of /64');
    expect(formatCount(1n << 96n)).toBe('7.9E28');
  });

  it('are read as people write them', () => {
    expect(parseCount(' 1,024 ')).toBe(1024n);
    expect(parseCount("1'024")).toBe(1024n);
    for (const text of ['', '0', '-1', '1.5', '0x10', '1e3', 'many', '١٢', '9'.repeat(40)]) {
      expect(parseCount(text)).toBeUndefined();
    }
  });
});
