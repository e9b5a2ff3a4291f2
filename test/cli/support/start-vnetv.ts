import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';

export const entry = fileURLToPath(new URL('../../../dist/cli/vnetv.mjs', import.meta.url));

export interface StartOptions {
  readonly env?: Readonly<Record<string, string>>;
  readonly stdin?: string;
  readonly node?: string;
}

export interface Exited {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Started {
  readonly child: ChildProcess;
  readonly exited: Promise<Exited>;
  /** Resolves when the error output holds a text. */
  said(text: string): Promise<void>;
}

/** Starts the built `vnetv` as a process of its own, with an environment that holds nothing of ours. */
export function startVnetv(argv: readonly string[], options: StartOptions = {}): Started {
  const child = spawn(options.node ?? process.execPath, [entry, ...argv], {
    env: { PATH: process.env['PATH'] ?? '', TZ: 'UTC', ...options.env },
    stdio: ['pipe', 'pipe', 'pipe'],
  });
  child.stdin.end(options.stdin ?? '');
  const text = { stdout: '', stderr: '' };
  const listeners = new Set<() => void>();
  for (const name of ['stdout', 'stderr'] as const) {
    child[name].setEncoding('utf8').on('data', (chunk: string) => {
      text[name] += chunk;
      for (const listener of listeners) listener();
    });
  }
  const exited = new Promise<Exited>((resolve) => {
    child.on('close', (code) => resolve({ code, ...text }));
  });
  const said = (wanted: string) =>
    new Promise<void>((resolve, reject) => {
      const look = () => {
        if (text.stderr.includes(wanted)) resolve();
      };
      listeners.add(look);
      look();
      void exited.then(() =>
        reject(new Error(`It ended without saying '${wanted}': ${text.stderr}`)),
      );
    });
  return { child, exited, said };
}

/** Runs the built `vnetv` to its end. */
export const vnetv = (argv: readonly string[], options?: StartOptions): Promise<Exited> =>
  startVnetv(argv, options).exited;
