import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import { openSqliteLedger } from '../../../src/ledger/sqlite-ledger.ts';
import { openTableLedger } from '../../../src/ledger/table-ledger.ts';
import { writeAtOnce } from '../../ledger/concurrent-writers.ts';
import { startAzurite } from '../../support/azurite.ts';

/**
 * `npm run chaos -- --only ledger [--writers 50 --rounds 200 --instances 5]`: writers that change the same
 * few requests all at once, in each store, each instance with connections of its own. Fails when an update
 * was lost.
 */
const { values } = parseArgs({
  options: {
    writers: { type: 'string', default: '50' },
    rounds: { type: 'string', default: '200' },
    instances: { type: 'string', default: '5' },
    store: { type: 'string' },
  },
});

const [writers, rounds, instances] = [values.writers, values.rounds, values.instances].map(
  Number,
) as [number, number, number];

async function run(store: string, open: () => Ledger): Promise<void> {
  if (values.store !== undefined && values.store !== store) return;
  const ledgers = Array.from({ length: instances }, open);
  const startedAt = performance.now();
  const faults = await writeAtOnce({ ledgers, writers, rounds, requests: 10 });
  const seconds = (performance.now() - startedAt) / 1_000;
  await Promise.all(ledgers.map((ledger) => ledger.close()));
  console.log(
    `${store}: ${writers} writers x ${rounds} rounds on ${instances} instances, ${seconds.toFixed(1)} s, ` +
      `${Math.round((writers * rounds) / seconds)} changes a second, ${faults.length} faults`,
  );
  for (const fault of faults.slice(0, 20)) console.error(`  ${fault}`);
  if (faults.length > 0) process.exitCode = 1;
}

const folder = mkdtempSync(join(tmpdir(), 'ledger-chaos-'));
await run('sqlite', () => openSqliteLedger(join(folder, 'ledger.db')));
rmSync(folder, { recursive: true });

const azurite = await startAzurite();
const { connectionString } = azurite;
await run('table', () => openTableLedger({ connectionString }, 'ledger'));
await azurite.close();
