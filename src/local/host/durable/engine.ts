import { setImmediate as immediate } from 'node:timers/promises';
import { ActivityRunner } from './activity-runner.ts';
import { type EngineContext, EngineHalted, functionOfType } from './engine-context.ts';
import {
  completedId,
  eventTypes,
  type HistoryEvent,
  historyEvent,
  nameOfEventType,
} from './history.ts';
import { type OrchestratorAnswer, runOrchestrator } from './orchestrator.ts';
import { type Instance, isFinished, type Message } from './store.ts';
import { TimerQueue } from './timer-queue.ts';
import { TurnCommit } from './turn-commit.ts';
import { decideTurn, type TurnDecision } from './turn-decision.ts';

const controlTypes = new Set<number>([
  eventTypes.executionTerminated,
  eventTypes.suspended,
  eventTypes.resumed,
]);

/**
 * Runs orchestrations turn by turn (durable-functions 9). Everything that happens to an instance is
 * a message in the store; a turn takes all that wait, runs the orchestrator on the whole history,
 * and commits history, new work and status at once. A crash before that commit means that the turn
 * never happened; after it, everything that follows is found in the store.
 */
export class DurableEngine {
  readonly context: EngineContext;
  readonly #activities: ActivityRunner;
  readonly #timers: TimerQueue;
  readonly #running = new Set<string>();
  readonly #again = new Set<string>();

  constructor(context: EngineContext) {
    this.context = context;
    const wake = (instanceId: string) => this.wake(instanceId);
    this.#activities = new ActivityRunner(context, wake);
    this.#timers = new TimerQueue(context, wake);
  }

  /** Goes on with everything that the store holds. */
  start(): void {
    for (const call of this.context.store.activities()) {
      this.#activities.dispatch(call);
    }
    for (const instanceId of this.context.store.instancesWithMessages()) {
      this.wake(instanceId);
    }
    this.#timers.update();
  }

  /** Starts nothing more; turns and activities under way end as usual. */
  drain(): void {
    this.context.drain();
    this.#activities.drain();
    this.#timers.stop();
  }

  /** Stops for good without finishing anything; the store stays as it is. */
  halt(): void {
    this.context.halt();
    this.#timers.stop();
  }

  /** Looks for messages of an instance, now or as soon as its present turn is over. */
  wake(instanceId: string): void {
    if (!this.context.open) {
      return;
    }
    if (this.#running.has(instanceId)) {
      this.#again.add(instanceId);
      return;
    }
    this.#running.add(instanceId);
    const end = this.context.tracker.begin();
    void this.#runTurns(instanceId, this.context.clock.now()).finally(end);
  }

  /** `readyAt` is the time of the first turn: a test may jump on before it has begun. */
  async #runTurns(instanceId: string, readyAt: number): Promise<void> {
    let now = readyAt;
    try {
      do {
        // Others that are about to complete get into the same turn.
        await immediate();
        this.#again.delete(instanceId);
        while (this.context.open && (await this.#turn(instanceId, now))) {
          now = this.context.clock.now();
        }
        now = this.context.clock.now();
      } while (this.#again.has(instanceId));
    } catch (error) {
      if (!(error instanceof EngineHalted)) {
        const message = `Turn of ${instanceId} failed in the host: ${(error as Error).stack ?? error}`;
        this.context.log({ level: 'critical', category: 'system', message });
      }
    } finally {
      this.#running.delete(instanceId);
    }
  }

  /** Answers whether there may be more to do. */
  async #turn(instanceId: string, now: number): Promise<boolean> {
    const { store } = this.context;
    const messages = store.messages(instanceId);
    if (messages.length === 0) {
      return false;
    }
    const instance = store.instance(instanceId);
    if (!instance || isFinished(instance)) {
      this.context.commit({ instanceId, kind: 'control', eventTypes: [] }, () =>
        store.removeMessages(messages),
      );
      return true;
    }
    const control = messages.find((message) => controlTypes.has(message.event.EventType));
    if (control) {
      this.#control(instance, control);
      return true;
    }
    if (instance.status === 'Suspended') {
      return false;
    }
    await this.#orchestrate(instance, this.#batch(messages), now);
    return true;
  }

  /** The start comes first; late messages of the previous generation may lie before it. */
  #batch(messages: readonly Message[]): readonly Message[] {
    const isStart = (message: Message) => message.event.EventType === eventTypes.executionStarted;
    const ordered = [...messages.filter(isStart), ...messages.filter((m) => !isStart(m))];
    return this.context.options.oneEventPerTurn ? ordered.slice(0, 1) : ordered;
  }

  #control(instance: Instance, message: Message): void {
    const { store, clock } = this.context;
    const { instanceId, executionId } = instance;
    const { event } = message;
    const info = {
      instanceId,
      kind: 'control' as const,
      eventTypes: [nameOfEventType(event.EventType)],
    };
    if (event.EventType === eventTypes.executionTerminated) {
      const commit = new TurnCommit(this.context, instance);
      this.context.commit(info, () => {
        store.appendHistory(instanceId, executionId, [event]);
        commit.finish('Terminated', JSON.stringify(event.Reason ?? null), event.Reason ?? '', '');
      });
      this.#follow(commit);
      return;
    }
    const started = store.history(instanceId, executionId).some((e) => e.Name !== undefined);
    const status = event.EventType === eventTypes.suspended ? 'Suspended' : 'Running';
    this.context.commit(info, () => {
      store.removeMessages([message]);
      store.appendHistory(instanceId, executionId, [event]);
      store.saveInstance({
        ...instance,
        status: status === 'Running' && !started ? 'Pending' : status,
        lastUpdatedAt: clock.now(),
      });
    });
  }

  async #orchestrate(instance: Instance, batch: readonly Message[], now: number): Promise<void> {
    const { store, options } = this.context;
    const { instanceId, executionId } = instance;
    const stored = store.history(instanceId, executionId);
    const arrived = acceptable(instance, stored, batch);
    if (arrived.length === 0) {
      this.context.commit({ instanceId, kind: 'message', eventTypes: [] }, () =>
        store.removeMessages(batch),
      );
      return;
    }
    const turnAt = arrived.reduce((time, e) => Math.max(time, Date.parse(e.Timestamp)), now);
    const fresh = [historyEvent(eventTypes.orchestratorStarted, turnAt), ...arrived];
    const history = [...stored.map((event) => ({ ...event, IsPlayed: true })), ...fresh];
    const answer = await this.#answer(instance, history);
    const decision = decideTurn({
      functionName: instance.name,
      executionId,
      history,
      answer,
      limits: options.timerLimits,
      functionExists: (command) => this.#exists(command.kind, command.name ?? ''),
    });
    this.#logTrouble(instance, decision);
    const commit = new TurnCommit(this.context, instance);
    const types = arrived.map((event) => nameOfEventType(event.EventType));
    this.context.commit({ instanceId, kind: 'turn', eventTypes: types }, () => {
      store.removeMessages(batch);
      commit.apply(fresh, decision);
    });
    this.#follow(commit);
  }

  #logTrouble({ instanceId, name }: Instance, decision: TurnDecision): void {
    const log = (level: string, message: string) =>
      this.context.log({ level, category: 'system', message, function: name });
    if (decision.nonDeterminism) {
      log('error', `Instance ${instanceId} (${name}): ${decision.nonDeterminism}`);
    }
    if (decision.heldUpBy !== undefined) {
      log(
        'warning',
        `Instance ${instanceId} (${name}) has ended but stays Running: ${decision.heldUpBy} tasks are open. ` +
          'Cancel timers that are no longer needed.',
      );
    }
  }

  #answer(instance: Instance, history: readonly HistoryEvent[]): Promise<OrchestratorAnswer> {
    const target = functionOfType(this.context.app, instance.name, 'orchestrationTrigger');
    if (!target) {
      const message = 'The app has no such orchestration any more.';
      return Promise.resolve({ failure: { message, details: '' } });
    }
    const turn = {
      instanceId: instance.instanceId,
      parentInstanceId: instance.parent?.instanceId ?? null,
      history,
      limits: this.context.options.timerLimits,
    };
    return runOrchestrator(this.context.app, target, turn, this.context.log);
  }

  #exists(kind: string, name: string): boolean {
    const { app } = this.context;
    return (
      kind === 'timer' ||
      functionOfType(
        app,
        name,
        kind === 'activity' ? 'activityTrigger' : 'orchestrationTrigger',
      ) !== undefined
    );
  }

  /** Acts on what has been committed. */
  #follow(commit: TurnCommit): void {
    for (const call of commit.activities) {
      this.#activities.dispatch(call);
    }
    for (const instanceId of commit.wakes) {
      this.wake(instanceId);
    }
    this.#timers.update();
  }
}

/** Drops results of older generations and second deliveries. */
function acceptable(
  instance: Instance,
  stored: readonly HistoryEvent[],
  batch: readonly Message[],
): HistoryEvent[] {
  const completed = new Set(stored.map(completedId));
  const accepted: HistoryEvent[] = [];
  for (const { executionId, event } of batch) {
    const id = completedId(event);
    const isStale = executionId !== null && executionId !== instance.executionId;
    if (isStale || (id !== undefined && completed.has(id))) {
      continue;
    }
    completed.add(id);
    accepted.push(event);
  }
  return accepted;
}
