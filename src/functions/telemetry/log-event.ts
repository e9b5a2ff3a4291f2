import { type LogEventName, type LogEvents, logLevels } from './log-events.ts';
import { countEvent } from './metrics.ts';
import { safeWords } from './safe-words.ts';
import { currentScope, type LogTarget } from './scope.ts';

const methods = { information: 'log', warning: 'warn', error: 'error' } as const;

type Facts = Readonly<Record<string, unknown>>;

/**
 * Writes one line. Texts go through `safeWords`, because some are the words of others. Never throws: a log
 * that cannot be written must not fail what it tells of.
 *
 * @param target The logger of the function's context, where it is at hand; else that of the scope
 */
export function logEvent<N extends LogEventName>(
  event: N,
  fields: LogEvents[N],
  target: LogTarget = currentScope()?.target ?? console,
): void {
  try {
    const told = { ...currentScope()?.facts, ...fields } as LogEvents[N] & Facts;
    target[methods[logLevels[event]]](JSON.stringify({ event, ...told }, safely));
    countEvent(event, told);
  } catch (error) {
    console.error(`The event ${event} could not be logged: ${String(error)}`);
  }
}

const safely = (_name: string, value: unknown): unknown =>
  typeof value === 'string' ? safeWords(value) : value;

/** The words of an error that nobody foresaw, with the place. */
export const wordsOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message) : String(error);
