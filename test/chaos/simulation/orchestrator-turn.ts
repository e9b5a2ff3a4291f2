import { createRequire } from 'node:module';
import type { OrchestrationContext } from 'durable-functions';
import type { OrchestratorState } from '../../../src/local/host/durable/actions.ts';
import { eventTypes, type HistoryEvent } from '../../../src/local/host/durable/history.ts';
import { azureTimerLimits } from '../../../src/local/host/durable/timer-limits.ts';
import { decideTurn, type TurnDecision } from '../../../src/local/host/durable/turn-decision.ts';

export type Orchestration = (context: OrchestrationContext) => Generator<unknown, unknown, unknown>;

/** The package's own tools for tests, which run the executor of production; it has no types for them. */
const { createOrchestrator, DummyOrchestrationContext } = createRequire(import.meta.url)(
  'durable-functions/lib/src/util/testingUtils.js',
) as {
  createOrchestrator(run: Orchestration): (trigger: object, context: object) => Promise<unknown>;
  DummyOrchestrationContext: new (name: string, id: string, log: () => void) => object;
};

const stateMark = '\n\n$OutOfProcData$:';

/** One turn of a production orchestration under the production executor, from its whole history. */
export async function runTurn(
  name: string,
  orchestration: Orchestration,
  history: readonly HistoryEvent[],
): Promise<TurnDecision> {
  const start = history.find((event) => event.EventType === eventTypes.executionStarted);
  const instance = start?.OrchestrationInstance;
  if (!start || !instance) throw new Error(`The history of a '${name}' has no start.`);
  const context = new DummyOrchestrationContext(name, 'simulation', () => undefined);
  const run = createOrchestrator(orchestration);
  const answer = await run(triggerOf(history, start), context).then(
    (state) => ({ state: asStored(state) }),
    failedAnswer,
  );
  return decideTurn({
    functionName: name,
    executionId: instance.ExecutionId,
    history,
    answer: { ...answer, ...idsUsed(context) },
    limits: azureTimerLimits,
    functionExists: () => true,
  });
}

function triggerOf(history: readonly HistoryEvent[], start: HistoryEvent) {
  return {
    history: history.map((event) => ({ ...event })),
    input: JSON.parse(start.Input ?? 'null'),
    instanceId: start.OrchestrationInstance?.InstanceId ?? '',
    isReplaying: false,
    parentInstanceId: start.ParentInstanceId ?? '',
    upperSchemaVersion: 1,
    upperSchemaVersionNew: 2,
    longRunningTimerIntervalDuration: '3.00:00:00',
    maximumShortTimerDuration: '6.00:00:00',
    defaultHttpAsyncRequestSleepTimeMillseconds: 30_000,
  };
}

const asStored = (state: unknown) => JSON.parse(JSON.stringify(state)) as OrchestratorState;

function failedAnswer(error: unknown) {
  const text = error instanceof Error ? error.message : String(error);
  const at = text.indexOf(stateMark);
  if (at < 0) return { failure: { message: text, details: '' } };
  const state = JSON.parse(text.slice(at + stateMark.length)) as OrchestratorState;
  return { state, failure: { message: String(state.error), details: '' } };
}

/** The executor's own count of ids: when it differs from the engine's, completions reach wrong tasks. */
function idsUsed(context: unknown): { idsUsed?: number } {
  const { df } = context as { df?: { taskOrchestratorExecutor?: { sequenceNumber?: number } } };
  const count = df?.taskOrchestratorExecutor?.sequenceNumber;
  return count === undefined ? {} : { idsUsed: count };
}
