import type { Command } from './action-replay.ts';
import type { EngineContext } from './engine-context.ts';
import { eventTypes, type HistoryEvent, historyEvent } from './history.ts';
import { startInstance } from './start-instance.ts';
import { type ActivityCall, type Instance, newExecutionId, type RuntimeStatus } from './store.ts';
import type { TurnDecision } from './turn-decision.ts';

/**
 * Writes what a turn came to. Its methods belong inside one transaction; `activities` and `wakes`
 * say what to act on after the commit.
 */
export class TurnCommit {
  readonly activities: ActivityCall[] = [];
  readonly wakes: string[] = [];
  readonly #context: EngineContext;
  readonly #now: number;
  #instance: Instance;

  constructor(context: EngineContext, instance: Instance) {
    this.#context = context;
    this.#instance = instance;
    this.#now = context.clock.now();
  }

  apply(fresh: readonly HistoryEvent[], decision: TurnDecision): void {
    const { store } = this.#context;
    const { instanceId, executionId } = this.#instance;
    store.appendHistory(instanceId, executionId, [
      ...fresh,
      ...decision.scheduled.map((command) => this.#schedulingEvent(command)),
      historyEvent(eventTypes.orchestratorCompleted, this.#now),
    ]);
    if (decision.customStatus !== undefined) {
      this.#instance = { ...this.#instance, customStatus: decision.customStatus };
    }
    for (const command of decision.scheduled) {
      this.#carryOut(command);
    }
    for (const timerId of decision.cancelledTimers) {
      store.removeTimer(instanceId, executionId, timerId);
    }
    const { outcome } = decision;
    switch (outcome.kind) {
      case 'running':
        this.#save('Running', null);
        break;
      case 'completed':
        this.finish('Completed', outcome.output, '', '');
        break;
      case 'failed':
        this.finish('Failed', JSON.stringify(outcome.message), outcome.message, outcome.details);
        break;
      default:
        this.#continueAsNew(outcome.input);
    }
  }

  /** Ends the execution and tells the parent; `reason` and `details` matter for a bad end. */
  finish(status: RuntimeStatus, output: string, reason: string, details: string): void {
    const { store } = this.#context;
    const { instanceId, executionId, parent } = this.#instance;
    store.appendHistory(instanceId, executionId, [
      historyEvent(eventTypes.executionCompleted, this.#now, {
        OrchestrationStatus: status,
        Result: output,
      }),
    ]);
    store.removeTimers(instanceId);
    store.removeAllMessages(instanceId);
    this.#save(status, output);
    if (parent) {
      const TaskScheduledId = parent.taskId;
      const event =
        status === 'Completed'
          ? historyEvent(eventTypes.subOrchestrationCompleted, this.#now, {
              TaskScheduledId,
              Result: output,
            })
          : historyEvent(eventTypes.subOrchestrationFailed, this.#now, {
              TaskScheduledId,
              Reason: reason,
              Details: details,
            });
      store.addMessage(parent.instanceId, parent.executionId, event);
      this.wakes.push(parent.instanceId);
    }
  }

  /** Events nobody waited for are lost, as in Azure; what arrived during the turn stays. */
  #continueAsNew(input: string | null): void {
    const { store } = this.#context;
    const { instanceId, executionId, name, version, parent } = this.#instance;
    store.appendHistory(instanceId, executionId, [
      historyEvent(eventTypes.continueAsNew, this.#now, { Input: input }),
    ]);
    store.removeTimers(instanceId);
    const next = newExecutionId();
    this.#instance = { ...this.#instance, executionId: next, input };
    this.#save('Running', null);
    store.addMessage(
      instanceId,
      next,
      historyEvent(eventTypes.executionStarted, this.#now, {
        Name: name,
        Version: version,
        Input: input,
        OrchestrationInstance: { InstanceId: instanceId, ExecutionId: next },
        ...(parent ? { ParentInstanceId: parent.instanceId } : {}),
      }),
    );
    this.wakes.push(instanceId);
  }

  #save(status: RuntimeStatus, output: string | null): void {
    this.#instance = { ...this.#instance, status, output, lastUpdatedAt: this.#now };
    this.#context.store.saveInstance(this.#instance);
  }

  #schedulingEvent(command: Command): HistoryEvent {
    const { kind, name = '', input = null, instanceId = '', fireAt = '' } = command;
    switch (kind) {
      case 'activity':
        return historyEvent(
          eventTypes.taskScheduled,
          this.#now,
          { Name: name, Input: input },
          command.id,
        );
      case 'subOrchestration':
        return historyEvent(
          eventTypes.subOrchestrationCreated,
          this.#now,
          { Name: name, Input: input, InstanceId: instanceId },
          command.id,
        );
      default:
        return historyEvent(eventTypes.timerCreated, this.#now, { FireAt: fireAt }, command.id);
    }
  }

  #carryOut(command: Command): void {
    const { store } = this.#context;
    const { instanceId, executionId } = this.#instance;
    if (command.kind === 'activity') {
      const { name = '', input = null } = command;
      this.activities.push(
        store.addActivity({ instanceId, executionId, taskId: command.id, name, input }),
      );
    } else if (command.kind === 'timer') {
      if (!command.cancelled) {
        const fireAt = Date.parse(command.fireAt ?? '');
        store.addTimer({ instanceId, executionId, timerId: command.id, fireAt });
      }
    } else {
      this.#startChild(command);
    }
  }

  #startChild(command: Command): void {
    const { store } = this.#context;
    const { instanceId, executionId } = this.#instance;
    const childId = command.instanceId ?? '';
    const refusal = startInstance(this.#context, {
      instanceId: childId,
      name: command.name ?? '',
      input: command.input ?? null,
      version: command.version ?? null,
      parent: { instanceId, executionId, taskId: command.id },
    });
    if (refusal === undefined) {
      this.wakes.push(childId);
      return;
    }
    store.addMessage(
      instanceId,
      executionId,
      historyEvent(eventTypes.subOrchestrationFailed, this.#now, {
        TaskScheduledId: command.id,
        Reason: refusal,
        Details: `Sub-orchestration '${command.name}' ${childId} was not started.`,
      }),
    );
    this.wakes.push(instanceId);
  }
}
