import { DocumentStore } from '../../src/local/azure/document-store.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { startPlatform } from '../../src/local/platform.ts';

/**
 * A platform in a process of its own that kills itself, as `kill -9` would, at a point it is told:
 * after the n-th commit of the durable engine, or after the n-th transaction of the emulated Azure
 * (its effect is stored, its answer is never sent).
 */
export interface CrashPoint {
  readonly after: 'durable-commit' | 'azure-transaction';
  readonly count: number;
}

let point: CrashPoint | undefined;
let remaining = 0;

function reached(kind: CrashPoint['after']): void {
  if (point?.after !== kind) return;
  remaining -= 1;
  if (remaining === 0) process.kill(process.pid, 'SIGKILL');
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

process.on('message', (message: CrashPoint) => {
  point = message;
  remaining = message.count;
  process.send?.('armed');
});

const platform = await startPlatform({
  landscapeFile: readLandscapeFile(),
  dataDirectory: process.argv[2] ?? '',
  speed: 200,
  ports: { api: 0, amqp: 0, azure: 0 },
  testing: { onCommit: () => reached('durable-commit') },
});
process.send?.({ ready: platform.ready, ledgerFile: platform.ledgerFile });
