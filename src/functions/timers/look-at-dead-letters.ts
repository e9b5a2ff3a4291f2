import type { App } from '../app.ts';
import { logEvent, wordsOf } from '../telemetry/log-event.ts';
import type { LogTarget } from '../telemetry/scope.ts';

/**
 * Tells of messages that came again and again and were given up by the broker: they wait for a person,
 * and nothing else does. Azure Monitor knows their number too; the log says why, and says it on one machine as well.
 */
export async function lookAtDeadLetters(
  { serviceBus }: Pick<App, 'serviceBus'>,
  log: LogTarget,
): Promise<void> {
  try {
    for (const found of await serviceBus.peekDeadLetters()) {
      logEvent('messages.dead', found, log);
    }
  } catch (error) {
    logEvent('messages.unreadable', { message: wordsOf(error) }, log);
  }
}
