import type { Timer } from '../../clock.ts';
import { type EngineContext, EngineHalted } from './engine-context.ts';
import { eventTypes, historyEvent } from './history.ts';

/** Turns timers that fall due into messages to their instances. */
export class TimerQueue {
  readonly #context: EngineContext;
  readonly #wake: (instanceId: string) => void;
  #armed: Timer | undefined;

  constructor(context: EngineContext, wake: (instanceId: string) => void) {
    this.#context = context;
    this.#wake = wake;
  }

  /** Fires what is due and waits for the next timer; call it whenever timers have changed. */
  update(): void {
    this.stop();
    const { store, clock } = this.#context;
    for (;;) {
      if (!this.#context.open) {
        return;
      }
      const next = store.nextTimer();
      if (!next) {
        return;
      }
      if (next.fireAt > clock.now()) {
        this.stop();
        this.#armed = clock.setTimer(() => this.#safeUpdate(), next.fireAt - clock.now());
        return;
      }
      const { instanceId, executionId, timerId } = next;
      const event = historyEvent(eventTypes.timerFired, clock.now(), {
        TimerId: timerId,
        FireAt: new Date(next.fireAt).toISOString(),
      });
      this.#context.commit({ instanceId, kind: 'timer', eventTypes: ['timerFired'] }, () => {
        store.removeTimer(instanceId, executionId, timerId);
        store.addMessage(instanceId, executionId, event);
      });
      this.#wake(instanceId);
    }
  }

  stop(): void {
    this.#armed?.cancel();
    this.#armed = undefined;
  }

  #safeUpdate(): void {
    try {
      this.update();
    } catch (error) {
      if (!(error instanceof EngineHalted)) {
        throw error;
      }
    }
  }
}
