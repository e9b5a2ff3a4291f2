import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { app as functions } from '@azure/functions';
import type { App } from '../app.ts';
import { destinationsIn } from './destinations.ts';
import { logEvent, wordsOf } from './log-event.ts';
import { startTelemetry, stopTelemetry } from './telemetry.ts';

/** Milliseconds. The Functions host gives a worker that it stops ten seconds. */
const patience = 5_000;

/**
 * What is done before the first call of a function, and after the last one: telemetry is started, and
 * sent to its end; connections are closed, so that the broker need not wait for them to time out. Work
 * under way is none of it: what the host cuts off runs again elsewhere.
 *
 * @param folder Of the deployed app: its package.json tells the version
 */
export function superviseLife({ serviceBus }: Pick<App, 'serviceBus'>, folder: string): void {
  functions.hook.appStart(async () => {
    try {
      const { version } = JSON.parse(readFileSync(join(folder, 'package.json'), 'utf8'));
      await startTelemetry(destinationsIn(process.env, version));
    } catch (error) {
      // The app does its work without telemetry as well; the log still tells.
      logEvent('telemetry.failed', { message: wordsOf(error) });
    }
  });
  functions.hook.appTerminate(async () => {
    const closing = Promise.allSettled([stopTelemetry(), serviceBus.close()]);
    await Promise.race([closing, sleep(patience, undefined, { ref: false })]);
  });
}
