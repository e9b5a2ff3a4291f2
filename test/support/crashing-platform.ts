import { existsSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { FaultList, faultSchema } from '../../src/local/azure/control/faults.ts';
import { DocumentStore } from '../../src/local/azure/document-store.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { startPlatform } from '../../src/local/platform.ts';
import type { Fault } from './control.ts';

/**
 * A platform in a process of its own that kills itself, as `kill -9` would, at a point it is told:
 * after the n-th commit of the durable engine, or after the n-th transaction of the emulated Azure
 * (its effect is stored, its answer is never sent).
 */
export interface CrashPoint {
  readonly after: 'durable-commit' | 'azure-transaction';
  readonly count: number;
}

/** What happened since the platform was last told to count, or to kill itself. */
export type CrashCounts = Readonly<Record<CrashPoint['after'], number>>;

export type ToCrashingPlatform =
  | { readonly kind: 'arm'; readonly point: CrashPoint | undefined; readonly fault?: Fault }
  | { readonly kind: 'count' };

const [, , dataDirectory = '', fault = ''] = process.argv;
const feltFile = join(dataDirectory, 'fault-felt');

let point: CrashPoint | undefined;
let counts = { 'durable-commit': 0, 'azure-transaction': 0 };

function reached(kind: CrashPoint['after']): void {
  counts[kind] += 1;
  if (point?.after === kind && counts[kind] === point.count) process.kill(process.pid, 'SIGKILL');
}

const { transaction } = DocumentStore.prototype;
let depth = 0;
DocumentStore.prototype.transaction = function crashing<T>(this: DocumentStore, run: () => T): T {
  depth += 1;
  try {
    return transaction.call(this, run) as T;
  } finally {
    depth -= 1;
    if (depth === 0) reached('azure-transaction');
  }
};

/** A fault outlives the process, until it has been felt: it is there before anybody asks. */
const { take } = FaultList.prototype;
let waiting: Fault | undefined =
  fault === '' || existsSync(feltFile) ? undefined : (JSON.parse(fault) as Fault);
FaultList.prototype.take = function remembering(this: FaultList, target) {
  if (waiting) this.add(faultSchema.parse(waiting));
  waiting = undefined;
  const effect = take.call(this, target);
  if (effect) writeFileSync(feltFile, '');
  return effect;
};

process.on('message', (message: ToCrashingPlatform) => {
  if (message.kind === 'arm') {
    ({ point, fault: waiting } = { fault: undefined, ...message });
    counts = { 'durable-commit': 0, 'azure-transaction': 0 };
  }
  process.send?.(counts);
});

const platform = await startPlatform({
  landscapeFile: readLandscapeFile(),
  dataDirectory,
  speed: 200,
  ports: { api: 0, amqp: 0, azure: 0 },
  testing: { onCommit: () => reached('durable-commit') },
});
process.send?.({ ready: platform.ready, ledgerFile: platform.ledgerFile });
