import { describe, expect, it } from 'vitest';
import { spanOfPrefix } from '../../../src/cli/render/address-space.ts';
import { renderBar, renderTrend } from '../../../src/cli/render/bar.ts';
import { renderPoolList } from '../../../src/cli/render/pool-list.ts';
import { mostBlocks, renderPoolMap } from '../../../src/cli/render/pool-map.ts';
import { markedLook, plainLook } from '../support/looks.ts';
import { samplePool } from '../support/samples.ts';

describe('a bar', () => {
  it.each([
    [0, '░░░░░░░░░░'],
    [0.0001, '▏░░░░░░░░░'],
    [0.25, '██▌░░░░░░░'],
    [0.5, '█████░░░░░'],
    [0.9999, '██████████'],
    [1, '██████████'],
    [1.5, '██████████'],
    [-1, '░░░░░░░░░░'],
  ])('of %d is %s', (fraction, bar) => {
    expect(renderBar(fraction, 10, plainLook())).toBe(bar);
  });

  it('warns by its colour', () => {
    expect(renderBar(0.5, 4, markedLook())).toContain('<cyan>');
    expect(renderBar(0.8, 4, markedLook())).toContain('<yellow>');
    expect(renderBar(0.95, 4, markedLook())).toContain('<red>');
  });

  it('a trend has a level for every value', () => {
    expect(renderTrend([0, 0.5, 1], plainLook())).toBe('▁▅█');
  });
});

describe('the list of pools', () => {
  const tiny = {
    ...samplePool,
    alias: 'v6',
    allocatedIpAddresses: '1',
    totalIpAddresses: (2n ** 96n).toString(),
    availableIpAddresses: (2n ** 96n - 1n).toString(),
  };

  it('shows a bar for each, aligned, with what is free', () => {
    expect(renderPoolList([samplePool, tiny], plainLook(60))).toEqual([
      'corp-centralus  █████▋░░░░░░░░░░░░░░░   26.6 %, 48,128 free',
      'v6              ▏░░░░░░░░░░░░░░░░░░░░   <0.1 %, 7.92e28 free',
    ]);
  });

  it('puts them below one another in a narrow window', () => {
    expect(renderPoolList([samplePool], plainLook(30))).toEqual([
      'corp-centralus',
      '  ██████▉░░░░░░░░░░░░░░░░░░░',
      '  26.6 %, 48,128 free',
    ]);
  });

  it('says why a pool cannot be read', () => {
    const error = {
      code: 'PermissionMissing',
      kind: 'operator' as const,
      message: 'The pool cannot be read.',
      cause: 'A role is missing.',
      remedy: 'Assign it.',
    };
    const { allocatedIpAddresses: _, ...unread } = { ...samplePool, error };

    expect(renderPoolList([unread], plainLook())).toEqual([
      'corp-centralus',
      '  ✗ The pool cannot be read. (PermissionMissing)',
      '    why         A role is missing.',
      '    what to do  Assign it.',
    ]);
  });
});

describe('the map of a pool', () => {
  it('shows its space as a strip, who holds what, and the largest free block', () => {
    const text = renderPoolMap(samplePool, plainLook(80)).join('\n');

    expect(text).toContain('  █░░░░░░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒▒░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░░');
    expect(text).toContain('largest free  10.0.128.0/17');
    expect(text).toMatch(/10\.0\.0\.0\/22 +allocated +vnet-payments +fabrikam +NET-7/);
    expect(text).toContain('▁▃ since 2026-11-01');
  });

  it('does not lose an allocation that is smaller than a cell', () => {
    const blocks = [
      { prefix: '10.0.0.0/17', kind: 'free' as const },
      { prefix: '10.0.128.0/32', kind: 'allocated' as const },
    ];

    expect(renderPoolMap({ ...samplePool, blocks }, plainLook(22)).join('\n')).toContain(
      '░░░░░░░░░░█',
    );
  });

  it('draws pools of IPv6, and pools with fewer addresses than the strip has cells', () => {
    const v6 = {
      ...samplePool,
      addressPrefixes: ['fd00:c0::/32', '10.0.0.0/30'],
      blocks: [
        { prefix: 'fd00:c0::/33', kind: 'allocated' as const },
        { prefix: 'fd00:c0:8000::/33', kind: 'free' as const },
        { prefix: '10.0.0.0/31', kind: 'free' as const },
        { prefix: '10.0.0.2/31', kind: 'reserved' as const },
      ],
    };
    const text = renderPoolMap(v6, plainLook(22)).join('\n');

    expect(text).toContain('██████████░░░░░░░░░░');
    expect(text).toContain('░░░░░░░░░░▒▒▒▒▒▒▒▒▒▒');
  });

  it('lists no more blocks than a person reads', () => {
    const blocks = Array.from({ length: 300 }, (_, index) => ({
      prefix: `10.0.${Math.floor(index / 256)}.${index % 256}/32`,
      kind: 'allocated' as const,
    }));
    const text = renderPoolMap({ ...samplePool, blocks }, plainLook(80)).join('\n');

    expect(text.match(/\/32/g)).toHaveLength(mostBlocks);
    expect(text).toContain(`and ${300 - mostBlocks} more; --json lists all`);
    expect(text).toContain('(not shown to you)');
  });

  it.each(['10.0.0.0', '10.0.0/8', 'x/24', '10.0.0.0/33', 'fd00::/129', '1:2:3/64', ''])(
    'takes %j for no prefix',
    (text) => {
      expect(spanOfPrefix(text)).toBeUndefined();
    },
  );
});
