import type { DuplicateDetection } from './duplicate-detection.ts';
import type { CorrelationFilter } from './entities.ts';
import type { MessageFacts, NewMessage } from './message.ts';
import { MessageQueue } from './message-queue.ts';
import type { BrokerParts } from './queue-options.ts';
import type { SequenceNumbers } from './sequence-numbers.ts';

interface Subscription {
  readonly queue: MessageQueue;
  readonly filter: CorrelationFilter | undefined;
}

/** Whether a message has every property that the filter asks for (service-bus 8). */
export function matchesFilter(filter: CorrelationFilter | undefined, facts: MessageFacts): boolean {
  if (!filter) return true;
  const { applicationProperties = {}, ...wanted } = filter;
  return (
    Object.entries(wanted).every(([name, value]) => facts[name as keyof typeof wanted] === value) &&
    Object.entries(applicationProperties).every(
      ([name, value]) => facts.applicationProperties[name] === value,
    )
  );
}

/**
 * Gives every subscription whose filter matches a copy of each message. Repeats are dropped before that, and
 * scheduled messages wait here until their time has come (service-bus 8).
 */
export class Topic {
  readonly path: string;
  /** Holds scheduled messages only. */
  readonly waiting: MessageQueue;
  readonly #parts: BrokerParts;
  readonly #duplicates: DuplicateDetection | undefined;
  readonly #sequenceNumbers: SequenceNumbers;
  readonly #subscriptions: readonly Subscription[];

  constructor(
    options: {
      readonly path: string;
      readonly key: string;
      readonly duplicates: DuplicateDetection | undefined;
      readonly subscriptions: readonly Subscription[];
    },
    parts: BrokerParts,
    sequenceNumbers: SequenceNumbers,
  ) {
    this.path = options.path;
    this.#parts = parts;
    this.#duplicates = options.duplicates;
    this.#sequenceNumbers = sequenceNumbers;
    this.#subscriptions = options.subscriptions;
    this.waiting = new MessageQueue(
      {
        path: options.path,
        key: options.key,
        lockDurationMs: 0,
        onDue: ({ content, messageId, enqueuedSequenceNumber }) =>
          this.#fanOut(
            { content, facts: { ...parts.codec.describe(content), messageId } },
            enqueuedSequenceNumber,
          ),
      },
      parts,
      sequenceNumbers,
    );
  }

  /** As `MessageQueue.send`. */
  send(messages: readonly NewMessage[]): number[] {
    return messages.flatMap((message) => {
      if (this.#duplicates?.isRepeat(message.facts.messageId)) return this.#sequenceNumbers.next();
      const { scheduledFor } = message.facts;
      if (scheduledFor !== undefined && scheduledFor > this.#parts.clock.now()) {
        return this.waiting.send([message]);
      }
      const sequenceNumber = this.#sequenceNumbers.next();
      this.#fanOut(message, sequenceNumber);
      return sequenceNumber;
    });
  }

  cancelScheduled(sequenceNumbers: readonly number[]): void {
    this.waiting.cancelScheduled(sequenceNumbers);
  }

  #fanOut(message: NewMessage, sequenceNumber: number): void {
    const shared = this.#parts.switches.copiesShareEnqueuedSequenceNumber;
    for (const { queue, filter } of this.#subscriptions) {
      if (matchesFilter(filter, message.facts)) {
        queue.receiveCopy(message, shared ? sequenceNumber : undefined);
      }
    }
  }
}
