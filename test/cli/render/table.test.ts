import { describe, expect, it } from 'vitest';
import { renderTable } from '../../../src/cli/render/table.ts';
import { plainLook } from '../support/looks.ts';

const columns = [
  { title: 'id' },
  { title: 'name', shrinkTo: 8 },
  { title: 'tenant', drop: 1 },
  { title: 'count', align: 'right' },
] as const;
const rows = [
  ['NET-1', 'vnet-payments', 'fabrikam', '7'],
  ['NET-22', 'vnet-a', 'northwind', '1024'],
];

describe('a table', () => {
  it('has the width of its texts where there is room, or no terminal', () => {
    expect(renderTable(columns, rows, plainLook())).toEqual([
      'id      name           tenant     count',
      'NET-1   vnet-payments  fabrikam       7',
      'NET-22  vnet-a         northwind   1024',
    ]);
  });

  it('cuts what may be cut before it leaves out what may be left out', () => {
    expect(renderTable(columns, rows, plainLook(36))).toEqual([
      'id      name        tenant     count',
      'NET-1   vnet-paym…  fabrikam       7',
      'NET-22  vnet-a      northwind   1024',
    ]);
    expect(renderTable(columns, rows, plainLook(30))).toEqual([
      'id      name           count',
      'NET-1   vnet-payments      7',
      'NET-22  vnet-a          1024',
    ]);
  });

  it('shows row by row where not even that fits', () => {
    expect(renderTable(columns, rows, plainLook(20))).toEqual([
      'NET-1',
      '  name',
      '    vnet-payments',
      '  tenant  fabrikam',
      '  count   7',
      '',
      'NET-22',
      '  name    vnet-a',
      '  tenant  northwind',
      '  count   1024',
    ]);
  });

  it('aligns letters that are wide', () => {
    const [, first, second] = renderTable(
      [{ title: 'a' }, { title: 'b' }],
      [
        ['網路', 'x'],
        ['abcd', 'y'],
      ],
      plainLook(),
    );

    expect(first).toBe('網路  x');
    expect(second).toBe('abcd  y');
  });
});
