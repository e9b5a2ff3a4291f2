import {
  type ProcessErrorArgs,
  ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
} from '@azure/service-bus';
import type { Clock } from '../clock.ts';
import type { FunctionHost } from './function-host.ts';
import { HostError, messageOf } from './host-error.ts';
import type { HostConfiguration } from './host-json.ts';
import type { RegisteredFunction } from './loaded-app.ts';
import { LockRenewal } from './lock-renewal.ts';
import type { LogSink } from './log.ts';
import { messageBodyText, triggerMetadata } from './service-bus-message.ts';
import { resolveConnection, type Settings, textOption } from './settings.ts';
import type { WorkTracker } from './work-tracker.ts';

export interface ServiceBusTriggerParts {
  readonly clock: Clock;
  readonly settings: Settings;
  readonly configuration: HostConfiguration;
  readonly log: LogSink;
  readonly tracker: WorkTracker;
  /** Testing mode: a message is completed only the second time that it comes. */
  readonly deliverMessagesTwice: boolean;
}

/** How long a connection that no longer answers may hold up the host's end. */
const closePatienceMs = 5_000;

/**
 * Receives for one Service Bus function: completes when it returns, abandons at once when it throws,
 * without any back-off (service-bus 12).
 */
export class ServiceBusTrigger {
  readonly #host: FunctionHost;
  readonly #target: RegisteredFunction;
  readonly #parts: ServiceBusTriggerParts;
  readonly #client: ServiceBusClient;
  readonly #receiver: ServiceBusReceiver;
  readonly #handling = new Set<Promise<void>>();
  #subscription: { close(): Promise<void> } | undefined;
  #stopping = false;

  constructor(host: FunctionHost, target: RegisteredFunction, parts: ServiceBusTriggerParts) {
    this.#host = host;
    this.#target = target;
    this.#parts = parts;
    const { trigger } = target;
    const place = `Service Bus function "${target.name}"`;
    refuseUnsupported(target, place);
    const connectionName = textOption(trigger, 'connection', {}, place);
    const connection = resolveConnection(connectionName, parts.settings, place);
    const text = (key: string) => textOption(trigger, key, parts.settings, place);
    const options = {
      receiveMode: 'peekLock' as const,
      skipParsingBodyAsJson: true,
      // The client renews by message id and mixes up copies of one message (service-bus, trap C1).
      maxAutoLockRenewalDurationInMs: 0,
    };
    this.#client = new ServiceBusClient(connection, {
      retryOptions: { maxRetries: 3, retryDelayInMs: 800, timeoutInMs: 10_000 },
    });
    this.#receiver =
      trigger['topicName'] === undefined
        ? this.#client.createReceiver(text('queueName'), options)
        : this.#client.createReceiver(text('topicName'), text('subscriptionName'), options);
  }

  start(): void {
    this.#subscription = this.#receiver.subscribe(
      {
        processMessage: async (message) => {
          if (this.#stopping) {
            // Left unsettled: it comes again when its lock runs out.
            return;
          }
          const handled = this.#handle(message).finally(() => this.#handling.delete(handled));
          this.#handling.add(handled);
          await handled;
        },
        processError: async (args) => this.#report(args),
      },
      {
        autoCompleteMessages: false,
        maxConcurrentCalls: this.#parts.configuration.maxConcurrentCalls,
      },
    );
  }

  /** Takes no more messages, waits for those under way, settles them, closes. */
  async close(options: { drop: boolean }): Promise<void> {
    this.#stopping = true;
    // Handlers may take as long as they need; a connection that no longer answers may not.
    await withPatience(this.#subscription?.close());
    if (!options.drop) {
      await Promise.all(this.#handling);
    }
    await withPatience(this.#client.close());
  }

  async #handle(message: ServiceBusReceivedMessage): Promise<void> {
    const end = this.#parts.tracker.begin();
    const { clock, configuration } = this.#parts;
    const renewal = new LockRenewal(clock, message, configuration.maxAutoLockRenewalMs, () =>
      this.#receiver.renewMessageLock(message),
    );
    try {
      await this.#host.call(
        this.#target,
        { string: messageBodyText(message) },
        triggerMetadata(message),
      );
      renewal.stop();
      const isFirst = message.deliveryCount === 0;
      const comesAgain = this.#parts.deliverMessagesTwice && isFirst;
      await this.#settle(comesAgain ? 'abandon' : 'complete', message);
    } catch (error) {
      renewal.stop();
      this.#host.logFailure(this.#target, error);
      await this.#settle('abandon', message);
    } finally {
      end();
    }
  }

  /** A message that cannot be settled comes back when its lock runs out. */
  async #settle(how: 'complete' | 'abandon', message: ServiceBusReceivedMessage): Promise<void> {
    try {
      await (how === 'complete'
        ? this.#receiver.completeMessage(message)
        : this.#receiver.abandonMessage(message));
    } catch (error) {
      this.#warn(`Could not ${how} message ${message.messageId}: ${messageOf(error)}`);
    }
  }

  #report(args: ProcessErrorArgs): void {
    this.#warn(`Receiving from ${args.entityPath} (${args.errorSource}): ${args.error.message}`);
  }

  #warn(message: string): void {
    const entry = { level: 'warning', category: 'system', function: this.#target.name };
    this.#parts.log({ ...entry, message });
  }
}

async function withPatience(closed: Promise<void> | undefined): Promise<void> {
  const patience = new Promise<void>((resolve) => {
    setTimeout(resolve, closePatienceMs).unref();
  });
  await Promise.race([closed?.catch(() => undefined), patience]);
}

function refuseUnsupported({ trigger }: RegisteredFunction, place: string): void {
  const refuse = (what: string, remedy: string) => {
    throw new HostError(
      'bad-trigger-options',
      `${place} asks for ${what}, which the local host does not support.`,
      remedy,
    );
  };
  if (trigger['isSessionsEnabled'] === true) {
    refuse('message sessions', 'Use an entity without sessions.');
  }
  if (trigger['cardinality'] === 'many') {
    refuse('batches', 'Use cardinality "one".');
  }
  if (trigger['sdkBinding'] === true || trigger['autoCompleteMessages'] === false) {
    refuse('settlement by the function', 'Leave autoCompleteMessages and sdkBinding unset.');
  }
}
