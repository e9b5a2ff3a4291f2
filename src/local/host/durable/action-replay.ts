import { type Action, actionTypes, inputText, type RetryOptions } from './actions.ts';
import { completedId, eventTypes, type HistoryEvent } from './history.ts';

/** Something that the actions of an orchestration schedule. */
export interface Command {
  readonly id: number;
  readonly kind: 'activity' | 'subOrchestration' | 'timer';
  readonly name?: string;
  /** JSON text. */
  readonly input?: string | null;
  readonly instanceId?: string;
  readonly version?: string;
  readonly fireAt?: string;
  readonly cancelled?: boolean;
  /** The engine chose the time (retry delay, part of a long timer), not the orchestration. */
  readonly derived?: boolean;
}

/** Timers longer than `longestMs` are cut into parts of at most `partMs` (durable-functions 3.1). */
export interface TimerLimits {
  readonly longestMs: number;
  readonly partMs: number;
}

type Settle = (failed: boolean) => void;

/** A thing the actions ask for that this engine does not have. */
export class UnsupportedActionError extends Error {}

/**
 * Replays the answer of an orchestrator against its history as the Durable extension does: actions
 * in order, each awaited before the next one starts, ids given by scheduling order, failures ignored
 * (durable-functions 3.4). What comes out is everything the orchestration has scheduled.
 *
 * It keeps what is awkward in the original, because production has it as well: `Task.all` waits for
 * all of its children even when one failed, a cancelled timer counts as settled from the start.
 */
export class ActionReplay {
  readonly commands: Command[] = [];
  /** Input of the next generation (JSON text), once the orchestration has continued as new. */
  continuedWith: { input: string | null } | undefined;
  readonly #actions: readonly Action[];
  readonly #executionId: string;
  readonly #limits: TimerLimits;
  readonly #open = new Map<number, Settle>();
  readonly #waiters = new Map<string, Settle[]>();
  readonly #buffered = new Map<string, number>();
  #now = 0;
  #started = false;
  #advancing = false;
  #awaiting = false;
  #position = 0;

  constructor(actions: readonly Action[], executionId: string, limits: TimerLimits) {
    this.#actions = actions;
    this.#executionId = executionId;
    this.#limits = limits;
  }

  /** Whether every action has been started and awaited. */
  get finished(): boolean {
    return this.#started && !this.#awaiting && this.#position === this.#actions.length;
  }

  /** Whether every action has at least been started, so that ids on both sides must agree. */
  get allStarted(): boolean {
    return this.#started && this.#position === this.#actions.length;
  }

  /** Scheduled, not cancelled and not completed; waiting for events does not count. */
  get openTasks(): number {
    return this.#open.size;
  }

  /** @throws UnsupportedActionError */
  run(history: Iterable<HistoryEvent>): this {
    for (const event of history) {
      this.#process(event);
    }
    return this;
  }

  #process(event: HistoryEvent): void {
    if (event.EventType === eventTypes.orchestratorStarted) {
      this.#now = Math.max(this.#now, Date.parse(event.Timestamp));
    } else if (event.EventType === eventTypes.executionStarted) {
      this.#started = true;
      this.#advance();
    } else if (event.EventType === eventTypes.eventRaised) {
      this.#raise((event.Name ?? '').toLowerCase());
    } else {
      this.#complete(event);
    }
  }

  #complete(event: HistoryEvent): void {
    const id = completedId(event);
    const settle = id === undefined ? undefined : this.#open.get(id);
    if (id !== undefined && settle) {
      this.#open.delete(id);
      settle(
        event.EventType === eventTypes.taskFailed ||
          event.EventType === eventTypes.subOrchestrationFailed,
      );
    }
  }

  /** Event names are compared without case on this side. */
  #raise(name: string): void {
    const waiter = this.#waiters.get(name)?.pop();
    if (waiter) {
      waiter(false);
    } else {
      this.#buffered.set(name, (this.#buffered.get(name) ?? 0) + 1);
    }
  }

  #advance(): void {
    if (this.#advancing) {
      return;
    }
    this.#advancing = true;
    while (!this.#awaiting && this.#position < this.#actions.length) {
      const action = this.#actions[this.#position++] as Action;
      this.#awaiting = true;
      this.#start(action, () => {
        this.#awaiting = false;
        this.#advance();
      });
    }
    this.#advancing = false;
  }

  #start(action: Action, settle: Settle): void {
    const children = action.compoundActions ?? [];
    switch (action.actionType) {
      case actionTypes.callActivity:
      case actionTypes.callSubOrchestrator:
        this.#call(action, settle);
        break;
      case actionTypes.callActivityWithRetry:
      case actionTypes.callSubOrchestratorWithRetry:
        this.#attempt(action, 1, this.#now, settle);
        break;
      case actionTypes.createTimer:
        this.#startTimer(action, settle);
        break;
      case actionTypes.waitForExternalEvent:
        this.#wait((action.externalEventName ?? '').toLowerCase(), settle);
        break;
      case actionTypes.whenAny:
        this.#startAll(children, 1, settle);
        break;
      case actionTypes.whenAll:
        this.#startAll(children, children.length, settle);
        break;
      case actionTypes.continueAsNew:
        this.continuedWith = { input: inputText(action.input, true) };
        settle(false);
        break;
      default:
        throw new UnsupportedActionError(
          `The local durable engine has no entities and no durable HTTP calls (action ${action.actionType}). Use an activity instead.`,
        );
    }
  }

  /** Starts every action, then settles once `needed` of them have. */
  #startAll(actions: readonly Action[], needed: number, settle: Settle): void {
    let settled = 0;
    let allStarted = false;
    let announced = false;
    const announce = () => {
      if (allStarted && settled >= needed && !announced) {
        announced = true;
        settle(false);
      }
    };
    for (const action of actions) {
      this.#start(action, () => {
        settled++;
        announce();
      });
    }
    allStarted = true;
    announce();
  }

  #wait(name: string, settle: Settle): void {
    const buffered = this.#buffered.get(name) ?? 0;
    if (buffered > 0) {
      this.#buffered.set(name, buffered - 1);
      settle(false);
      return;
    }
    const waiters = this.#waiters.get(name) ?? [];
    this.#waiters.set(name, waiters);
    waiters.push(settle);
  }

  #schedule(command: Omit<Command, 'id'>, settle: Settle): void {
    const id = this.commands.length;
    this.commands.push({ ...command, id });
    if (!command.cancelled) {
      this.#open.set(id, settle);
    }
  }

  #call(action: Action, settle: Settle): void {
    const name = action.functionName ?? '';
    if (
      action.actionType === actionTypes.callActivity ||
      action.actionType === actionTypes.callActivityWithRetry
    ) {
      const input = inputText(action.input, true);
      this.#schedule({ kind: 'activity', name, input }, settle);
      return;
    }
    const id = this.commands.length.toString(16).padStart(4, '0');
    this.#schedule(
      {
        kind: 'subOrchestration',
        name,
        input: inputText(action.input, false),
        instanceId: action.instanceId ?? `${this.#executionId}-${id}`,
        ...(action.version === undefined ? {} : { version: action.version }),
      },
      settle,
    );
  }

  /** After the last failure follows one more timer, without delay (durable-functions 3.4). */
  #attempt(action: Action, attempt: number, firstAttemptAt: number, settle: Settle): void {
    const options = action.retryOptions as RetryOptions;
    this.#call(action, (failed) => {
      if (!failed) {
        settle(false);
        return;
      }
      const delayMs = retryDelayMs(options, attempt, this.#now - firstAttemptAt);
      if (delayMs === undefined) {
        settle(true);
        return;
      }
      const fireAt = new Date(this.#now + delayMs).toISOString();
      this.#schedule({ kind: 'timer', fireAt, derived: true }, () => {
        if (attempt < options.maxNumberOfAttempts) {
          this.#attempt(action, attempt + 1, firstAttemptAt, settle);
        } else {
          settle(true);
        }
      });
    });
  }

  #startTimer(action: Action, settle: Settle): void {
    const finalAt = Date.parse(action.fireAt ?? '');
    if (Number.isNaN(finalAt)) {
      throw new UnsupportedActionError(`A timer is due at "${action.fireAt}", which is no time.`);
    }
    const isLong = finalAt - this.#now > this.#limits.longestMs;
    const cancelled = action.isCanceled === true;
    const next = () => {
      const dueAt = isLong ? Math.min(finalAt, this.#now + this.#limits.partMs) : finalAt;
      this.#schedule(
        {
          kind: 'timer',
          fireAt: new Date(dueAt).toISOString(),
          ...(dueAt === finalAt ? {} : { derived: true }),
          ...(cancelled ? { cancelled } : {}),
        },
        () => (isLong && this.#now < finalAt ? next() : settle(false)),
      );
    };
    next();
    if (cancelled) {
      settle(true);
    }
  }
}

/** Undefined when the time for retries is over: then no timer follows and the SDK waits for ever. */
function retryDelayMs(
  options: RetryOptions,
  attempt: number,
  elapsedMs: number,
): number | undefined {
  if (elapsedMs >= (options.retryTimeoutInMilliseconds ?? Number.POSITIVE_INFINITY)) {
    return undefined;
  }
  if (attempt >= options.maxNumberOfAttempts) {
    return 0;
  }
  const delayMs =
    options.firstRetryIntervalInMilliseconds * (options.backoffCoefficient ?? 1) ** (attempt - 1);
  return Math.min(delayMs, options.maxRetryIntervalInMilliseconds ?? Number.POSITIVE_INFINITY);
}
