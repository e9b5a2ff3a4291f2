import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { ActivityInput, ActivityName } from '../../../src/activities/activity-contracts.ts';
import type { Activity } from '../../../src/activities/step.ts';
import { withTimeline } from '../../../src/activities/with-timeline.ts';
import type { App } from '../../../src/functions/app.ts';
import { receiveRequest } from '../../../src/functions/intake/receive-request.ts';
import type { StoredMessage } from '../../../src/functions/intake/service-bus.ts';
import { sweepRequests } from '../../../src/functions/workflow/sweep-requests.ts';
import type { Ledger } from '../../../src/ledger/ledger.ts';
import type { VendingError } from '../../../src/model/errors.ts';
import type { RequestEvent } from '../../../src/model/events.ts';
import type { ActivityTable } from './activities.ts';
import type { AzureModel, Caller } from './azure-model.ts';
import type { ActivityRun, DurableEngine } from './durable-engine.ts';
import type { HostCalls } from './host-calls.ts';
import { landscape } from './landscape.ts';
import type { Oracle } from './oracle.ts';
import type { QueuedMessage, RequestQueue } from './request-queue.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkerProcess } from './worker-process.ts';

/** Puts something else in the place of what the product uses: a planted bug. */
export interface Sabotage {
  readonly app?: (app: App, caller: Caller) => App;
  readonly activities?: (activities: ActivityTable) => ActivityTable;
}

export interface HostParts {
  readonly scheduler: Scheduler;
  readonly process: WorkerProcess;
  readonly calls: HostCalls;
  readonly azure: AzureModel;
  readonly ledger: Ledger;
  readonly oracle: Oracle;
  readonly activities: ActivityTable;
  readonly engine: () => DurableEngine;
  readonly queue: () => RequestQueue;
  /** What the clock of the machine shows. */
  readonly clock: () => number;
  readonly hear: (event: RequestEvent) => void;
  readonly sabotage: Sabotage;
}

/** The production functions and activities, with everything that they touch simulated. */
export class SimulatedHost {
  readonly #parts: HostParts;
  readonly #activities: ActivityTable;

  constructor(parts: HostParts) {
    this.#parts = parts;
    this.#activities = parts.sabotage.activities?.(parts.activities) ?? parts.activities;
  }

  async runActivity({ name, input }: ActivityRun): Promise<string> {
    const { process } = this.#parts;
    const activity = this.#activities[name as ActivityName] as Activity<ActivityName> | undefined;
    if (!activity) throw new Error(`There is no activity '${name}'.`);
    const given = JSON.parse(input ?? 'null') as ActivityInput<ActivityName>;
    const caller = { requestId: given.requestId, activity: name, epoch: process.epoch };
    const output = await withTimeline(activity, this.#appFor(caller))(given);
    return JSON.stringify(output);
  }

  async receive(message: QueuedMessage): Promise<void> {
    const { process } = this.#parts;
    const caller = {
      requestId: message.messageId,
      activity: 'receiveRequest',
      epoch: process.epoch,
    };
    const context = this.#contextFor(message.sequenceNumber);
    const body = Buffer.from(message.body).toString();
    await receiveRequest(this.#appFor(caller), body, this.#clientFor(caller), context);
  }

  async sweep(): Promise<void> {
    const { process } = this.#parts;
    const caller = { requestId: 'all', activity: 'sweepRequests', epoch: process.epoch };
    const sweep = sweepRequests(
      this.#appFor(caller),
      this.#clientFor(caller),
      this.#contextFor(0n),
    );
    await sweep.catch((error) => this.#parts.oracle.logs.push(String(error)));
  }

  #appFor(caller: Caller): App {
    const { azure, clock, sabotage } = this.#parts;
    const serviceBus = this.#serviceBusFor(caller) as unknown as App['serviceBus'];
    const app: App = {
      landscape,
      ledger: this.#ledgerFor(caller),
      azure: azure.for(caller),
      events: serviceBus,
      serviceBus,
      now: () => new Date(clock()),
    };
    return sabotage.app?.(app, caller) ?? app;
  }

  /** The real ledger; each of its transactions is an event of its own. */
  #ledgerFor({ requestId, activity, epoch }: Caller): Ledger {
    const { ledger, calls, oracle } = this.#parts;
    return new Proxy(ledger, {
      get: (_, method: keyof Ledger) => {
        return (...args: unknown[]) =>
          calls.call(
            epoch,
            `${requestId} ${activity}: ledger ${method}`,
            'ledgerFails',
            async () => {
              const run = ledger[method] as (...given: unknown[]) => Promise<unknown>;
              const answer = await run.apply(ledger, args);
              await oracle.onLedger(method, args, answer);
              return answer;
            },
          );
      },
    });
  }

  #serviceBusFor({ requestId, activity, epoch }: Caller) {
    const { calls, oracle, queue, hear } = this.#parts;
    const call = <T>(what: string, effect: () => T) =>
      calls.call(epoch, `${requestId} ${activity}: ${what}`, 'eventsFail', effect);
    return {
      publish: (event: RequestEvent) =>
        call(`publish ${event.type}`, () => {
          oracle.events.push(JSON.parse(JSON.stringify(event)));
          hear(event);
        }),
      readStored: (sequenceNumber: bigint) =>
        call('peek', () => {
          const message = queue().find(sequenceNumber);
          return message ? { body: message.body, message } : undefined;
        }),
      reject: (stored: StoredMessage, rejectionId: string, error: VendingError) =>
        call(`reject ${error.code}`, () => {
          queue().rejected.push({
            body: stored.body,
            rejectionId,
            originalMessageId: String(stored.message.messageId),
            code: error.code,
          });
        }),
    };
  }

  #clientFor({ requestId, activity, epoch }: Caller): DurableClient {
    const { calls, engine } = this.#parts;
    const call = <T>(what: string, effect: () => T) =>
      calls.call(epoch, `${requestId} ${activity}: ${what}`, 'durableClientFails', effect);
    const client = {
      getStatus: (instanceId: string) =>
        call(`status of ${instanceId}`, () => {
          const runtimeStatus = engine().statusOf(instanceId);
          if (!runtimeStatus) throw new Error(`No instance with ID '${instanceId}' found.`);
          return { runtimeStatus };
        }),
      startNew: (name: string, { instanceId, input }: { instanceId: string; input: unknown }) =>
        call(`start ${instanceId}`, () => engine().start(instanceId, name, JSON.stringify(input))),
      raiseEvent: (instanceId: string, name: string, data: unknown) =>
        call(`raise ${name} for ${instanceId}`, () =>
          engine().raiseEvent(instanceId, name, JSON.stringify(data)),
        ),
    };
    return client as unknown as DurableClient;
  }

  #contextFor(sequenceNumber: bigint): InvocationContext {
    const { oracle } = this.#parts;
    const log = (...words: readonly unknown[]) => oracle.logs.push(words.join(' '));
    const context = {
      triggerMetadata: { sequenceNumber: String(sequenceNumber) },
      log,
      info: log,
      warn: log,
      error: log,
    };
    return context as unknown as InvocationContext;
  }
}
