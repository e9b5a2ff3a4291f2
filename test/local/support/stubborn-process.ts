import { runUntilStopped } from '../../../src/local/run-until-stopped.ts';

/** Stops after the milliseconds of its argument, or never; the patience is 300 ms. */
const stopMs = Number(process.argv[2]);

await runUntilStopped(
  async () => {
    setTimeout(() => console.log('started'));
    return {
      close: () =>
        new Promise<void>((resolve) => {
          console.log('stopping');
          if (stopMs >= 0) setTimeout(resolve, stopMs);
        }),
    };
  },
  { onFreePorts: 'npm start', patience: 300 },
);
