import type { CellReport } from './fault-matrix.ts';
import type { TaskReport } from './tasks.ts';

/** One line a task. */
export function lineOf({ matrix, name, cells, notApplicable, seconds }: TaskReport): string {
  const wrong = cells.filter(({ problems }) => problems.length > 0).length;
  return [
    `${matrix} matrix, ${name}:`,
    `${cells.length} cells`,
    ...(notApplicable > 0 ? [`(${notApplicable} more do not apply)`] : []),
    `${endingsOf(cells)},`,
    `${wrong} wrong,`,
    `${seconds.toFixed(0)} s`,
  ].join(' ');
}

/** Cells by what went wrong with them, and how they ended; as a table of Markdown. */
export function tableOf(reports: readonly TaskReport[]): string {
  const cells = reports.flatMap((report) => report.cells);
  const names = [...new Set(cells.map(({ scenario }) => scenario))];
  const columns = [...new Set(cells.map(({ column }) => column))];
  const row = (values: readonly (string | number)[]) => `| ${values.join(' | ')} |`;
  const of = (name: string, column: string) =>
    cells.filter((cell) => cell.scenario === name && cell.column === column).length;
  return [
    row(['scenario', ...columns, 'cells', 'endings']),
    row(['---', ...columns.map(() => '--:'), '--:', '---']),
    ...names.map((name) => {
      const own = cells.filter(({ scenario }) => scenario === name);
      const counts = columns.map((column) => of(name, column));
      return row([name, ...counts, own.length, endingsOf(own)]);
    }),
  ].join('\n');
}

/** What went wrong, a line each. */
export const problemsIn = (cells: readonly CellReport[]): readonly string[] =>
  cells
    .filter(({ problems }) => problems.length > 0)
    .map(
      ({ scenario, row, column, problems }) =>
        `${scenario} | ${row} | ${column} | ${problems.join('; ')}`,
    );

function endingsOf(cells: readonly CellReport[]): string {
  const counts = new Map<string, number>();
  for (const { state } of cells) counts.set(state, (counts.get(state) ?? 0) + 1);
  return [...counts].map(([state, count]) => `${count} ${state}`).join(', ');
}
