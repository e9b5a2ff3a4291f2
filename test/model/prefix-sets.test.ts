import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import {
  type AddressFamily,
  comparePrefixes,
  containsAll,
  overlaps,
  summarize,
  totalAddressCount,
} from '../../src/model/prefixes.ts';

// Sets anywhere in the space, of both families and of blocks of any size. The oracle is a binary tree
// that takes a prefix bit by bit; it knows no ranges and no arithmetic of addresses.

const bits = { IPv4: 32, IPv6: 128 } as const;

/** A block: all of it is in the set, or nothing, or some of each half. */
type Tree = 'full' | 'empty' | readonly [Tree, Tree];

interface Block {
  readonly family: AddressFamily;
  /** The network part, one character a bit, most significant first. */
  readonly path: string;
}

const add = (tree: Tree, path: string): Tree => {
  if (tree === 'full' || path === '') return 'full';
  const [zero, one] = tree === 'empty' ? (['empty', 'empty'] as const) : tree;
  const halves: [Tree, Tree] =
    path[0] === '0' ? [add(zero, path.slice(1)), one] : [zero, add(one, path.slice(1))];
  return halves[0] === 'full' && halves[1] === 'full' ? 'full' : halves;
};

const treeOf = (blocks: readonly Block[], family: AddressFamily): Tree =>
  blocks
    .filter((block) => block.family === family)
    .reduce<Tree>((tree, { path }) => add(tree, path), 'empty');

/** The full blocks of a tree, in order; there are no fewer that hold the same. */
const pathsOf = (tree: Tree, path = ''): string[] =>
  tree === 'full'
    ? [path]
    : tree === 'empty'
      ? []
      : [...pathsOf(tree[0], `${path}0`), ...pathsOf(tree[1], `${path}1`)];

const countOf = (tree: Tree, size: bigint): bigint =>
  tree === 'full'
    ? size
    : tree === 'empty'
      ? 0n
      : countOf(tree[0], size / 2n) + countOf(tree[1], size / 2n);

const meets = (a: Tree, b: Tree): boolean =>
  a === 'empty' || b === 'empty'
    ? false
    : a === 'full' || b === 'full'
      ? true
      : meets(a[0], b[0]) || meets(a[1], b[1]);

const holds = (outer: Tree, inner: Tree): boolean =>
  outer === 'full' || inner === 'empty'
    ? true
    : outer === 'empty' || inner === 'full'
      ? false
      : holds(outer[0], inner[0]) && holds(outer[1], inner[1]);

const families = ['IPv4', 'IPv6'] as const;

/** Written without `::`, so that the spelling of the product is not taken over. */
function write({ family, path }: Block): string {
  const [width, radix, separator] =
    family === 'IPv4' ? ([8, 10, '.'] as const) : ([16, 16, ':'] as const);
  const groups = path.padEnd(bits[family], '0').match(new RegExp(`.{${width}}`, 'g')) ?? [];
  const address = groups.map((group) => Number.parseInt(group, 2).toString(radix)).join(separator);
  return `${address}/${path.length}`;
}

/** The bits of a canonical prefix, as the URL standard reads its address. */
function pathOf(prefix: string): string {
  const [address = '', length] = prefix.split('/');
  if (!address.includes(':')) {
    const octets = address.split('.').map((octet) => Number(octet).toString(2).padStart(8, '0'));
    return octets.join('').slice(0, Number(length));
  }
  const [head = '', tail] = address.split('::').map((half) => half.split(':').filter(Boolean));
  const missing = tail === undefined ? 0 : 8 - head.length - tail.length;
  return [...head, ...Array<string>(missing).fill('0'), ...(tail ?? [])]
    .map((group) => Number.parseInt(group, 16).toString(2).padStart(16, '0'))
    .join('')
    .slice(0, Number(length));
}

const bit = fc.constantFrom('0', '1');

/** Blocks that share a stem, so that they meet, hold each other and lie side by side. */
const twoSets = fc
  .tuple(
    fc.record({
      IPv4: fc.string({ unit: bit, maxLength: 28 }),
      IPv6: fc.string({ unit: bit, maxLength: 124 }),
    }),
    fc.infiniteStream(
      fc.tuple(fc.constantFrom(...families), fc.string({ unit: bit, maxLength: 4 })),
    ),
    fc.nat(6),
    fc.nat(6),
  )
  .map(([stems, stream, left, right]) => {
    const take = (count: number): Block[] =>
      [...stream.take(count)].map(([family, end]) => ({ family, path: stems[family] + end }));
    return [take(left), take(right)] as const;
  });

const check = (holdsFor: (a: readonly Block[], b: readonly Block[]) => void): void => {
  fc.assert(
    fc.property(twoSets, ([a, b]) => holdsFor(a, b)),
    { numRuns: 10_000 },
  );
};

describe('sets of prefixes of both families agree with a tree of bits', () => {
  test('overlap', () => {
    check((a, b) => {
      expect(overlaps(a.map(write), b.map(write))).toBe(
        families.some((family) => meets(treeOf(a, family), treeOf(b, family))),
      );
    });
  });

  test('containment, also of what several prefixes hold together', () => {
    check((a, b) => {
      expect(containsAll(a.map(write), b.map(write))).toBe(
        families.every((family) => holds(treeOf(a, family), treeOf(b, family))),
      );
    });
  });

  test('total, where what overlaps counts once', () => {
    check((a) => {
      expect(totalAddressCount(a.map(write))).toBe(
        families.reduce(
          (sum, family) => sum + countOf(treeOf(a, family), 1n << BigInt(bits[family])),
          0n,
        ),
      );
    });
  });

  test('summary: the fewest blocks, in order', () => {
    check((a) => {
      const summary = summarize(a.map(write));
      expect(summary.map(pathOf)).toEqual(families.flatMap((family) => pathsOf(treeOf(a, family))));
    });
  });

  test('order: by family, first address, then the larger block', () => {
    /** Padded with zeros, texts of bits sort as addresses do. */
    const key = ({ family, path }: Block): string =>
      `${family} ${path.padEnd(bits[family], '0')} ${String(path.length).padStart(3, '0')}`;
    check((a, b) => {
      const blocks = [...a, ...b];
      const expected = blocks.toSorted((x, y) => (key(x) < key(y) ? -1 : key(x) > key(y) ? 1 : 0));
      expect(blocks.map(write).toSorted(comparePrefixes)).toEqual(expected.map(write));
    });
  });
});
