import { parentPort, workerData } from 'node:worker_threads';
import { simulate } from './simulation.ts';
import { addTallies, emptyTally, tallyOf } from './tally.ts';

/** Every `step`-th seed from `from` to `to`, told in batches. */
const { from, to, step } = workerData as { from: number; to: number; step: number };
const batch = 10;

let tally = emptyTally;
for (let seed = from; seed <= to; seed += step) {
  tally = addTallies(tally, tallyOf(await simulate({ seed })));
  if (tally.seeds >= batch) {
    parentPort?.postMessage(tally);
    tally = emptyTally;
  }
}
parentPort?.postMessage(tally);
