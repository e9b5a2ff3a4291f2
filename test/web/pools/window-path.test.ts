import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import { addressMapOf, piecesIn } from '../../../src/web/pools/address-map.ts';
import { readAddressSpace } from '../../../src/web/pools/address-space.ts';
import { moveInMap } from '../../../src/web/pools/move-in-map.ts';
import { contains, type Prefix } from '../../../src/web/pools/prefix.ts';
import { readPrefix } from '../../../src/web/pools/read-prefix.ts';
import {
  pathTo,
  rowPrefixes,
  usedWindowOf,
  windowAround,
  windowOf,
} from '../../../src/web/pools/window-path.ts';
import { writePrefix } from '../../../src/web/pools/write-prefix.ts';
import { generatedPool, windowIn } from './pools-generator.ts';

const at = (text: string): Prefix => readPrefix(text) as Prefix;
const corp = readAddressSpace(
  ['10.0.0.0/12', '10.64.0.0/16'],
  [
    { prefix: '10.0.0.0/24', kind: 'free' },
    { prefix: '10.0.1.0/24', kind: 'allocated' },
    { prefix: '10.0.2.0/23', kind: 'free' },
    { prefix: '10.0.4.0/22', kind: 'free' },
    { prefix: '10.0.8.0/21', kind: 'free' },
    { prefix: '10.0.16.0/20', kind: 'free' },
    { prefix: '10.0.32.0/19', kind: 'free' },
    { prefix: '10.0.64.0/18', kind: 'free' },
    { prefix: '10.0.128.0/17', kind: 'free' },
    { prefix: '10.1.0.0/16', kind: 'free' },
    { prefix: '10.2.0.0/15', kind: 'free' },
    { prefix: '10.4.0.0/14', kind: 'free' },
    { prefix: '10.8.0.0/13', kind: 'free' },
  ],
);

describe('where one is in the map', () => {
  test('the address of the page says it; without, or outside of the pool, it is the first prefix', () => {
    expect(windowOf(corp, '10.3.0.0/16')).toEqual(at('10.3.0.0/16'));
    expect(windowOf(corp, '10.64.0.0/20')).toEqual(at('10.64.0.0/20'));
    for (const asked of [
      undefined,
      '',
      'nonsense',
      '10.3.0.1/16',
      '192.168.0.0/16',
      '10.0.0.0/8',
    ]) {
      expect(windowOf(corp, asked)).toEqual(at('10.0.0.0/12'));
    }
    expect(windowOf(readAddressSpace([], []), '10.0.0.0/8')).toBeUndefined();
  });

  test('a block that is named alone is shown with its neighbours', () => {
    expect(windowOf(corp, undefined, at('10.3.17.0/24'))).toEqual(at('10.3.16.0/20'));
    expect(windowOf(corp, '10.0.0.0/12', at('10.3.17.0/24'))).toEqual(at('10.0.0.0/12'));
    expect(windowOf(corp, undefined, at('192.168.0.0/24'))).toEqual(at('10.0.0.0/12'));
  });

  test('the way there goes from the pool in steps of four bits', () => {
    const path = (text: string): string[] => pathTo(corp, at(text)).map(writePrefix);
    expect(path('10.0.0.0/12')).toEqual(['10.0.0.0/12']);
    expect(path('10.3.16.0/20')).toEqual(['10.0.0.0/12', '10.3.0.0/16', '10.3.16.0/20']);
    expect(path('10.3.64.0/18')).toEqual(['10.0.0.0/12', '10.3.0.0/16', '10.3.64.0/18']);
    expect(path('192.168.0.0/16')).toEqual([]);
  });

  test('rows have the prefixes that a click on them shows', () => {
    const rows = rowPrefixes(addressMapOf(corp, at('10.0.0.0/12'), 4)).map(writePrefix);
    expect(rows).toHaveLength(16);
    expect(rows.slice(0, 2)).toEqual(['10.0.0.0/16', '10.1.0.0/16']);
    const narrow = rowPrefixes(addressMapOf(corp, at('10.0.0.0/12'), 2)).map(writePrefix);
    expect(narrow).toEqual(rows);
  });

  test('from a window that is nearly empty there is a way to what is used', () => {
    expect(usedWindowOf(corp, at('10.0.0.0/12'))).toEqual(at('10.0.0.0/20'));
    expect(usedWindowOf(corp, at('10.0.0.0/20'))).toBeUndefined();
    expect(usedWindowOf(corp, at('10.8.0.0/16'))).toBeUndefined();
  });

  test('the window with what is used is smaller and holds all of it', () => {
    fc.assert(
      fc.property(generatedPool, ({ root, blocks }) => {
        const space = readAddressSpace([writePrefix(root)], blocks);
        const used = usedWindowOf(space, root);
        if (used === undefined) return;
        expect(used.length).toBeGreaterThan(root.length);
        const outside = piecesIn(space, root).filter(
          ({ prefix, kind }) => kind !== 'free' && !contains(used, prefix),
        );
        expect(outside).toEqual([]);
      }),
    );
  });

  test('the window around a block shows it as a tile of its own', () => {
    fc.assert(
      fc.property(generatedPool, fc.constantFrom(2, 4), ({ root, blocks }, columnBits) => {
        const space = readAddressSpace([writePrefix(root)], blocks);
        for (const piece of space.pieces) {
          const window = windowAround(space, piece.prefix);
          expect(contains(root, window)).toBe(true);
          const shown = addressMapOf(space, window, columnBits).tiles.map(({ prefix }) => prefix);
          expect(shown).toContainEqual(piece.prefix);
        }
      }),
    );
  });
});

describe('arrow keys in the map', () => {
  const space = readAddressSpace(
    ['10.0.0.0/24'],
    [
      { prefix: '10.0.0.0/28', kind: 'allocated' },
      { prefix: '10.0.0.16/28', kind: 'reserved' },
      { prefix: '10.0.0.32/27', kind: 'allocated' },
      { prefix: '10.0.0.64/26', kind: 'free' },
      { prefix: '10.0.0.128/25', kind: 'allocated' },
    ],
  );
  // Sixteen rows of sixteen single addresses: /28 is one row, /27 two, /26 four, /25 eight.
  const map = addressMapOf(space, at('10.0.0.0/24'), 4);
  const go = (from: number, key: string, control = false): number | undefined =>
    moveInMap(map, from, key, control);

  test('left and right follow the addresses, up and down the rows, and the border holds', () => {
    expect([go(0, 'ArrowRight'), go(1, 'ArrowLeft'), go(0, 'ArrowLeft')]).toEqual([1, 0, 0]);
    expect([go(4, 'ArrowRight'), go(4, 'ArrowDown'), go(0, 'ArrowUp')]).toEqual([4, 4, 0]);
    expect([go(2, 'ArrowDown'), go(3, 'ArrowUp')]).toEqual([3, 2]);
  });

  test('Home and End go along the row, with Ctrl through the map; other keys do nothing', () => {
    expect([go(2, 'Home'), go(2, 'End'), go(2, 'Home', true), go(2, 'End', true)]).toEqual([
      2, 2, 0, 4,
    ]);
    expect(go(2, 'a')).toBeUndefined();
    const wide = addressMapOf(corp, at('10.0.0.0/16'), 4);
    expect(wide.tiles.slice(0, 6).map(({ row }) => row)).toEqual([0, 0, 0, 0, 0, 1]);
    expect([1, 4].map((from) => moveInMap(wide, from, 'End', false))).toEqual([4, 4]);
    expect([1, 4].map((from) => moveInMap(wide, from, 'Home', false))).toEqual([0, 0]);
  });

  test('every tile is reached with arrow keys from the first', () => {
    fc.assert(
      fc.property(
        generatedPool.chain((pool) =>
          fc.record({ pool: fc.constant(pool), window: windowIn(pool.root) }),
        ),
        ({ pool, window }) => {
          const any = addressMapOf(
            readAddressSpace([writePrefix(pool.root)], pool.blocks),
            window,
            4,
          );
          for (const key of ['ArrowUp', 'ArrowDown', 'ArrowLeft', 'ArrowRight', 'Home', 'End']) {
            any.tiles.forEach((_, from) => {
              const to = moveInMap(any, from, key, false);
              expect(any.tiles[to ?? -1]).toBeDefined();
            });
          }
          let reached = 0;
          for (let index = 0; index < any.tiles.length; index += 1) {
            reached = Math.max(reached, moveInMap(any, index, 'ArrowRight', false) ?? 0);
          }
          expect(reached).toBe(any.tiles.length - 1);
        },
      ),
    );
  });
});
