import { BrokerError } from './broker-error.ts';
import { DuplicateDetection } from './duplicate-detection.ts';
import {
  type BrokerEntities,
  deadLetterPath,
  entityKey,
  type QueueSettings,
  subscriptionPath,
} from './entities.ts';
import { MessageQueue } from './message-queue.ts';
import type { BrokerParts, QueueOptions } from './queue-options.ts';
import { SequenceNumbers } from './sequence-numbers.ts';
import { Topic } from './topic.ts';

export type Entity =
  | { readonly kind: 'queue' | 'subscription' | 'dead-letter queue'; readonly queue: MessageQueue }
  | { readonly kind: 'topic'; readonly topic: Topic };

/** All entities of a broker, by their paths (service-bus 3). The definitions have passed `checkEntities`. */
export class Namespace {
  readonly #entities = new Map<string, Entity>();
  readonly #parts: BrokerParts;

  constructor(definitions: BrokerEntities, parts: BrokerParts) {
    this.#parts = parts;
    for (const queue of definitions.queues) {
      const duplicates = this.#duplicates(queue.name, queue.duplicateDetectionWindowSeconds);
      this.#addQueue('queue', queue.name, queue, duplicates);
    }
    for (const topic of definitions.topics) {
      const subscriptions = topic.subscriptions.map((subscription) => ({
        queue: this.#addQueue(
          'subscription',
          subscriptionPath(topic.name, subscription.name),
          subscription,
          undefined,
        ),
        filter: subscription.filter,
      }));
      const key = entityKey(topic.name);
      const duplicates = this.#duplicates(topic.name, topic.duplicateDetectionWindowSeconds);
      this.#add(topic.name, {
        kind: 'topic',
        topic: new Topic(
          { path: topic.name, key, duplicates, subscriptions },
          parts,
          new SequenceNumbers(key, parts.store),
        ),
      });
    }
  }

  /** @throws BrokerError `amqp:not-found` when there is no such entity. */
  entity(path: string): Entity {
    const entity = this.#entities.get(entityKey(path));
    if (entity) return entity;
    throw new BrokerError(
      'amqp:not-found',
      `The messaging entity '${path}' could not be found. Declare it when the broker is started.`,
    );
  }

  /** The queue, subscription or dead-letter queue with this path. */
  queue(path: string): MessageQueue {
    const entity = this.entity(path);
    if (entity.kind !== 'topic') return entity.queue;
    throw new BrokerError(
      'amqp:not-allowed',
      `'${path}' is a topic: receive from one of its subscriptions (${path}/Subscriptions/<name>).`,
    );
  }

  /** Where messages can be sent to: a queue or a topic. */
  destination(path: string): MessageQueue | Topic {
    const entity = this.entity(path);
    if (entity.kind === 'topic') return entity.topic;
    if (entity.kind === 'queue') return entity.queue;
    throw new BrokerError(
      'amqp:not-allowed',
      `'${path}' is a ${entity.kind}: send to the ${entity.kind === 'subscription' ? 'topic' : 'queue'} it belongs to.`,
    );
  }

  close(): void {
    for (const entity of this.#entities.values()) {
      (entity.kind === 'topic' ? entity.topic.waiting : entity.queue).close();
    }
  }

  #addQueue(
    kind: 'queue' | 'subscription',
    path: string,
    settings: QueueSettings,
    duplicates: DuplicateDetection | undefined,
  ): MessageQueue {
    const lockDurationMs = (settings.lockDurationSeconds ?? 60) * 1000;
    const deadLetters = this.#newQueue({
      path: deadLetterPath(path),
      lockDurationMs,
    });
    const queue = this.#newQueue({
      path,
      lockDurationMs,
      maxDeliveryCount: settings.maxDeliveryCount ?? 10,
      ...(settings.defaultTimeToLiveSeconds === undefined
        ? {}
        : { defaultTimeToLiveMs: settings.defaultTimeToLiveSeconds * 1000 }),
      deadLetteringOnMessageExpiration: settings.deadLetteringOnMessageExpiration ?? false,
      duplicates,
      deadLetters,
    });
    this.#add(path, { kind, queue });
    this.#add(deadLetters.path, { kind: 'dead-letter queue', queue: deadLetters });
    return queue;
  }

  #newQueue(options: Omit<QueueOptions, 'key'>): MessageQueue {
    const key = entityKey(options.path);
    return new MessageQueue(
      { ...options, key },
      this.#parts,
      new SequenceNumbers(key, this.#parts.store),
    );
  }

  #duplicates(path: string, windowSeconds: number | undefined): DuplicateDetection | undefined {
    if (windowSeconds === undefined) return undefined;
    const { store, clock } = this.#parts;
    return new DuplicateDetection(entityKey(path), windowSeconds, store, clock);
  }

  #add(path: string, entity: Entity): void {
    this.#entities.set(entityKey(path), entity);
  }
}
