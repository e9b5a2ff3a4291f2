import { messageOf } from '../host-error.ts';
import { invoke } from '../invocation.ts';
import type { LoadedApp, RegisteredFunction } from '../loaded-app.ts';
import type { LogSink } from '../log.ts';
import type { TimerLimits } from './action-replay.ts';
import type { OrchestratorState } from './actions.ts';
import { eventTypes, type HistoryEvent } from './history.ts';

/** Separates an orchestration's failure from its state (durable-functions 3.3). */
const stateMark = '\n\n$OutOfProcData$:';

export interface OrchestratorTurn {
  readonly instanceId: string;
  readonly parentInstanceId: string | null;
  readonly history: readonly HistoryEvent[];
  readonly limits: TimerLimits;
}

/** What the orchestrator function made of a turn. */
export interface OrchestratorAnswer {
  /** Missing when the function failed before the SDK could say anything. */
  readonly state?: OrchestratorState;
  /** Set when the orchestration threw. */
  readonly failure?: { readonly message: string; readonly details: string };
  /** How many ids the SDK has given away; undefined when it cannot be seen. */
  readonly idsUsed?: number;
}

/** Runs the orchestrator function on a whole history. Never rejects. */
export async function runOrchestrator(
  app: LoadedApp,
  target: RegisteredFunction,
  turn: OrchestratorTurn,
  log: LogSink,
): Promise<OrchestratorAnswer> {
  let context: unknown;
  const remember = { ...target, callback: target.callback };
  remember.callback = (...parameters) => {
    context = parameters.at(-1);
    return target.callback(...parameters);
  };
  try {
    const inputs = { [target.triggerName]: { string: JSON.stringify(triggerValue(turn)) } };
    const { response } = await invoke(app, remember, { inputs }, log);
    const state = JSON.parse(response.returnValue?.json ?? 'null') as OrchestratorState | null;
    if (!Array.isArray(state?.actions)) {
      return { failure: { message: 'The function did not answer with actions.', details: '' } };
    }
    return { state, ...idsUsed(context) };
  } catch (error) {
    return { ...failedAnswer(error), ...idsUsed(context) };
  }
}

function triggerValue(turn: OrchestratorTurn): Record<string, unknown> {
  const started = turn.history.find((event) => event.EventType === eventTypes.executionStarted);
  return {
    history: turn.history,
    input: JSON.parse(started?.Input ?? 'null'),
    instanceId: turn.instanceId,
    isReplaying: false,
    parentInstanceId: turn.parentInstanceId,
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: timeSpan(turn.limits.partMs),
    maximumShortTimerDuration: timeSpan(turn.limits.longestMs),
    // The wire really spells it like this.
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
}

/** .NET's text form of a duration: `d.hh:mm:ss`. */
function timeSpan(milliseconds: number): string {
  const seconds = Math.round(milliseconds / 1000);
  const two = (value: number) => String(Math.floor(value)).padStart(2, '0');
  return `${Math.floor(seconds / 86_400)}.${two((seconds % 86_400) / 3600)}:${two((seconds % 3600) / 60)}:${two(seconds % 60)}`;
}

function failedAnswer(error: unknown): OrchestratorAnswer {
  const text = messageOf(error);
  const at = text.indexOf(stateMark);
  if (at < 0) {
    return {
      failure: { message: text, details: error instanceof Error ? (error.stack ?? '') : '' },
    };
  }
  const state = JSON.parse(text.slice(at + stateMark.length)) as OrchestratorState;
  const message = String(state.error);
  return { state, failure: { message, details: `Message: ${message}` } };
}

/**
 * The SDK's own count of ids. Its context keeps the executor in a private member; only compared,
 * to notice what Azure would let pass silently (durable-functions 7, no. 12).
 */
function idsUsed(context: unknown): { idsUsed?: number } {
  const { df } = (context ?? {}) as {
    df?: { taskOrchestratorExecutor?: { sequenceNumber?: unknown } };
  };
  const count = df?.taskOrchestratorExecutor?.sequenceNumber;
  return typeof count === 'number' ? { idsUsed: count } : {};
}
