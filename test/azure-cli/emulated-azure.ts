import { type ChildProcess, spawn } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import type { AzureReady } from '../../src/local/ready-file.ts';
import { until } from '../support/control.ts';

/** The emulated Azure as `npm run azure` starts it, with its data in `.local` of a folder, as the guide has it. */
export class EmulatedAzureProcess {
  readonly ready: AzureReady;
  readonly #process: ChildProcess;

  private constructor(ready: AzureReady, child: ChildProcess) {
    this.ready = ready;
    this.#process = child;
  }

  static async start(folder: string): Promise<EmulatedAzureProcess> {
    const data = join(folder, '.local');
    const readyFile = join(data, 'azure.json');
    mkdirSync(data);
    const main = resolve(import.meta.dirname, '../../src/local/azure/main.ts');
    const options = ['--azure-port', '0', '--data', data, '--speed', '100'];
    const child = spawn(process.execPath, [main, ...options, '--ready-file', readyFile], {
      stdio: ['ignore', 'ignore', 'inherit'],
    });
    await until(() => {
      if (child.exitCode !== null) throw new Error(`The emulated Azure ended: ${child.exitCode}`);
      return existsSync(readyFile);
    }, 'the ready file of the emulated Azure');
    return new EmulatedAzureProcess(JSON.parse(readFileSync(readyFile, 'utf8')), child);
  }

  async stop(): Promise<void> {
    if (this.#process.exitCode !== null) return;
    const ended = new Promise((resolve) => this.#process.once('exit', resolve));
    this.#process.kill('SIGTERM');
    await ended;
  }
}
