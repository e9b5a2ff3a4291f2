/** What a queue and a subscription have in common; defaults as in Service Bus (service-bus 8). */
export interface QueueSettings {
  /** How long a message stays locked for its receiver; default 60, at most 300. */
  readonly lockDurationSeconds?: number;
  /** After that many failed deliveries a message is dead-lettered; default 10. */
  readonly maxDeliveryCount?: number;
  /** Upper bound of every message's time to live; default none. */
  readonly defaultTimeToLiveSeconds?: number;
  /** Whether an expired message is dead-lettered instead of dropped; default false. */
  readonly deadLetteringOnMessageExpiration?: boolean;
  /** Not built: the broker refuses to start with it. */
  readonly requiresSession?: boolean;
}

export interface QueueDefinition extends QueueSettings {
  readonly name: string;
  /** Switches duplicate detection on, for messages that arrive within this time. */
  readonly duplicateDetectionWindowSeconds?: number;
}

/** Every property that is given has to be equal; text is compared case-sensitively. */
export interface CorrelationFilter {
  readonly messageId?: string;
  readonly correlationId?: string;
  readonly subject?: string;
  readonly to?: string;
  readonly replyTo?: string;
  readonly sessionId?: string;
  readonly replyToSessionId?: string;
  readonly contentType?: string;
  readonly applicationProperties?: Readonly<Record<string, string | number | boolean>>;
}

export interface SubscriptionDefinition extends QueueSettings {
  readonly name: string;
  /** Which messages the subscription gets; default all. */
  readonly filter?: CorrelationFilter;
}

export interface TopicDefinition {
  readonly name: string;
  readonly duplicateDetectionWindowSeconds?: number;
  readonly subscriptions: readonly SubscriptionDefinition[];
}

export interface BrokerEntities {
  readonly queues: readonly QueueDefinition[];
  readonly topics: readonly TopicDefinition[];
}

/** What the reference leaves unconfirmed about the service (service-bus 17). */
export interface BrokerSwitches {
  /** A dead-lettered message keeps its sequence number. */
  readonly deadLetterKeepsSequenceNumber: boolean;
  /** Dead-lettered messages name the queue they come from, also without forwarding. */
  readonly deadLetterSource: boolean;
  /** Deferring counts as a failed delivery. */
  readonly deferCounts: boolean;
  /** All copies of one published message share the topic's number as enqueued sequence number. */
  readonly copiesShareEnqueuedSequenceNumber: boolean;
}

export const defaultBrokerSwitches: BrokerSwitches = {
  deadLetterKeepsSequenceNumber: true,
  deadLetterSource: true,
  deferCounts: true,
  copiesShareEnqueuedSequenceNumber: true,
};

const deadLetterSuffix = '/$deadletterqueue';

/** Entity paths are case-insensitive: this is the form under which they are looked up and stored. */
export function entityKey(path: string): string {
  return path.replace(/^\/+|\/+$/g, '').toLowerCase();
}

export function subscriptionPath(topic: string, subscription: string): string {
  return `${topic}/Subscriptions/${subscription}`;
}

export function deadLetterPath(path: string): string {
  return `${path}${deadLetterSuffix}`;
}

const longestLockSeconds = 300;

/** @throws Error when a definition asks for what the broker does not have, or two entities share a path. */
export function checkEntities({ queues, topics }: BrokerEntities): void {
  const queueLike: [path: string, settings: QueueSettings][] = [
    ...queues.map((queue): [string, QueueSettings] => [queue.name, queue]),
    ...topics.flatMap(({ name, subscriptions }) =>
      subscriptions.map((one): [string, QueueSettings] => [subscriptionPath(name, one.name), one]),
    ),
  ];
  for (const [path, { requiresSession, lockDurationSeconds = 60 }] of queueLike) {
    if (requiresSession) {
      throw new Error(
        `'${path}' asks for message sessions, which the local broker does not have: remove requiresSession.`,
      );
    }
    if (!(lockDurationSeconds > 0 && lockDurationSeconds <= longestLockSeconds)) {
      throw new Error(
        `'${path}' has a lock duration of ${lockDurationSeconds} seconds: Service Bus allows at most ${longestLockSeconds}.`,
      );
    }
  }
  const seen = new Set<string>();
  for (const path of [...queueLike.map(([path]) => path), ...topics.map(({ name }) => name)]) {
    if (seen.has(entityKey(path))) {
      throw new Error(`Two entities are called '${path}' (case is ignored): rename one of them.`);
    }
    seen.add(entityKey(path));
  }
}
