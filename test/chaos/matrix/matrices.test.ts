import { afterAll, describe, expect, it } from 'vitest';
import { type Column, columns } from './columns.ts';
import { runDuplicated } from './duplicate-matrix.ts';
import { type Cell, learnRows, runCell, Workshop } from './fault-matrix.ts';
import { problemsIn } from './figures.ts';
import type { Row } from './rows.ts';
import { type Scenario, scenarios } from './scenarios.ts';

/** A sample that is always the same; `npm run chaos` runs every cell. */
const workshop = new Workshop();
afterAll(() => workshop.close());

/** A hanging call costs real time: only the full matrix waits for all of them. */
const quick = columns.filter(({ name }) => !name.startsWith('hangs'));
const isChosen = (row: Row, index: number) => writes(row) || index % 2 === 0;
const writes = ({ method }: Row) => method === 'PUT' || method === 'DELETE';

/** Every other call of `allocate`, and what the others write, each with another fault. */
function sampleOf(scenario: Scenario, rows: readonly Row[]): readonly Cell[] {
  const chosen = scenario.name === 'allocate' ? rows.filter(isChosen) : rows.filter(writes);
  const seed = scenarios.indexOf(scenario);
  return chosen.flatMap((row, index) => {
    const possible = quick.filter((column) => column.concerns(row));
    const column = possible[(seed + 5 * index) % possible.length];
    const hanging = columns.filter(({ name }) => name === 'hangs after effect');
    const more = row === rows.findLast(writes) && seed % 4 === 0 ? hanging : [];
    return [...(column ? [column] : []), ...more].map((one: Column) => ({
      scenario,
      row,
      column: one,
    }));
  });
}

describe('a fault at one call leaves both tenants as the record says', () => {
  for (const scenario of scenarios) {
    it(scenario.name, { timeout: 60_000 }, async () => {
      const withTokens = scenario.name === 'allocate';
      const cells = sampleOf(scenario, await learnRows(workshop, scenario, { withTokens }));
      expect(cells.length).toBeGreaterThan(0);
      const reports = [];
      for (const cell of cells) reports.push(await runCell(workshop, cell));
      expect(problemsIn(reports)).toEqual([]);
    });
  }
});

describe('everything that happens twice', () => {
  it('leaves both tenants as the record says', { timeout: 60_000 }, async () => {
    const reports = await runDuplicated('all of it, one event a turn', scenarios);
    expect(reports.map(({ scenario }) => scenario)).toEqual(scenarios.map(({ name }) => name));
    expect(problemsIn(reports)).toEqual([]);
  });
});
