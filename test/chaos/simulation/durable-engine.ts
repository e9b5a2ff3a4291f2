import type { Command } from '../../../src/local/host/durable/action-replay.ts';
import {
  eventTypes,
  type HistoryEvent,
  historyEvent,
} from '../../../src/local/host/durable/history.ts';
import type { TurnDecision } from '../../../src/local/host/durable/turn-decision.ts';
import { type Orchestration, runTurn } from './orchestrator-turn.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkerProcess } from './worker-process.ts';

interface Parent {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
}

interface Instance {
  readonly instanceId: string;
  readonly name: string;
  readonly parent: Parent | undefined;
  executionId: string;
  status: 'Running' | 'Completed' | 'Failed';
  history: HistoryEvent[];
  inbox: HistoryEvent[];
  readonly openTimers: Set<number>;
  isTurnDue: boolean;
}

export interface ActivityRun {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: string | null;
}

/** One execution that is over, or was when the run ended: what rule 7 replays. */
export interface Execution {
  readonly instanceId: string;
  readonly name: string;
  readonly history: readonly HistoryEvent[];
}

export interface EngineParts {
  readonly scheduler: Scheduler;
  readonly random: Random;
  readonly process: WorkerProcess;
  readonly orchestrations: Readonly<Record<string, Orchestration>>;
  /** The clock of the machine, in milliseconds since 1970: it may be wrong. */
  readonly clock: () => number;
  /** Runs an activity; answers JSON text. */
  readonly runActivity: (run: ActivityRun) => Promise<string>;
  /** Draws whether a completion comes twice, or a finished activity runs once more, late. */
  readonly repeats: () => boolean;
}

/**
 * A durable engine: what it has committed survives every crash, activities run at least once. Turns are
 * decided by the production executor, from the whole history.
 */
export class DurableEngine {
  readonly #parts: EngineParts;
  readonly #instances = new Map<string, Instance>();
  readonly #waiting: ActivityRun[] = [];
  readonly #running = new Set<ActivityRun>();
  readonly executions: Execution[] = [];
  activityRuns = 0;
  #serial = 0;

  constructor(parts: EngineParts) {
    this.#parts = parts;
    parts.process.onCrash(() => {
      this.#waiting.push(...this.#running);
      this.#running.clear();
    });
    parts.process.onStart(() => this.#resume());
  }

  /** Undefined for an id that does not exist. */
  statusOf(instanceId: string): Instance['status'] | undefined {
    return this.#instances.get(instanceId)?.status;
  }

  get isIdle(): boolean {
    const { size } = this.#running;
    const open = [...this.#instances.values()].some(({ status }) => status === 'Running');
    return size === 0 && this.#waiting.length === 0 && !open;
  }

  /** All executions, the unfinished ones included. */
  allExecutions(): readonly Execution[] {
    const current = [...this.#instances.values()].filter(({ history }) => history.length > 0);
    return [...this.executions, ...current];
  }

  /** @throws when an instance of this id runs; a finished one is replaced without a word */
  start(instanceId: string, name: string, input: string | null, parent?: Parent): void {
    const existing = this.#instances.get(instanceId);
    if (existing?.status === 'Running') {
      throw new Error('An Orchestration instance with the status Running already exists.');
    }
    this.#archive(existing);
    const instance: Instance = {
      instanceId,
      name,
      parent,
      executionId: '',
      status: 'Running',
      history: [],
      inbox: [],
      openTimers: new Set(),
      isTurnDue: false,
    };
    this.#instances.set(instanceId, instance);
    this.#beginExecution(instance, input);
  }

  raiseEvent(instanceId: string, name: string, input: string): void {
    const instance = this.#instances.get(instanceId);
    if (!instance) throw new Error(`No instance with ID '${instanceId}' found.`);
    if (instance.status !== 'Running') return;
    this.#tell(instance, this.#event(eventTypes.eventRaised, { Name: name, Input: input }));
  }

  /** The store loses an instance with all that belongs to it, as if an operator had purged it. */
  lose(instanceId: string): boolean {
    const instance = this.#instances.get(instanceId);
    if (instance?.status !== 'Running') return false;
    this.#archive(instance);
    this.#instances.delete(instanceId);
    for (const child of [...this.#instances.values()]) {
      if (child.parent?.instanceId === instanceId) this.lose(child.instanceId);
    }
    return true;
  }

  #archive(instance: Instance | undefined): void {
    if (instance && instance.history.length > 0) {
      const { instanceId, name, history } = instance;
      this.executions.push({ instanceId, name, history });
    }
  }

  #event(type: HistoryEvent['EventType'], members: Partial<HistoryEvent> = {}, id = -1) {
    return historyEvent(type, this.#parts.clock(), members, id);
  }

  #beginExecution(instance: Instance, input: string | null): void {
    instance.executionId = `execution-${++this.#serial}`;
    const { instanceId, name, executionId, parent } = instance;
    this.#tell(
      instance,
      this.#event(eventTypes.executionStarted, {
        Name: name,
        Version: null,
        Input: input,
        OrchestrationInstance: { InstanceId: instanceId, ExecutionId: executionId },
        ...(parent ? { ParentInstanceId: parent.instanceId } : {}),
      }),
    );
  }

  #tell(instance: Instance, event: HistoryEvent): void {
    instance.inbox.push(event);
    this.#scheduleTurn(instance);
  }

  #scheduleTurn(instance: Instance): void {
    const { scheduler, random, process } = this.#parts;
    if (instance.isTurnDue || !process.isUp) return;
    instance.isTurnDue = true;
    const { epoch } = process;
    scheduler.after(random.between(1, 40), '', async () => {
      if (process.epoch !== epoch) return;
      instance.isTurnDue = false;
      await this.#turn(instance);
    });
  }

  async #turn(instance: Instance): Promise<void> {
    if (this.#instances.get(instance.instanceId) !== instance || instance.status !== 'Running')
      return;
    const { orchestrations, scheduler } = this.#parts;
    const orchestration = orchestrations[instance.name];
    if (!orchestration) throw new Error(`There is no orchestration '${instance.name}'.`);
    const fresh = [this.#event(eventTypes.orchestratorStarted), ...instance.inbox];
    instance.inbox = [];
    const history = [...instance.history.map((event) => ({ ...event, IsPlayed: true })), ...fresh];
    const decision = await runTurn(instance.name, orchestration, history);
    scheduler.note(
      `turn ${instance.instanceId}: ${decision.scheduled.map(inWords).join(', ') || '-'} ${decision.outcome.kind === 'running' ? '' : JSON.stringify(decision.outcome)}`,
    );
    this.#commit(instance, fresh, decision);
  }

  /** What a turn came to: history, new work and the end, all at once. */
  #commit(instance: Instance, fresh: readonly HistoryEvent[], decision: TurnDecision): void {
    const { outcome } = decision;
    instance.history.push(
      ...fresh,
      ...decision.scheduled.map((command) => this.#schedulingEvent(command)),
      this.#event(eventTypes.orchestratorCompleted),
    );
    for (const id of decision.cancelledTimers) instance.openTimers.delete(id);
    for (const command of decision.scheduled) this.#carryOut(instance, command);
    if (outcome.kind === 'running') return;
    instance.openTimers.clear();
    if (outcome.kind === 'continuedAsNew') {
      instance.history.push(this.#event(eventTypes.continueAsNew, { Input: outcome.input }));
      this.#archive(instance);
      instance.history = [];
      this.#beginExecution(instance, outcome.input);
      return;
    }
    const isGood = outcome.kind === 'completed';
    instance.status = isGood ? 'Completed' : 'Failed';
    const Result = isGood ? outcome.output : JSON.stringify(outcome.message);
    instance.history.push(
      this.#event(eventTypes.executionCompleted, { OrchestrationStatus: instance.status, Result }),
    );
    const parent = instance.parent;
    if (!parent) return;
    this.#deliver(
      parent.instanceId,
      parent.executionId,
      isGood
        ? this.#event(eventTypes.subOrchestrationCompleted, {
            TaskScheduledId: parent.taskId,
            Result,
          })
        : this.#failure(eventTypes.subOrchestrationFailed, parent.taskId, outcome.message),
    );
  }

  #failure(type: HistoryEvent['EventType'], taskId: number, reason: string): HistoryEvent {
    return this.#event(type, { TaskScheduledId: taskId, Reason: reason, Details: 'no details' });
  }

  /** Results of an older generation, and of one that is over, reach nobody. */
  #deliver(instanceId: string, executionId: string, event: HistoryEvent): void {
    const instance = this.#instances.get(instanceId);
    if (instance?.executionId !== executionId || instance.status !== 'Running') return;
    this.#tell(instance, event);
  }

  #schedulingEvent({ kind, name = '', input = null, instanceId = '', fireAt = '', id }: Command) {
    switch (kind) {
      case 'activity':
        return this.#event(eventTypes.taskScheduled, { Name: name, Input: input }, id);
      case 'subOrchestration': {
        const members = { Name: name, Input: input, InstanceId: instanceId };
        return this.#event(eventTypes.subOrchestrationCreated, members, id);
      }
      default:
        return this.#event(eventTypes.timerCreated, { FireAt: fireAt }, id);
    }
  }

  #carryOut(instance: Instance, command: Command): void {
    const { instanceId, executionId } = instance;
    const { id, name = '', input = null } = command;
    if (command.kind === 'activity') {
      this.#queueActivity({ instanceId, executionId, taskId: id, name, input });
    } else if (command.kind === 'timer') {
      if (!command.cancelled) this.#setTimer(instance, id, Date.parse(command.fireAt ?? ''));
    } else {
      try {
        this.start(command.instanceId ?? '', name, input, { instanceId, executionId, taskId: id });
      } catch (error) {
        const failure = this.#failure(eventTypes.subOrchestrationFailed, id, String(error));
        this.#deliver(instanceId, executionId, failure);
      }
    }
  }

  #setTimer(instance: Instance, id: number, fireAt: number): void {
    const { scheduler, clock } = this.#parts;
    const { instanceId, executionId, openTimers } = instance;
    openTimers.add(id);
    scheduler.after(fireAt - clock(), '', () => {
      if (instance.executionId !== executionId || !openTimers.delete(id)) return;
      const at = new Date(fireAt).toISOString();
      this.#deliver(
        instanceId,
        executionId,
        this.#event(eventTypes.timerFired, { TimerId: id, FireAt: at }),
      );
    });
  }

  #queueActivity(run: ActivityRun): void {
    const { scheduler, random, process } = this.#parts;
    if (!process.isUp) {
      this.#waiting.push(run);
      return;
    }
    this.#running.add(run);
    const { epoch } = process;
    scheduler.after(random.between(1, 60), '', async () => {
      // Not awaited: the activity goes on with the events of its own calls.
      if (process.epoch === epoch) void this.#run(run, epoch);
    });
  }

  async #run(run: ActivityRun, epoch: number): Promise<void> {
    const { process, runActivity, repeats, random, scheduler } = this.#parts;
    this.activityRuns++;
    const event = await runActivity(run).then(
      (Result) => this.#event(eventTypes.taskCompleted, { TaskScheduledId: run.taskId, Result }),
      (error) =>
        this.#failure(
          eventTypes.taskFailed,
          run.taskId,
          `Activity function '${run.name}' failed: ${error instanceof Error ? error.message : String(error)}`,
        ),
    );
    if (process.epoch !== epoch) return;
    if (!this.#running.delete(run)) return;
    this.#deliver(run.instanceId, run.executionId, event);
    if (repeats()) this.#deliver(run.instanceId, run.executionId, event);
    if (repeats()) {
      const delayMs = random.pick([10, 1_000, 20_000, 600_000]) * (1 + random.next());
      scheduler.after(delayMs, `once more, late: ${run.name} of ${run.instanceId}`, () =>
        this.#queueActivity({ ...run }),
      );
    }
  }

  #resume(): void {
    for (const run of this.#waiting.splice(0)) this.#queueActivity(run);
    for (const instance of this.#instances.values()) {
      instance.isTurnDue = false;
      if (instance.inbox.length > 0) this.#scheduleTurn(instance);
    }
  }
}

const inWords = ({ kind, name, fireAt, input }: Command): string =>
  kind === 'activity' ? `${name} ${input}` : `${kind} ${name ?? fireAt}`;
