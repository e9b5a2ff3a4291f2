import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import type { LogEventName } from '../../src/functions/telemetry/log-events.ts';
import type { TestPlatform } from './test-platform.ts';

export type LogLine = Readonly<Record<string, unknown>>;

/** The log of the platform as text, once everything is written that was logged so far. */
export async function platformLog(test: TestPlatform): Promise<string> {
  await test.settle();
  // The file is written as a stream.
  await sleep(50);
  return readFileSync(join(dirname(test.platform.ledgerFile), 'platform.log'), 'utf8');
}

/** The lines of one event, oldest first. */
export async function linesOf(test: TestPlatform, event: LogEventName): Promise<LogLine[]> {
  return (await platformLog(test))
    .trim()
    .split('\n')
    .map((line) => JSON.parse(line))
    .filter((line) => line.event === event);
}
