import { messageOf } from '../host-error.ts';
import { invoke, toJsonText } from '../invocation.ts';
import { type EngineContext, EngineHalted, functionOfType } from './engine-context.ts';
import { type EventMembers, eventTypes, historyEvent, nameOfEventType } from './history.ts';
import type { ActivityCall } from './store.ts';

type Completion =
  | { type: typeof eventTypes.taskCompleted; members: EventMembers }
  | { type: typeof eventTypes.taskFailed; members: EventMembers };

/**
 * Runs scheduled activities, at least once each: a call leaves the store in the same commit that
 * brings its completion.
 */
export class ActivityRunner {
  readonly #context: EngineContext;
  readonly #wake: (instanceId: string) => void;
  readonly #queue: { call: ActivityCall; end: () => void }[] = [];
  #running = 0;

  constructor(context: EngineContext, wake: (instanceId: string) => void) {
    this.#context = context;
    this.#wake = wake;
  }

  dispatch(call: ActivityCall): void {
    this.#queue.push({ call, end: this.#context.tracker.begin() });
    this.#pump();
  }

  /** Leaves what waits to the next start of the host. */
  drain(): void {
    for (const { end } of this.#queue.splice(0)) {
      end();
    }
  }

  #pump(): void {
    if (!this.#context.open) {
      this.drain();
    }
    while (this.#running < this.#context.options.maxConcurrentActivities) {
      const next = this.#queue.shift();
      if (!next) {
        return;
      }
      this.#running++;
      void this.#run(next.call).finally(() => {
        this.#running--;
        next.end();
        this.#pump();
      });
    }
  }

  async #run(call: ActivityCall): Promise<void> {
    let completion = await this.#execute(call);
    if (this.#context.options.runActivitiesTwice && this.#context.open) {
      completion = await this.#execute(call);
    }
    try {
      this.#complete(call, completion);
    } catch (error) {
      if (!(error instanceof EngineHalted)) {
        throw error;
      }
    }
  }

  async #execute(call: ActivityCall): Promise<Completion> {
    const { app, log } = this.#context;
    const target = functionOfType(app, call.name, 'activityTrigger');
    try {
      if (!target) {
        throw new Error('The app has no such activity any more.');
      }
      const data = { json: call.input ?? 'null' };
      const { response } = await invoke(
        app,
        target,
        {
          inputs: { [target.triggerName]: data },
          triggerMetadata: { instanceId: { string: call.instanceId }, data },
        },
        log,
      );
      const Result = toJsonText(response.returnValue);
      return {
        type: eventTypes.taskCompleted,
        members: { TaskScheduledId: call.taskId, Result },
      };
    } catch (error) {
      const Reason = `Activity function '${call.name}' failed: ${messageOf(error)}`;
      const Details = error instanceof Error ? (error.stack ?? '') : String(error);
      log({ level: 'error', category: 'system', message: Reason, function: call.name });
      return {
        type: eventTypes.taskFailed,
        members: { TaskScheduledId: call.taskId, Reason, Details },
      };
    }
  }

  #complete(call: ActivityCall, completion: Completion): void {
    const { store, clock, options } = this.#context;
    const { instanceId, executionId } = call;
    const event = historyEvent(completion.type, clock.now(), completion.members);
    const eventNames = [nameOfEventType(completion.type)];
    this.#context.commit({ instanceId, kind: 'activity', eventTypes: eventNames }, () => {
      store.removeActivity(call.sequence);
      if (store.instance(instanceId)?.executionId === executionId) {
        store.addMessage(instanceId, executionId, event);
        if (options.deliverActivityCompletionsTwice) {
          store.addMessage(instanceId, executionId, event);
        }
      }
    });
    this.#wake(instanceId);
  }
}
