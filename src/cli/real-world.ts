import { setTimeout as sleep } from 'node:timers/promises';
import type { World } from './world.ts';

/** The world that a process of its own lives in. */
export function realWorld(): World {
  return {
    env: process.env,
    platform: process.platform,
    stdin: process.stdin,
    stdout: process.stdout,
    stderr: process.stderr,
    fetch: (input, init) => fetch(input, init),
    now: () => new Date(),
    random: Math.random,
    async sleep(milliseconds, signal) {
      await sleep(milliseconds, undefined, signal ? { signal } : {}).catch((error: Error) => {
        if (error.name !== 'AbortError') throw error;
      });
    },
    onInterrupt(handle) {
      const signals = ['SIGINT', 'SIGTERM'] as const;
      for (const signal of signals) process.on(signal, handle);
      return () => {
        for (const signal of signals) process.off(signal, handle);
      };
    },
  };
}
