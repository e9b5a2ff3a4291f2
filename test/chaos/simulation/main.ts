import { availableParallelism } from 'node:os';
import { parseArgs } from 'node:util';
import { Worker } from 'node:worker_threads';
import { simulate } from './simulation.ts';
import { addTallies, type BrokenSeed, emptyTally, type Tally, tallyOf } from './tally.ts';

/**
 * `npm run chaos [-- --seeds 2000 --from 1]`: simulates the whole system with many seeds, prints what
 * happened, and fails when a rule was broken. `--seed N [--trace]` runs one seed again.
 */
const { values } = parseArgs({
  options: {
    seeds: { type: 'string', default: '2000' },
    from: { type: 'string', default: '1' },
    seed: { type: 'string' },
    trace: { type: 'boolean', default: false },
  },
});

const startedAt = performance.now();
const tally = values.seed === undefined ? await runMany() : await runOne(wholeNumber(values.seed));
print(tally, (performance.now() - startedAt) / 1000);
process.exitCode = tally.broken.length === 0 ? 0 : 1;

async function runOne(seed: number): Promise<Tally> {
  const report = await simulate({ seed, keepTrace: true });
  if (values.trace) console.log(report.trace.join('\n'));
  console.log(`trace hash ${report.traceHash}`);
  return tallyOf({ ...report, trace: [] });
}

/** Each core takes every n-th seed. */
async function runMany(): Promise<Tally> {
  const from = wholeNumber(values.from);
  const to = from + wholeNumber(values.seeds) - 1;
  const step = Math.min(availableParallelism(), to - from + 1);
  let sum = emptyTally;
  const add = (part: Tally) => {
    const before = sum.seeds;
    sum = addTallies(sum, part);
    if (Math.floor(sum.seeds / 100) > Math.floor(before / 100)) {
      console.log(`${sum.seeds} seeds, ${sum.broken.length} of them broke a rule`);
    }
  };
  const workers = Array.from({ length: step }, (_, index) =>
    runWorker(from + index, to, step, add),
  );
  await Promise.all(workers);
  return sum;
}

function runWorker(
  from: number,
  to: number,
  step: number,
  add: (part: Tally) => void,
): Promise<void> {
  return new Promise((resolve, reject) => {
    const worker = new Worker(new URL('./seed-worker.ts', import.meta.url), {
      workerData: { from, to, step },
    });
    worker.on('message', add);
    worker.on('error', reject);
    worker.on('exit', (code) =>
      code === 0 ? resolve() : reject(new Error(`A worker ended with ${code}.`)),
    );
  });
}

function print({ seeds, figures, ends, faults, broken }: Tally, seconds: number): void {
  printTable('Requests by end', ends);
  printTable('Faults', faults);
  printTable('Figures', figures);
  for (const one of broken) printBroken(one);
  const rate = (seeds / seconds).toFixed(1);
  const violations = broken.reduce((sum, one) => sum + one.violations.length, 0);
  console.log(
    `\n${seeds} seeds in ${seconds.toFixed(1)} s (${rate} a second), ${violations} violations.`,
  );
}

function printTable(title: string, counts: Readonly<Record<string, number>>): void {
  console.log(`\n${title}`);
  for (const [name, count] of Object.entries(counts).sort(([a], [b]) => (a < b ? -1 : 1))) {
    console.log(`  ${name.padEnd(40)} ${String(Math.round(count)).padStart(12)}`);
  }
}

function printBroken({ seed, violations, trace }: BrokenSeed): void {
  console.log(`\nSeed ${seed}:`);
  console.log(trace.join('\n'));
  for (const { rule, text } of violations) console.log(`  rule ${rule}: ${text}`);
  console.log(`  again: npm run chaos -- --seed ${seed} --trace`);
}

function wholeNumber(text: string): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value > 0) return value;
  throw new RangeError(`'${text}' is no whole number above 0.`);
}
