import { describe, expect, test } from 'vitest';
import { addressMapOf, type Tile } from '../../../src/web/pools/address-map.ts';
import { readAddressSpace } from '../../../src/web/pools/address-space.ts';
import { columnLabels } from '../../../src/web/pools/column-labels.ts';
import { findPieces } from '../../../src/web/pools/find-pieces.ts';
import { tileLabel } from '../../../src/web/pools/map-geometry.ts';
import { mapHref, poolHref, readMapQuery } from '../../../src/web/pools/map-query.ts';
import { poolUsageOf } from '../../../src/web/pools/pool-usage.ts';
import type { Prefix } from '../../../src/web/pools/prefix.ts';
import { readPrefix } from '../../../src/web/pools/read-prefix.ts';
import { tileWords } from '../../../src/web/pools/tile-words.ts';
import { writePrefix } from '../../../src/web/pools/write-prefix.ts';

const at = (text: string): Prefix => readPrefix(text) as Prefix;
const virtualNetwork = {
  resourceId: '/subscriptions/b1/resourceGroups/rg-pay/providers/x/virtualNetworks/vnet-pay',
  name: 'vnet-pay',
  tenant: 'fabrikam',
  requestId: 'RITM0012301',
};
const space = readAddressSpace(
  ['10.0.0.0/16'],
  [
    { prefix: '10.0.0.0/20', kind: 'allocated', holder: virtualNetwork },
    { prefix: '10.0.16.0/26', kind: 'reserved' },
    { prefix: '10.0.16.64/26', kind: 'free' },
    { prefix: '10.0.16.128/25', kind: 'allocated' },
    { prefix: '10.0.17.0/24', kind: 'free' },
    { prefix: '10.0.18.0/23', kind: 'free' },
    { prefix: '10.0.20.0/22', kind: 'free' },
    { prefix: '10.0.24.0/21', kind: 'free' },
    {
      prefix: '10.0.32.0/19',
      kind: 'allocated',
      holder: { resourceId: '/x/ipamPools/corp-labs', name: 'corp-labs' },
    },
    { prefix: '10.0.64.0/18', kind: 'free' },
    { prefix: '10.0.128.0/17', kind: 'free' },
  ],
);
const { tiles } = addressMapOf(space, at('10.0.0.0/16'), 4);
const tileAt = (prefix: string): Tile =>
  tiles.find((tile) => writePrefix(tile.prefix) === prefix) as Tile;

describe('what a tile says', () => {
  const box = (width: number, height = 34) => ({ x: 0, y: 0, width, height });

  test('with room: name and prefix; with less: the length alone, never a part of an address', () => {
    const label = (width: number, height?: number) =>
      tileLabel(tileAt('10.0.0.0/20'), box(width, height));
    expect(label(400)).toEqual(['vnet-pay 10.0.0.0/20']);
    expect(label(100)).toEqual(['vnet-pay', '10.0.0.0/20']);
    expect(label(50)).toEqual(['vnet-pay', '/20']);
    expect(label(50, 20)).toEqual(['/20']);
    expect(label(30)).toEqual(['/20']);
    expect(label(10)).toEqual([]);
  });

  test('free tiles are quiet, and mixed ones show a small map instead of words', () => {
    expect(tileLabel(tileAt('10.0.128.0/17'), box(400))).toEqual(['free 10.0.128.0/17']);
    expect(tileLabel(tileAt('10.0.128.0/17'), box(60))).toEqual(['/17']);
    expect(tileLabel(tileAt('10.0.16.0/24'), box(400))).toEqual([]);
  });

  test('in words it begins with what is shown and leaves nothing out', () => {
    expect(tileWords(tileAt('10.0.0.0/20'), ['vnet-pay', '/20'])).toBe(
      'vnet-pay /20, 10.0.0.0/20, allocated, 4,096 addresses, tenant fabrikam, request RITM0012301',
    );
    expect(tileWords(tileAt('10.0.0.0/20'), [])).toBe(
      'vnet-pay, 10.0.0.0/20, allocated, 4,096 addresses, tenant fabrikam, request RITM0012301',
    );
    expect(tileWords(tileAt('10.0.128.0/17'), ['free 10.0.128.0/17'])).toBe(
      'free 10.0.128.0/17, 32,768 addresses',
    );
    expect(tileWords(tileAt('10.0.16.0/24'), [])).toBe(
      '10.0.16.0/24, partly used, 1 allocated, 1 reserved, 25% free',
    );
    expect(tileWords(tileAt('10.0.32.0/19'), ['corp-labs 10.0.32.0/19'])).toBe(
      'corp-labs 10.0.32.0/19, allocated, 8,192 addresses, child pool',
    );
  });
});

describe('the labels of columns', () => {
  const labels = (window: string, columnBits = 4): string[] => {
    const empty = readAddressSpace([window], [{ prefix: window, kind: 'free' }]);
    return columnLabels(addressMapOf(empty, at(window), columnBits));
  };

  test.each([
    ['10.0.0.0/12', 4, ['.0', '.16', '.32'], 16],
    ['10.0.0.0/12', 2, ['.0', '.64', '.128'], 4],
    ['10.3.0.0/16', 4, ['+0', '+1', '+2'], 16],
    ['10.3.16.0/20', 4, ['.0', '.16', '.32'], 16],
    ['10.3.16.0/24', 4, ['+0', '+1', '+2'], 16],
    ['fd00:c0::/32', 4, ['0', '1', '2'], 16],
    ['fd00:c0::/32', 2, ['0', '4', '8'], 4],
  ] as const)('of %s with 2^%d columns are %j', (window, columnBits, first, count) => {
    expect(labels(window, columnBits).slice(0, 3)).toEqual(first);
    expect(labels(window, columnBits)).toHaveLength(count);
  });

  test('there are none where a cell differs in two octets, or there is one column', () => {
    expect(labels('10.0.0.0/17')).toEqual([]);
    expect(labels('10.0.0.1/32')).toEqual([]);
  });
});

describe('finding who holds what', () => {
  const found = (text: string): string[] =>
    findPieces(space.pieces, text).map(({ prefix }) => writePrefix(prefix));

  test('an address finds the block that it lies in, a prefix what is in it or around it', () => {
    expect(found('10.0.16.200')).toEqual(['10.0.16.128/25']);
    expect(found(' 10.0.16.0/25 ')).toEqual(['10.0.16.0/26', '10.0.16.64/26']);
    expect(found('10.0.0.0/28')).toEqual(['10.0.0.0/20']);
    expect(found('192.168.0.1')).toEqual([]);
    expect(found('fd00::1')).toEqual([]);
  });

  test('the beginning of a prefix, a VNet, tenant, request or resource id finds blocks', () => {
    expect(found('10.0.12')).toEqual(['10.0.128.0/17']);
    for (const text of ['VNET-pay', 'fabri', 'ritm0012301', 'rg-pay']) {
      expect(found(text)).toEqual(['10.0.0.0/20']);
    }
    expect(found('')).toEqual([]);
    expect(found('nobody')).toEqual([]);
  });
});

describe('the address of the page', () => {
  test('says window, block, search and filter, and what it says wrongly is as if absent', () => {
    const query = new URLSearchParams('at=10.0.16.0/20&block=10.0.16.0/26&find=pay&show=free');
    expect(readMapQuery(query)).toEqual({
      at: '10.0.16.0/20',
      block: at('10.0.16.0/26'),
      find: 'pay',
      show: 'free',
    });
    expect(readMapQuery(new URLSearchParams('block=nonsense&show=other'))).toEqual({
      at: undefined,
      block: undefined,
      find: '',
      show: 'used',
    });
  });

  test('links keep the rest, drop the block of another window and can be read by people', () => {
    const query = new URLSearchParams('at=10.0.0.0/16&block=10.0.16.0/26&find=pay');
    expect(mapHref(query, at('10.0.16.0/20'))).toBe('?at=10.0.16.0/20&find=pay');
    expect(mapHref(new URLSearchParams(), at('fd00:c0::/32'), at('fd00:c0::/48'))).toBe(
      '?at=fd00:c0::/32&block=fd00:c0::/48',
    );
  });
});

test('other pages lead to a pool, and to a block in it', () => {
  expect(poolHref('corp v6')).toBe('/pools/corp%20v6');
  expect(poolHref('corp', 'fd00:c0::/48')).toBe('/pools/corp?block=fd00:c0::/48');
});

describe('the usage of a pool', () => {
  const pool = (total?: string, allocated?: string, available?: string) =>
    poolUsageOf({
      alias: 'corp',
      id: '/corp',
      location: 'centralus',
      family: 'IPv4',
      addressPrefixes: ['10.0.0.0/24'],
      ...(total !== undefined && { totalIpAddresses: total }),
      ...(allocated !== undefined && { allocatedIpAddresses: allocated }),
      ...(available !== undefined && { availableIpAddresses: available }),
    });

  test('what is neither allocated nor available is reserved', () => {
    expect(pool('1000', '300', '600')).toEqual({
      total: 1000n,
      allocated: 300n,
      reserved: 100n,
      free: 600n,
      level: 'roomy',
    });
    expect(pool('1000', '300')).toMatchObject({ reserved: 0n, free: 700n });
  });

  test.each([
    ['100', 'roomy'],
    ['99', 'nearly-full'],
    ['1', 'nearly-full'],
    ['0', 'full'],
  ] as const)('with %s of 1000 available it is %s', (available, level) => {
    expect(pool('1000', '900', available)?.level).toBe(level);
  });

  test('numbers beyond 2^53 are exact, contradictions harmless, and without numbers there is no usage', () => {
    const total = String(1n << 96n);
    expect(pool(total, '1', String((1n << 96n) - 1n))).toMatchObject({ reserved: 0n });
    expect(pool('100', '300', '50')).toMatchObject({ free: 0n, reserved: 0n, level: 'full' });
    expect(pool()).toBeUndefined();
  });
});
