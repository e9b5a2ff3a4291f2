import type {
  ServiceBusClient,
  ServiceBusReceivedMessage,
  ServiceBusReceiver,
  ServiceBusSender,
} from '@azure/service-bus';
import Long from 'long';
import type {
  CallbackActivityInput,
  FailedCallbacks,
} from '../../activities/callbacks/callback-contracts.ts';
import type { EventPublisher } from '../../activities/dependencies.ts';
import type { VendingError } from '../../model/errors.ts';
import type { RequestEvent } from '../../model/events.ts';
import { requestAsMessage } from '../../model/request-as-message.ts';
import type { VendingRequest } from '../../model/requests.ts';
import type { ServiceBusPlace } from '../service-bus-settings.ts';
import { activeTraceparent } from '../telemetry/spans.ts';
import { entities } from './queues.ts';
import { serviceBusClient } from './service-bus-client.ts';

/** One rejected message: a property holds at most 32 KB (service-bus 2); a person reads far less. */
const longestDescription = 4_000;

/** Milliseconds. */
const longestQueueing = 5_000;

/** Enough to see that there are many. */
const mostPeeked = 100;

/** Messages that the broker has given up. */
export interface DeadLetters {
  readonly queue: string;
  /** At most `mostPeeked`. */
  readonly messages: number;
  /** Of the oldest. */
  readonly reason: string | undefined;
  readonly enqueuedAt: string | undefined;
  readonly messageId: string | undefined;
}

/** A message as it is stored in the queue, byte for byte. */
export interface StoredMessage {
  readonly body: Uint8Array;
  readonly message: ServiceBusReceivedMessage;
}

/** The app's own traffic with Service Bus; the Functions binding cannot set ids or properties. */
export class ServiceBus implements EventPublisher, FailedCallbacks {
  readonly #client: ServiceBusClient;
  readonly #events: ServiceBusSender;
  readonly #rejected: ServiceBusSender;
  readonly #failedCallbacks: ServiceBusSender;
  readonly #requests: ServiceBusReceiver;
  readonly #asked: ServiceBusSender;

  constructor(place: ServiceBusPlace) {
    this.#client = serviceBusClient(place);
    this.#events = this.#client.createSender(entities.events);
    this.#rejected = this.#client.createSender(entities.rejected);
    this.#asked = this.#client.createSender(entities.requests);
    this.#failedCallbacks = this.#client.createSender(entities.failedCallbacks);
    this.#requests = this.#client.createReceiver(entities.requests, {
      skipParsingBodyAsJson: true,
      skipConvertingDate: true,
    });
  }

  /** The message id is the event's id: the topic's duplicate detection drops a repetition. */
  async publish(event: RequestEvent): Promise<void> {
    const traceparent = activeTraceparent();
    await this.#events.sendMessages({
      // The extension attribute of CloudEvents for distributed tracing.
      body: traceparent === undefined ? event : { ...event, traceparent },
      contentType: 'application/cloudevents+json',
      messageId: event.id,
      subject: event.type,
      ...(event.subject === undefined ? {} : { correlationId: event.subject }),
    });
  }

  /**
   * Queues a request that the ledger has: its message wakes the workflow up. Sent twice, the queue keeps
   * one. Gives up soon, because somebody waits for the answer and the sweep makes up for it.
   */
  async queueRequest(request: VendingRequest): Promise<void> {
    await this.#asked.sendMessages(
      {
        body: requestAsMessage(request),
        contentType: 'application/json',
        messageId: `api-${request.id}`,
      },
      { abortSignal: AbortSignal.timeout(longestQueueing) },
    );
  }

  /**
   * The stored message of a delivery. The Functions trigger hands over a parsed body and parsed
   * metadata (service-bus, traps F1 to F4); a peek gives bytes and properties as they were sent.
   */
  async readStored(sequenceNumber: bigint): Promise<StoredMessage | undefined> {
    const [message] = await this.#requests.peekMessages(1, {
      fromSequenceNumber: Long.fromString(sequenceNumber.toString()),
    });
    if (!message || message.sequenceNumber?.toString() !== sequenceNumber.toString()) {
      return undefined;
    }
    return { body: bytesOf(message.body), message };
  }

  /** Moves a message, whole, to the rejected queue; sent twice, the queue keeps one. */
  async reject(stored: StoredMessage, rejectionId: string, error: VendingError): Promise<void> {
    const { body, message } = stored;
    await this.#rejected.sendMessages({
      body: Buffer.from(body),
      messageId: rejectionId,
      ...copied(message),
      applicationProperties: {
        ...message.applicationProperties,
        rejectReason: error.code,
        rejectDescription: `${error.message} ${error.remedy}`.slice(0, longestDescription),
        originalMessageId: String(message.messageId ?? ''),
      },
    });
  }

  /** An event that could not be delivered to a callback, whole; sent twice, the queue keeps one. */
  async keep({
    callback,
    event,
    delivery,
    attempts,
    error,
  }: CallbackActivityInput<'keepFailedCallback'>): Promise<void> {
    await this.#failedCallbacks.sendMessages({
      body: event,
      contentType: 'application/cloudevents+json',
      messageId: delivery,
      subject: event.type,
      ...(event.subject === undefined ? {} : { correlationId: event.subject }),
      applicationProperties: {
        callback,
        attempts,
        failReason: error.code,
        failDescription: `${error.message} ${error.cause} ${error.remedy}`.slice(
          0,
          longestDescription,
        ),
      },
    });
  }

  /** What lies in the dead-letter queues of the entities that the app receives from; empty ones are left out. */
  async peekDeadLetters(): Promise<readonly DeadLetters[]> {
    const options = { subQueueType: 'deadLetter' } as const;
    const { requests, events, callbacks } = entities;
    const found: DeadLetters[] = [];
    for (const [queue, receiver] of [
      [requests, this.#client.createReceiver(requests, options)],
      [`${events}/${callbacks}`, this.#client.createReceiver(events, callbacks, options)],
    ] as const) {
      const messages = await receiver.peekMessages(mostPeeked, { fromSequenceNumber: Long.ZERO });
      await receiver.close();
      const [oldest] = messages;
      if (!oldest) continue;
      found.push({
        queue,
        messages: messages.length,
        reason: oldest.deadLetterReason,
        enqueuedAt: oldest.enqueuedTimeUtc?.toISOString(),
        messageId: oldest.messageId === undefined ? undefined : String(oldest.messageId),
      });
    }
    return found;
  }

  async close(): Promise<void> {
    await this.#client.close();
  }
}

/** Bytes of a data section, or a text value of AMQP; of other values Azure's host delivers none (service-bus 12). */
function bytesOf(body: unknown): Uint8Array {
  if (body instanceof Uint8Array) return body;
  if (body === undefined || body === null) return new Uint8Array();
  return Buffer.from(typeof body === 'string' ? body : JSON.stringify(body));
}

/** The properties that a rejected copy keeps. */
function copied(message: ServiceBusReceivedMessage) {
  const { contentType, correlationId, subject, replyTo, replyToSessionId, to, sessionId } = message;
  return Object.fromEntries(
    Object.entries({
      contentType,
      correlationId,
      subject,
      replyTo,
      replyToSessionId,
      to,
      sessionId,
    }).filter(([, value]) => value !== undefined),
  );
}
