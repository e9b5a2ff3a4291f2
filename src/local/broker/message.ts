/** What the broker has to know about a message; everything else stays in its bytes. */
export interface MessageFacts {
  /** As text, whatever type it has on the wire; undefined when the sender gave none. */
  readonly messageId: string | undefined;
  readonly correlationId: string | undefined;
  readonly subject: string | undefined;
  readonly to: string | undefined;
  readonly replyTo: string | undefined;
  readonly sessionId: string | undefined;
  readonly replyToSessionId: string | undefined;
  readonly contentType: string | undefined;
  readonly applicationProperties: Readonly<Record<string, unknown>>;
  readonly timeToLiveMs: number | undefined;
  /** Milliseconds since 1970; undefined when the message is not scheduled. */
  readonly scheduledFor: number | undefined;
}

/** A message on its way into a queue. */
export interface NewMessage {
  /** The encoded message as it was sent. */
  readonly content: Buffer;
  readonly facts: MessageFacts & { readonly messageId: string };
}

/** Changes to application properties; the values are whatever the codec can encode. */
export type PropertyChanges = Readonly<Record<string, unknown>>;

/** How the queues, which know nothing of AMQP, look into a message and change it. */
export interface MessageCodec {
  describe(content: Buffer): MessageFacts;
  withProperties(content: Buffer, changes: PropertyChanges): Buffer;
}

export type MessageState = 'active' | 'deferred' | 'scheduled';

/** A message as it is stored in one queue, subscription or dead-letter queue. */
export interface StoredMessage {
  readonly sequenceNumber: number;
  readonly enqueuedSequenceNumber: number;
  readonly messageId: string;
  readonly content: Buffer;
  readonly enqueuedAt: number;
  /** Milliseconds since 1970; undefined when the message lives for ever. */
  readonly expiresAt: number | undefined;
  /** When a scheduled message becomes active. */
  readonly scheduledFor: number | undefined;
  readonly state: MessageState;
  /** Failed deliveries so far. */
  readonly deliveryCount: number;
  /** The queue that a dead-lettered message comes from. */
  readonly deadLetterSource: string | undefined;
}

/** A message handed to one receiver. */
export interface Delivery {
  readonly message: StoredMessage;
  /** Undefined in receive-and-delete: then the message is already gone from the queue. */
  readonly lock: { readonly token: string; readonly until: number } | undefined;
}

export interface MessageCounts {
  /** Ready and locked ones. */
  readonly active: number;
  readonly deferred: number;
  readonly scheduled: number;
  readonly deadLetter: number;
}
