import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressMapOf, piecesIn } from '../../../src/web/pools/address-map.ts';
import { type Piece, readAddressSpace } from '../../../src/web/pools/address-space.ts';
import {
  addressCountOf,
  contains,
  lastAddressOf,
  type Prefix,
} from '../../../src/web/pools/prefix.ts';
import { readPrefix } from '../../../src/web/pools/read-prefix.ts';
import { writePrefix } from '../../../src/web/pools/write-prefix.ts';
import { generatedPool, windowIn } from './pools-generator.ts';

const poolAndWindow = generatedPool.chain((pool) =>
  fc.record({
    pool: fc.constant(pool),
    window: windowIn(pool.root),
    columnBits: fc.constantFrom(2, 4),
  }),
);

/** Throws unless the prefixes cover the whole exactly: in order, without gap or overlap. */
function expectToCover(whole: Prefix, parts: readonly Prefix[]): void {
  let at = whole.start;
  for (const part of parts) {
    expect(part.start).toBe(at);
    expect(part.start % addressCountOf(part)).toBe(0n);
    at += addressCountOf(part);
  }
  expect(at).toBe(lastAddressOf(whole) + 1n);
}

const prefixesOf = (pieces: readonly Piece[]): Prefix[] => pieces.map(({ prefix }) => prefix);
const spaceOf = (root: Prefix, blocks: Parameters<typeof readAddressSpace>[1]) =>
  readAddressSpace([writePrefix(root)], blocks);

describe('the address space of a pool', () => {
  test('its pieces cover the pool exactly and say of each address what the API says', () => {
    fc.assert(
      fc.property(generatedPool, ({ root, blocks }) => {
        const { pieces } = spaceOf(root, blocks);
        expectToCover(root, prefixesOf(pieces));
        for (const block of blocks) {
          const told = readPrefix(block.prefix) as Prefix;
          const piece = pieces.find(({ prefix }) => contains(prefix, told));
          expect(piece?.kind).toBe(block.kind);
          expect(piece?.holder).toEqual(block.holder);
        }
      }),
    );
  });

  test('free blocks side by side become the fewest blocks', () => {
    fc.assert(
      fc.property(generatedPool, ({ root, blocks }) => {
        const { pieces } = spaceOf(root, blocks);
        pieces.forEach((piece, at) => {
          const next = pieces[at + 1];
          if (piece.kind !== 'free' || next?.kind !== 'free') return;
          const together = addressCountOf(piece.prefix) * 2n;
          const couldBeOne =
            piece.prefix.length === next.prefix.length && piece.prefix.start % together === 0n;
          expect(couldBeOne).toBe(false);
        });
      }),
    );
  });

  test('whatever is left out of an answer, said twice or out of order, the pieces cover the pool', () => {
    fc.assert(
      fc.property(generatedPool, fc.infiniteStream(fc.nat(3)), ({ root, blocks }, choices) => {
        const disturbed = blocks.flatMap((block) => {
          const choice = choices.next().value;
          return choice === 0 ? [] : choice === 1 ? [block, block] : [block];
        });
        const { pieces } = spaceOf(root, disturbed.reverse());
        expectToCover(root, prefixesOf(pieces));
        for (const piece of pieces.filter(({ kind }) => kind === 'unknown')) {
          expect(
            disturbed.some((block) => contains(piece.prefix, readPrefix(block.prefix) as Prefix)),
          ).toBe(false);
        }
      }),
    );
  });

  test('a block inside another one, outside the pool or not understood is left out', () => {
    const { pieces } = readAddressSpace(
      ['10.0.0.0/24'],
      [
        { prefix: '10.0.0.0/25', kind: 'allocated' },
        { prefix: '10.0.0.64/26', kind: 'free' },
        { prefix: '10.0.0.128/25', kind: 'reserved' },
        { prefix: '10.1.0.0/24', kind: 'allocated' },
        { prefix: 'nonsense', kind: 'allocated' },
      ],
    );
    expect(pieces.map(({ prefix, kind }) => [writePrefix(prefix), kind])).toEqual([
      ['10.0.0.0/25', 'allocated'],
      ['10.0.0.128/25', 'reserved'],
    ]);
  });

  test('a pool can have several prefixes, and one inside another counts once', () => {
    const space = readAddressSpace(
      ['10.8.0.0/16', '10.0.0.0/16', '10.0.128.0/17', 'nonsense'],
      [{ prefix: '10.0.0.0/16', kind: 'free' }],
    );
    expect(space.roots.map(writePrefix)).toEqual(['10.0.0.0/16', '10.8.0.0/16']);
    expect(space.pieces.map(({ kind }) => kind)).toEqual(['free', 'unknown']);
  });
});

describe('the address map', () => {
  test('its tiles cover the window exactly, in order and without overlap', () => {
    fc.assert(
      fc.property(poolAndWindow, ({ pool, window, columnBits }) => {
        const map = addressMapOf(spaceOf(pool.root, pool.blocks), window, columnBits);
        expectToCover(
          window,
          map.tiles.map(({ prefix }) => prefix),
        );
      }),
      { numRuns: 500 },
    );
  });

  test('its rectangles fill the grid: every cell belongs to one tile', () => {
    fc.assert(
      fc.property(poolAndWindow, ({ pool, window, columnBits }) => {
        const map = addressMapOf(spaceOf(pool.root, pool.blocks), window, columnBits);
        const owners = new Array<number>(map.columns * map.rows).fill(0);
        for (const { column, row, columns, rows } of map.tiles) {
          for (let y = row; y < row + rows; y += 1) {
            for (let x = column; x < column + columns; x += 1) {
              const cell = y * map.columns + x;
              owners[cell] = (owners[cell] ?? 0) + 1;
            }
          }
        }
        expect(owners.every((count) => count === 1)).toBe(true);
        expect(owners.length).toBe(map.columns * map.rows);
      }),
      { numRuns: 500 },
    );
  });

  test('a tile says what the pieces under it say, and is mixed only where it can be looked into', () => {
    fc.assert(
      fc.property(poolAndWindow, ({ pool, window, columnBits }) => {
        const space = spaceOf(pool.root, pool.blocks);
        for (const tile of addressMapOf(space, window, columnBits).tiles) {
          expect(tile.pieces).toEqual(piecesIn(space, tile.prefix));
          if (tile.kind === 'mixed') {
            expect(tile.pieces.length).toBeGreaterThan(1);
            expectToCover(tile.prefix, prefixesOf(tile.pieces));
          } else {
            expect(tile.pieces).toHaveLength(1);
            expect(tile.pieces[0]?.kind).toBe(tile.kind);
          }
        }
      }),
      { numRuns: 500 },
    );
  });

  test('a /12 is drawn as sixteen rows of a /16 with cells of a /20', () => {
    const space = readAddressSpace(
      ['10.0.0.0/12'],
      [
        { prefix: '10.0.0.0/14', kind: 'free' },
        { prefix: '10.4.0.0/20', kind: 'reserved' },
        { prefix: '10.4.16.0/24', kind: 'allocated' },
      ],
    );
    const map = addressMapOf(space, readPrefix('10.0.0.0/12') as Prefix, 4);
    expect(map).toMatchObject({ columns: 16, rows: 16, cellLength: 20 });
    expect(
      map.tiles
        .slice(0, 3)
        .map(({ prefix, kind, column, row, columns, rows }) => [
          writePrefix(prefix),
          kind,
          [column, row],
          [columns, rows],
        ]),
    ).toEqual([
      ['10.0.0.0/14', 'free', [0, 0], [16, 4]],
      ['10.4.0.0/20', 'reserved', [0, 4], [1, 1]],
      ['10.4.16.0/20', 'mixed', [1, 4], [1, 1]],
    ]);
  });

  test('a window inside one block is that block, and a single address is one cell', () => {
    const space = readAddressSpace(['10.0.0.0/12'], [{ prefix: '10.0.0.0/12', kind: 'allocated' }]);
    const inside = addressMapOf(space, readPrefix('10.3.0.0/24') as Prefix, 4);
    expect(inside.tiles.map(({ prefix }) => writePrefix(prefix))).toEqual(['10.3.0.0/24']);
    const one = addressMapOf(space, readPrefix('10.3.0.7/32') as Prefix, 4);
    expect(one).toMatchObject({ columns: 1, rows: 1, cellLength: 32 });
    expect(one.tiles).toHaveLength(1);
  });
});
