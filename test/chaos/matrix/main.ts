import { fork } from 'node:child_process';
import { once } from 'node:events';
import { availableParallelism } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildApp } from '../../../scripts/build.ts';
import { lineOf, problemsIn, tableOf } from './figures.ts';
import { allTasks, matrices, type Task, type TaskReport } from './tasks.ts';

const worker = fileURLToPath(new URL('worker.ts', import.meta.url));

/** All of the matrices, or those that are named: `--matrix fault --name allocate --jobs 2`. */
const { values } = parseArgs({
  options: { matrix: { type: 'string' }, name: { type: 'string' }, jobs: { type: 'string' } },
});
const tasks = allTasks().filter(
  ({ matrix, name }) =>
    (values.matrix ?? matrix) === matrix && (values.name === undefined || values.name === name),
);
if (tasks.length === 0) {
  console.error(`There is no such matrix. There are: ${matrices.join(', ')}; names as they print.`);
  process.exit(2);
}

async function runApart(task: Task): Promise<TaskReport> {
  const forked = fork(worker, { execArgv: [] });
  const died = once(forked, 'exit');
  forked.send(task);
  const [report] = (await Promise.race([
    once(forked, 'message'),
    died.then(() => {
      throw new Error(`The ${task.matrix} matrix of ${task.name} broke off; see above.`);
    }),
  ])) as [TaskReport];
  return report;
}

await buildApp({ quiet: true });
const startedAt = performance.now();
const waiting = [...tasks];
const reports: TaskReport[] = [];
async function work(): Promise<void> {
  for (let task = waiting.shift(); task; task = waiting.shift()) {
    const report = await runApart(task);
    reports.push(report);
    console.log(lineOf(report));
    for (const problem of problemsIn(report.cells)) console.log(`  ${problem}`);
  }
}
const jobs = Number(values.jobs ?? availableParallelism());
await Promise.all(Array.from({ length: jobs }, work));

for (const matrix of matrices) {
  const own = reports.filter((report) => report.matrix === matrix);
  if (own.length > 0) console.log(`\nThe ${matrix} matrix\n\n${tableOf(own)}`);
}
const cells = reports.flatMap((report) => report.cells);
const problems = problemsIn(cells);
const seconds = ((performance.now() - startedAt) / 1000).toFixed(0);
console.log(
  `\n${cells.length} cells in ${seconds} s with ${jobs} processes; ${problems.length} wrong.`,
);
for (const problem of problems) console.log(`  ${problem}`);
process.exitCode = problems.length > 0 ? 1 : 0;
