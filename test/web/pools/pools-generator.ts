import fc from 'fast-check';
import type { PoolBlock } from '../../../src/model/api/pool-views.ts';
import { bitsOf, type Prefix } from '../../../src/web/pools/prefix.ts';
import { writePrefix } from '../../../src/web/pools/write-prefix.ts';

export interface GeneratedPool {
  readonly root: Prefix;
  /** They cover the root exactly. */
  readonly blocks: readonly PoolBlock[];
}

const roots: readonly Prefix[] = [
  { family: 'IPv4', start: 10n << 24n, length: 12 },
  { family: 'IPv4', start: (10n << 24n) | 0x0003_0000n, length: 22 },
  { family: 'IPv4', start: (10n << 24n) | 0x0003_0010n, length: 28 },
  { family: 'IPv6', start: 0xfd00_00c0n << 96n, length: 32 },
  { family: 'IPv6', start: 0xfd00_00c0_0000_0001n << 64n, length: 64 },
];

/** Splits the root at places that the numbers choose, and gives each piece the kind that they choose. */
function split(root: Prefix, choices: readonly number[]): PoolBlock[] {
  let next = 0;
  const choose = (of: number): number => {
    const choice = choices[next % choices.length] ?? 0;
    next += 1;
    return choice % of;
  };
  const blocks: PoolBlock[] = [];
  const visit = (prefix: Prefix, depth: number): void => {
    const leaf = prefix.length >= bitsOf(prefix.family) || depth === 0 || blocks.length > 60;
    if (leaf || choose(5) === 0) {
      const kind = (['free', 'allocated', 'free', 'reserved'] as const)[choose(4)] ?? 'free';
      blocks.push({
        prefix: writePrefix(prefix),
        kind,
        ...(kind === 'allocated' && {
          holder: { resourceId: `/vnets/${blocks.length}`, name: `vnet-${blocks.length}` },
        }),
      });
      return;
    }
    const length = prefix.length + 1;
    const half = 1n << BigInt(bitsOf(prefix.family) - length);
    visit({ ...prefix, length }, depth - 1);
    visit({ ...prefix, start: prefix.start + half, length }, depth - 1);
  };
  visit(root, 24);
  return blocks;
}

export const generatedPool: fc.Arbitrary<GeneratedPool> = fc
  .record({
    root: fc.constantFrom(...roots),
    choices: fc.array(fc.nat(1_000), { minLength: 1, maxLength: 200 }),
  })
  .map(({ root, choices }) => ({ root, blocks: split(root, choices) }));

/** A window of the pool: some prefix inside its root. */
export const windowIn = (root: Prefix): fc.Arbitrary<Prefix> =>
  fc
    .record({ deeper: fc.nat(bitsOf(root.family) - root.length), seed: fc.bigInt(0n, 1n << 128n) })
    .map(({ deeper, seed }) => {
      const length = root.length + deeper;
      const size = 1n << BigInt(bitsOf(root.family) - length);
      return { ...root, length, start: root.start + (seed % (1n << BigInt(deeper))) * size };
    });
