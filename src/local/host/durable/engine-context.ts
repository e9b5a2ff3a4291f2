import type { Clock } from '../../clock.ts';
import type { LoadedApp } from '../loaded-app.ts';
import type { LogSink } from '../log.ts';
import type { WorkTracker } from '../work-tracker.ts';
import type { TimerLimits } from './action-replay.ts';
import type { DurableStore } from './store.ts';

/** What has just been committed; a test may stop the host right there. */
export interface CommitInfo {
  readonly instanceId: string;
  readonly kind: 'start' | 'message' | 'turn' | 'activity' | 'timer' | 'control' | 'purge';
  /** Names of the history events concerned, for instance `taskCompleted`. */
  readonly eventTypes: readonly string[];
}

export interface EngineOptions {
  /** Version of instances started without one (`context.df.version`). */
  readonly defaultVersion: string | null;
  readonly maxConcurrentActivities: number;
  readonly timerLimits: TimerLimits;
  /** What a start of a running id is answered with (durable-functions 10). */
  readonly duplicateStartStatus: 409 | 500;
  /** Testing modes: every completion arrives twice; every activity runs twice; turns of one event. */
  readonly deliverActivityCompletionsTwice: boolean;
  readonly runActivitiesTwice: boolean;
  readonly oneEventPerTurn: boolean;
  /** Called after every commit, before anything acts on it. When it throws, the host halts. */
  readonly onCommit?: ((info: CommitInfo) => void) | undefined;
}

/** Thrown by whatever was under way when the engine halted. */
export class EngineHalted extends Error {
  constructor() {
    super('The durable engine has been halted.');
    this.name = 'EngineHalted';
  }
}

/** What the parts of the engine share. */
export class EngineContext {
  readonly app: LoadedApp;
  readonly store: DurableStore;
  readonly clock: Clock;
  readonly log: LogSink;
  readonly tracker: WorkTracker;
  readonly options: EngineOptions;
  #halted = false;
  #draining = false;

  constructor(parts: {
    app: LoadedApp;
    store: DurableStore;
    clock: Clock;
    log: LogSink;
    tracker: WorkTracker;
    options: EngineOptions;
  }) {
    this.app = parts.app;
    this.store = parts.store;
    this.clock = parts.clock;
    this.log = parts.log;
    this.tracker = parts.tracker;
    this.options = parts.options;
  }

  /** Whether new turns and activities may start. */
  get open(): boolean {
    return !this.#halted && !this.#draining;
  }

  /** Starts nothing more; what runs may still commit. */
  drain(): void {
    this.#draining = true;
  }

  /** Nothing is read, written or run any more, as after `kill -9`. */
  halt(): void {
    this.#halted = true;
  }

  /** @throws EngineHalted when the engine is halted, or is halted by the commit hook */
  commit<T>(info: CommitInfo, work: () => T): T {
    if (this.#halted) {
      throw new EngineHalted();
    }
    const result = this.store.transaction(work);
    try {
      this.options.onCommit?.(info);
    } catch {
      this.halt();
    }
    if (this.#halted) {
      throw new EngineHalted();
    }
    return result;
  }
}

/** Whether a trigger of this type belongs to the durable engine. */
export function functionOfType(app: LoadedApp, name: string, triggerType: string) {
  const found = app.functions.get(name);
  return found?.trigger.type.toLowerCase() === triggerType.toLowerCase() ? found : undefined;
}
