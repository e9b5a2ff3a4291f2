import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const nodeModules = fileURLToPath(new URL('../../node_modules', import.meta.url));

/** A program of a page, run as its reader would: saved, then started with Node. */
export class Program {
  readonly #folder = mkdtempSync(join(tmpdir(), 'vnet-vending-program-'));
  readonly #process: ChildProcess;
  output = '';

  constructor(text: string, environment: Readonly<Record<string, string>>) {
    const file = join(this.#folder, 'program.mjs');
    writeFileSync(file, text);
    symlinkSync(nodeModules, join(this.#folder, 'node_modules'));
    this.#process = spawn(process.execPath, [file], {
      env: { PATH: process.env['PATH'] ?? '', ...environment },
      stdio: ['ignore', 'pipe', 'pipe'],
    });
    for (const stream of [this.#process.stdout, this.#process.stderr]) {
      stream?.on('data', (part: Buffer) => {
        this.output += part.toString();
      });
    }
  }

  /** Waits for words of the program's output. */
  async says(words: RegExp): Promise<RegExpExecArray> {
    for (;;) {
      const found = words.exec(this.output);
      if (found) return found;
      if (this.#process.exitCode !== null) {
        throw new Error(`The program ended without saying ${words}: ${this.output}`);
      }
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
  }

  /** Waits until it has ended by itself. */
  async ended(): Promise<number | null> {
    if (this.#process.exitCode === null) {
      await new Promise((resolve) => this.#process.once('exit', resolve));
    }
    return this.#process.exitCode;
  }

  stop(): void {
    this.#process.kill('SIGKILL');
    rmSync(this.#folder, { recursive: true, force: true });
  }
}
