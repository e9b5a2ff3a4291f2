import type { EngineContext } from './engine-context.ts';
import { eventTypes, historyEvent } from './history.ts';
import { isFinished, newExecutionId, type Parent } from './store.ts';

export interface StartRequest {
  readonly instanceId: string;
  readonly name: string;
  /** JSON text. */
  readonly input: string | null;
  /** Null takes the app's default version. */
  readonly version: string | null;
  readonly parent: Parent | null;
}

/**
 * Writes a new instance; belongs inside a transaction. A finished instance of the same id is
 * replaced without a word (durable-functions 10); a running one is a reason to refuse.
 *
 * @returns why the start was refused, or undefined
 */
export function startInstance(context: EngineContext, request: StartRequest): string | undefined {
  const { store, clock, options } = context;
  const { instanceId, name, input, parent } = request;
  const existing = store.instance(instanceId);
  if (existing && !isFinished(existing)) {
    return `An Orchestration instance with the status ${existing.status} already exists.`;
  }
  if (existing) {
    store.removeInstance(instanceId);
  }
  const executionId = newExecutionId();
  const version = request.version ?? options.defaultVersion;
  const now = clock.now();
  store.saveInstance({
    instanceId,
    executionId,
    name,
    version,
    input,
    output: null,
    customStatus: null,
    status: 'Pending',
    createdAt: now,
    lastUpdatedAt: now,
    parent,
  });
  store.addMessage(
    instanceId,
    executionId,
    historyEvent(eventTypes.executionStarted, now, {
      Name: name,
      Version: version,
      Input: input,
      OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
      ...(parent ? { ParentInstanceId: parent.instanceId } : {}),
    }),
  );
  return undefined;
}
