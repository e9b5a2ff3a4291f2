import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import type { WriterPlace } from './ledger-writer.ts';

const writer = fileURLToPath(new URL('ledger-writer.ts', import.meta.url));

/** Processes that write to one ledger. */
export class WriterProcesses {
  readonly #place: WriterPlace;
  readonly #processes: ChildProcess[] = [];

  constructor(place: WriterPlace) {
    this.#place = place;
  }

  /** Starts one (`ledger-writer.ts`); `lines` grows with what the ledger has acknowledged to it. */
  start(first: number, count: number, name: string) {
    const options = [JSON.stringify(this.#place), String(first), String(count), name];
    const child = spawn(process.execPath, [writer, ...options], {
      stdio: ['ignore', 'pipe', 'inherit'],
    });
    this.#processes.push(child);
    const lines: string[] = [];
    const reader = createInterface({ input: child.stdout });
    reader.on('line', (line) => lines.push(line));
    return {
      child,
      lines,
      reader,
      ended: Promise.all([once(child, 'exit'), once(reader, 'close')]),
    };
  }

  kill(): void {
    for (const child of this.#processes.splice(0)) child.kill('SIGKILL');
  }
}
