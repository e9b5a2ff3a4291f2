import type { Clock, Timer } from '../clock.ts';
import type { DurableStore } from './durable/store.ts';
import type { FunctionHost } from './function-host.ts';
import type { RegisteredFunction } from './loaded-app.ts';
import { nextOccurrence, parseSchedule, type Schedule } from './ncrontab.ts';
import { type Settings, textOption } from './settings.ts';
import type { WorkTracker } from './work-tracker.ts';

/** Runs one timer function on its schedule; a run missed while the host was down is made up once. */
export class TimerTrigger {
  readonly #host: FunctionHost;
  readonly #target: RegisteredFunction;
  readonly #schedule: Schedule;
  readonly #clock: Clock;
  readonly #store: DurableStore;
  readonly #tracker: WorkTracker;
  #armed: Timer | undefined;
  #stopped = false;

  constructor(
    host: FunctionHost,
    target: RegisteredFunction,
    parts: { clock: Clock; store: DurableStore; settings: Settings; tracker: WorkTracker },
  ) {
    this.#host = host;
    this.#target = target;
    this.#clock = parts.clock;
    this.#store = parts.store;
    this.#tracker = parts.tracker;
    const place = `Timer function "${target.name}"`;
    this.#schedule = parseSchedule(textOption(target.trigger, 'schedule', parts.settings, place));
  }

  start(): void {
    const now = this.#clock.now();
    const last = this.#store.lastRun(this.#target.name);
    const missed = last !== undefined && (nextOccurrence(this.#schedule, last) ?? Infinity) <= now;
    if (last === undefined) {
      this.#store.saveLastRun(this.#target.name, now);
    }
    if (missed || this.#target.trigger['runOnStartup'] === true) {
      void this.#run(missed);
    } else {
      this.#arm();
    }
  }

  stop(): void {
    this.#stopped = true;
    this.#armed?.cancel();
  }

  #arm(): void {
    const next = nextOccurrence(this.#schedule, this.#clock.now());
    if (next === undefined || this.#stopped) {
      return;
    }
    const fire = () => {
      const remainingMs = next - this.#clock.now();
      if (remainingMs > 0) {
        this.#armed = this.#clock.setTimer(fire, remainingMs);
      } else {
        void this.#run(false);
      }
    };
    this.#armed = this.#clock.setTimer(fire, next - this.#clock.now());
  }

  /** Runs do not overlap; a failure is logged, the next run comes as scheduled. */
  async #run(isPastDue: boolean): Promise<void> {
    const end = this.#tracker.begin();
    const now = this.#clock.now();
    const last = this.#store.lastRun(this.#target.name) ?? now;
    this.#store.saveLastRun(this.#target.name, now);
    const next = nextOccurrence(this.#schedule, now) ?? now;
    const iso = (time: number) => new Date(time).toISOString();
    const value = {
      Schedule: { AdjustForDST: true },
      ScheduleStatus: { Last: iso(last), Next: iso(next), LastUpdated: iso(last) },
      IsPastDue: isPastDue,
    };
    await this.#host
      .call(this.#target, { json: JSON.stringify(value) })
      .catch((error: unknown) => this.#host.logFailure(this.#target, error));
    this.#arm();
    end();
  }
}
