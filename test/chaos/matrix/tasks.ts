import { columns } from './columns.ts';
import { CrashMatrix } from './crash-matrix.ts';
import { type Duplication, duplications, runDuplicated } from './duplicate-matrix.ts';
import { type CellReport, learnRows, runCell, Workshop } from './fault-matrix.ts';
import { type Scenario, scenarioOf, scenarios } from './scenarios.ts';

export const matrices = ['fault', 'duplicate', 'crash'] as const;
export type Matrix = (typeof matrices)[number];

/** What one process does at a time. */
export interface Task {
  readonly matrix: Matrix;
  /** A scenario; of the duplicate matrix, what happens twice. */
  readonly name: string;
}

export interface TaskReport extends Task {
  readonly cells: readonly CellReport[];
  /** Cells that make no sense: the call has no operation, or no auxiliary token. */
  readonly notApplicable: number;
  readonly seconds: number;
}

export const allTasks = (): readonly Task[] => [
  ...scenarios.map(({ name }) => ({ matrix: 'fault' as const, name })),
  ...Object.keys(duplications).map((name) => ({ matrix: 'duplicate' as const, name })),
  ...scenarios.map(({ name }) => ({ matrix: 'crash' as const, name })),
];

export async function runTask(task: Task): Promise<TaskReport> {
  const startedAt = performance.now();
  const { cells, notApplicable } = await cellsOf(task);
  const seconds = (performance.now() - startedAt) / 1000;
  return { ...task, cells, notApplicable, seconds };
}

async function cellsOf({
  matrix,
  name,
}: Task): Promise<Pick<TaskReport, 'cells' | 'notApplicable'>> {
  switch (matrix) {
    case 'fault':
      return await runFaultMatrix(scenarioOf(name));
    case 'duplicate':
      return { cells: await runDuplicated(name as Duplication, scenarios), notApplicable: 0 };
    case 'crash':
      return { cells: await runCrashMatrix(scenarioOf(name)), notApplicable: 0 };
  }
}

async function runFaultMatrix(scenario: Scenario) {
  const workshop = new Workshop();
  const cells: CellReport[] = [];
  let notApplicable = 0;
  try {
    for (const row of await learnRows(workshop, scenario)) {
      for (const column of columns) {
        if (column.concerns(row)) cells.push(await runCell(workshop, { scenario, row, column }));
        else notApplicable += 1;
      }
    }
  } finally {
    await workshop.close();
  }
  return { cells, notApplicable };
}

async function runCrashMatrix(scenario: Scenario): Promise<readonly CellReport[]> {
  const matrix = new CrashMatrix(scenario);
  const cells: CellReport[] = [];
  try {
    for (const point of await matrix.learnPoints()) cells.push(await matrix.killAt(point));
  } finally {
    await matrix.close();
  }
  return cells;
}
