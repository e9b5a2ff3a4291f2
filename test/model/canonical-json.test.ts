import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { canonicalJson } from '../../src/model/canonical-json.ts';

/** The same value with the members of every object in another order. */
function shuffled(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(shuffled);
  }
  return typeof value === 'object' && value !== null
    ? Object.fromEntries(
        Object.entries(value)
          .reverse()
          .map(([key, member]) => [key, shuffled(member)]),
      )
    : value;
}

describe('canonical JSON', () => {
  test('is JSON that says the same, whatever the order of members', () => {
    fc.assert(
      fc.property(fc.jsonValue(), (value) => {
        const text = canonicalJson(value);
        expect(JSON.parse(text)).toEqual(JSON.parse(JSON.stringify(value)));
        expect(canonicalJson(shuffled(value))).toBe(text);
        expect(canonicalJson(JSON.parse(text))).toBe(text);
      }),
      { numRuns: 3_000 },
    );
  });

  test('different values have different texts', () => {
    fc.assert(
      fc.property(fc.jsonValue(), fc.jsonValue(), (a, b) => {
        const isSame = JSON.stringify(sorted(a)) === JSON.stringify(sorted(b));
        expect(canonicalJson(a) === canonicalJson(b)).toBe(isSame);
      }),
      { numRuns: 2_000 },
    );
  });

  test('members without a value are left out', () => {
    expect(canonicalJson({ b: undefined, a: [1, 'x', null, true] })).toBe(
      '{"a":[1,"x",null,true]}',
    );
  });

  test.each([
    [Number.NaN],
    [Number.POSITIVE_INFINITY],
    [10n],
    [() => 1],
    [new Date(0)],
    [new Map()],
    [undefined],
    [Symbol('x')],
    [[undefined]],
  ])('%s cannot be said and is refused', (value) => {
    expect(() => canonicalJson({ value: [value] })).toThrow(TypeError);
  });

  test('the hash of a known value is the known one', () => {
    // echo -n '{"a":1,"b":"é"}' | sha256sum
    expect(contentHash({ b: 'é', a: 1 })).toBe(
      '09ad9fd2fb648cb2f62141215828ea00a62c299db05d20aa9ade2f527a301cc6',
    );
  });
});

/** Another normal form: an object becomes the sorted list of its members, marked as an object. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) {
    return value.map(sorted);
  }
  return typeof value === 'object' && value !== null
    ? {
        object: Object.entries(value)
          .map(([key, member]) => [key, sorted(member)] as const)
          .sort(([a], [b]) => (a < b ? -1 : 1)),
      }
    : value;
}
