import { PassThrough, Readable } from 'node:stream';
import { runCli } from '../../../src/cli/run.ts';
import type { World } from '../../../src/cli/world.ts';

export interface RunOptions {
  readonly env?: Readonly<Record<string, string | undefined>>;
  readonly stdin?: string;
  /** Columns of the terminal that standard output is; none: a pipe. */
  readonly columns?: number;
  readonly now?: Date;
  /** Called instead of waiting; the wait lasts as long as what it answers. */
  readonly onSleep?: (milliseconds: number, interrupt: () => void) => unknown;
  readonly fetch?: typeof fetch;
  /** Somebody sits in front of it and answers its question so. */
  readonly answer?: string;
  /** Told what is written to the error output; may interrupt, as Ctrl-C does. */
  readonly onError?: (text: string, interrupt: () => void) => void;
}

export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
  /** Waits, in milliseconds. */
  readonly sleeps: readonly number[];
}

/** Runs `vnetv` in this process, in a world where waiting takes no time. */
export async function run(argv: readonly string[], options: RunOptions = {}): Promise<Finished> {
  const { columns } = options;
  const sleeps: number[] = [];
  const interrupts = new Set<() => void>();
  const interruptAll = () => {
    for (const interrupt of interrupts) interrupt();
  };
  const text = { stdout: '', stderr: '' };
  const output = (name: 'stdout' | 'stderr') => ({
    write: (chunk: string) => {
      text[name] += chunk;
      if (name === 'stderr') options.onError?.(chunk, interruptAll);
    },
    ...(columns === undefined ? {} : { isTTY: name === 'stdout', columns }),
  });
  const person = options.answer === undefined ? undefined : personWho(options.answer);
  person?.stderr.on('data', (chunk: Buffer) => {
    text.stderr += chunk.toString();
  });
  const world: World = {
    env: { TERM: 'xterm', ...options.env },
    platform: 'linux',
    stdin:
      person?.stdin ??
      Readable.from(options.stdin === undefined ? [] : [Buffer.from(options.stdin)]),
    stdout: output('stdout'),
    stderr: person?.stderr ?? output('stderr'),
    fetch: options.fetch ?? ((input, init) => fetch(input, init)),
    now: () => options.now ?? new Date('2026-11-28T17:03:00.000Z'),
    random: () => 0.5,
    sleep: async (milliseconds) => {
      sleeps.push(milliseconds);
      await options.onSleep?.(milliseconds, interruptAll);
      if (sleeps.length > 1_000) throw new Error('It waits for ever.');
    },
    onInterrupt: (handle) => {
      interrupts.add(handle);
      return () => interrupts.delete(handle);
    },
  };
  const code = await runCli(argv, world);
  return { code, ...text, sleeps };
}

/** A terminal, and somebody who answers when asked. */
function personWho(answer: string) {
  const stdin = Object.assign(new PassThrough(), { isTTY: true });
  const stderr = Object.assign(new PassThrough(), { isTTY: true, columns: 120 });
  stderr.on('data', (chunk: Buffer) => {
    if (chunk.includes('[y/N]')) stdin.write(`${answer}\n`);
  });
  return { stdin, stderr };
}
