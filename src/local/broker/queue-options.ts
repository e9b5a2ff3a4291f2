import type { Clock } from '../clock.ts';
import type { DuplicateDetection } from './duplicate-detection.ts';
import type { BrokerSwitches } from './entities.ts';
import type { MessageCodec, StoredMessage } from './message.ts';
import type { MessageStore } from './message-store.ts';

/** Where a queue moves the messages that it gives up. */
export interface DeadLetters {
  readonly size: number;
  /** @param source the path of the queue that the message comes from. */
  receiveDeadLetter(message: StoredMessage, source: string): void;
}

export interface QueueOptions {
  /** As it is shown to people, for example `orders/$deadletterqueue`. */
  readonly path: string;
  /** As it is stored. */
  readonly key: string;
  readonly lockDurationMs: number;
  /** Undefined in a dead-letter queue: no number of failed deliveries is too much. */
  readonly maxDeliveryCount?: number;
  readonly defaultTimeToLiveMs?: number;
  readonly deadLetteringOnMessageExpiration?: boolean;
  readonly duplicates?: DuplicateDetection | undefined;
  /** Undefined in a dead-letter queue. */
  readonly deadLetters?: DeadLetters;
  /** What happens to a scheduled message when its time has come; default: it becomes active here. */
  readonly onDue?: (message: StoredMessage) => void;
}

/** What all queues of a broker share. */
export interface BrokerParts {
  readonly store: MessageStore;
  readonly clock: Clock;
  readonly codec: MessageCodec;
  readonly switches: BrokerSwitches;
}
