import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const script = fileURLToPath(new URL('support/stubborn-process.ts', import.meta.url));

/** Starts the process, sends it the signals one after the other, and tells how it ended. */
async function exitAfter(stopMs: number, signals: readonly NodeJS.Signals[]): Promise<unknown> {
  const child = spawn(process.execPath, [script, String(stopMs)], {
    stdio: ['ignore', 'pipe', 'ignore'],
  });
  const exited = once(child, 'exit');
  for (const signal of signals) {
    await once(child.stdout, 'data');
    child.kill(signal);
  }
  return exited;
}

test('what stops in time ends with 0, even when it is asked twice', async () => {
  expect(await exitAfter(100, ['SIGINT', 'SIGINT'])).toEqual([0, null]);
});

test('what does not stop in time is ended all the same', async () => {
  expect(await exitAfter(-1, ['SIGTERM'])).toEqual([1, null]);
});
