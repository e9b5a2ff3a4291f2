import type { DurableEngine } from './engine.ts';
import { type EngineContext, functionOfType } from './engine-context.ts';
import { eventTypes, type HistoryEvent, historyEvent, nameOfEventType } from './history.ts';
import { startInstance } from './start-instance.ts';
import { type Instance, isFinished, newExecutionId, type RuntimeStatus } from './store.ts';

/** State of an instance, values parsed. */
export interface InstanceStatus {
  readonly name: string;
  readonly instanceId: string;
  readonly runtimeStatus: RuntimeStatus;
  readonly input: unknown;
  readonly output: unknown;
  readonly customStatus: unknown;
  readonly version: string | null;
  /** ISO 8601, UTC. */
  readonly createdTime: string;
  readonly lastUpdatedTime: string;
}

/** One execution of an instance: what lies between two continueAsNew. */
export interface Generation {
  readonly executionId: string;
  readonly history: readonly HistoryEvent[];
}

export type ControlAnswer = 'accepted' | 'missing' | 'finished';

export type StartAnswer =
  | { readonly started: true; readonly instanceId: string }
  | { readonly started: false; readonly status: number; readonly message: string };

export interface InstanceFilter {
  readonly createdTimeFrom?: string | undefined;
  readonly createdTimeTo?: string | undefined;
  readonly runtimeStatus?: readonly string[] | undefined;
}

/** What can be asked of the durable engine from outside orchestrations. */
export class DurableManagement {
  readonly #engine: DurableEngine;
  readonly #context: EngineContext;

  constructor(engine: DurableEngine) {
    this.#engine = engine;
    this.#context = engine.context;
  }

  /** Starts an orchestration; `input` is JSON text. */
  start(
    name: string,
    options: { instanceId?: string; input?: string | null; version?: string | null } = {},
  ): StartAnswer {
    const instanceId = options.instanceId ?? newExecutionId();
    const complaint = complaintAboutId(instanceId);
    if (complaint) {
      return { started: false, status: 400, message: complaint };
    }
    if (!functionOfType(this.#context.app, name, 'orchestrationTrigger')) {
      const message = `There is no orchestration function named '${name}' in this app.`;
      return { started: false, status: 400, message };
    }
    const info = { instanceId, kind: 'start' as const, eventTypes: ['executionStarted'] };
    const refusal = this.#context.commit(info, () =>
      startInstance(this.#context, {
        instanceId,
        name,
        input: options.input ?? null,
        version: options.version ?? null,
        parent: null,
      }),
    );
    if (refusal !== undefined) {
      const status = this.#context.options.duplicateStartStatus;
      return { started: false, status, message: refusal };
    }
    this.#engine.wake(instanceId);
    return { started: true, instanceId };
  }

  /** `input` is JSON text. */
  raiseEvent(instanceId: string, name: string, input: string | null): ControlAnswer {
    return this.#send(instanceId, 'message', eventTypes.eventRaised, { Name: name, Input: input });
  }

  terminate(instanceId: string, reason: string): ControlAnswer {
    return this.#send(instanceId, 'control', eventTypes.executionTerminated, { Reason: reason });
  }

  suspend(instanceId: string, reason: string): ControlAnswer {
    return this.#send(instanceId, 'control', eventTypes.suspended, { Reason: reason });
  }

  resume(instanceId: string, reason: string): ControlAnswer {
    return this.#send(instanceId, 'control', eventTypes.resumed, { Reason: reason });
  }

  #send(
    instanceId: string,
    kind: 'message' | 'control',
    type: HistoryEvent['EventType'],
    members: Partial<HistoryEvent>,
  ): ControlAnswer {
    const { store, clock } = this.#context;
    const instance = store.instance(instanceId);
    if (!instance || isFinished(instance)) {
      return instance ? 'finished' : 'missing';
    }
    const info = { instanceId, kind, eventTypes: [nameOfEventType(type)] };
    this.#context.commit(info, () =>
      store.addMessage(instanceId, null, historyEvent(type, clock.now(), members)),
    );
    this.#engine.wake(instanceId);
    return 'accepted';
  }

  /** Forgets finished instances; answers how many. */
  purge(instanceIds: readonly string[]): number {
    const { store } = this.#context;
    let purged = 0;
    for (const instanceId of instanceIds) {
      const instance = store.instance(instanceId);
      if (instance && isFinished(instance)) {
        this.#context.commit({ instanceId, kind: 'purge', eventTypes: [] }, () =>
          store.removeInstance(instanceId),
        );
        purged++;
      }
    }
    return purged;
  }

  getStatus(instanceId: string): InstanceStatus | undefined {
    const instance = this.#context.store.instance(instanceId);
    return instance && toStatus(instance);
  }

  listInstances(filter: InstanceFilter = {}): InstanceStatus[] {
    const from = filter.createdTimeFrom ? Date.parse(filter.createdTimeFrom) : -Infinity;
    const to = filter.createdTimeTo ? Date.parse(filter.createdTimeTo) : Infinity;
    const statuses = filter.runtimeStatus ?? [];
    return this.#context.store
      .instances()
      .filter((i) => i.createdAt >= from && i.createdAt <= to)
      .filter((i) => statuses.length === 0 || statuses.includes(i.status))
      .map(toStatus);
  }

  /** History of the latest execution, with inputs and results. */
  getHistory(instanceId: string): HistoryEvent[] {
    const instance = this.#context.store.instance(instanceId);
    return instance ? this.#context.store.history(instanceId, instance.executionId) : [];
  }

  /** Histories of all executions, oldest first. */
  getGenerations(instanceId: string): Generation[] {
    const { store } = this.#context;
    return store.executions(instanceId).map((executionId) => ({
      executionId,
      history: store.history(instanceId, executionId),
    }));
  }
}

/** The rules of durable-functions 10. */
function complaintAboutId(instanceId: string): string | undefined {
  if (instanceId.length > 100) {
    return 'Instance ids have at most 100 characters.';
  }
  // biome-ignore lint/suspicious/noControlCharactersInRegex: control characters are what it refuses
  return /^$|^@|[/\\#?\u0000-\u001f\u007f-\u009f]/.test(instanceId)
    ? 'Instance ids are not empty, do not start with @ and have none of / \\ # ? or control characters.'
    : undefined;
}

function toStatus(instance: Instance): InstanceStatus {
  return {
    name: instance.name,
    instanceId: instance.instanceId,
    runtimeStatus: instance.status,
    input: JSON.parse(instance.input ?? 'null'),
    output: JSON.parse(instance.output ?? 'null'),
    customStatus: JSON.parse(instance.customStatus ?? 'null'),
    version: instance.version,
    createdTime: new Date(instance.createdAt).toISOString(),
    lastUpdatedTime: new Date(instance.lastUpdatedAt).toISOString(),
  };
}
