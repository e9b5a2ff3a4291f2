import { randomBytes } from 'node:crypto';
import type { Delivery as AmqpDelivery, EventContext, Sender } from 'rhea';
import { toBrokerError } from '../broker-error.ts';
import type { Consumer } from '../consumers.ts';
import type { Delivery, PropertyChanges } from '../message.ts';
import type { MessageQueue } from '../message-queue.ts';
import type { MessageStore } from '../message-store.ts';
import { deliveryTagToToken, tokenToDeliveryTag } from './lock-token.ts';
import { encodeForReceiver } from './message-codec.ts';
import {
  creditLimit,
  finishDrain,
  freeDeliveries,
  isDraining,
  outcomes,
  settle,
} from './rhea-internals.ts';

/** `snd-settle-mode` of a link in receive-and-delete (service-bus 4.1). */
const settled = 1;

/** Sends the messages of one queue to a client's receiver, and settles what the receiver decides. */
export class OutgoingLink implements Consumer {
  readonly deletesOnDelivery: boolean;
  readonly #sender: Sender;
  readonly #queue: MessageQueue;
  readonly #store: MessageStore;
  readonly #log: (line: string) => void;
  /** Both as AMQP delivery counts: up to where the receiver gave credit, and how much of it is used. */
  #limit = 0;
  #promised = 0;
  /** Promised, but not given to rhea yet. */
  #undelivered = 0;
  #isDraining = false;
  #isClosed = false;

  constructor(
    sender: Sender,
    queue: MessageQueue,
    store: MessageStore,
    log: (line: string) => void,
  ) {
    this.#sender = sender;
    this.#queue = queue;
    this.#store = store;
    this.#log = log;
    this.deletesOnDelivery = sender.snd_settle_mode === settled;
    sender.on('sender_flow', () => this.#onFlow());
    sender.on('sender_draining', () => this.#onDrain());
    this.#onOutcome('accepted', (token) => queue.complete(token), outcomes.accepted());
    this.#onOutcome('released', (token) => queue.abandon(token), outcomes.accepted());
    sender.on('modified', (context: EventContext) => this.#onModified(context));
    sender.on('rejected', (context: EventContext) => this.#onRejected(context));
    queue.addConsumer(this);
  }

  credit(): number {
    if (this.#isDraining || this.#isClosed || !this.#sender.is_open()) return 0;
    const free = freeDeliveries(this.#sender) - this.#undelivered;
    return Math.min(this.#limit - this.#promised, free);
  }

  promise(): void {
    this.#promised += 1;
    this.#undelivered += 1;
  }

  deliver({ message, lock }: Delivery): boolean {
    this.#undelivered -= 1;
    if (this.#isClosed || !this.#sender.is_open()) return false;
    const tag = lock ? tokenToDeliveryTag(lock.token) : randomBytes(16);
    this.#sender.send(encodeForReceiver(message, lock?.until), tag, 0);
    return true;
  }

  /** The receiver is gone: it gets nothing more. Its locks stay until they expire. */
  close(): void {
    this.#isClosed = true;
    this.#queue.removeConsumer(this);
  }

  #onFlow(): void {
    this.#limit = creditLimit(this.#sender);
    this.#queue.pump();
  }

  /** What is under way goes out first; then the rest of the credit is given back (service-bus 4.4). */
  #onDrain(): void {
    this.#isDraining = true;
    this.#store.afterCommit(() => setImmediate(() => this.#finishDrain()));
  }

  #finishDrain(): void {
    if (this.#isClosed || !this.#sender.is_open()) return;
    this.#isDraining = false;
    if (isDraining(this.#sender)) {
      finishDrain(this.#sender);
      this.#limit = creditLimit(this.#sender);
      this.#promised = this.#limit;
    } else {
      this.#queue.pump();
    }
  }

  #onOutcome(event: string, action: (token: string) => void, outcome: unknown): void {
    this.#sender.on(event, ({ delivery }: EventContext) => {
      if (delivery) this.#settle(delivery, action, outcome);
    });
  }

  #onModified({ delivery }: EventContext): void {
    if (!delivery) return;
    const { undeliverable_here: defers, message_annotations: annotations } =
      delivery.remote_state ?? {};
    const changes: PropertyChanges = annotations ?? {};
    const action = defers
      ? (token: string) => this.#queue.defer(token, changes)
      : (token: string) => this.#queue.abandon(token, changes);
    this.#settle(delivery, action, outcomes.modified(Boolean(defers)));
  }

  /** An answer that repeated the client's error would tell it that its dead-lettering failed. */
  #onRejected({ delivery }: EventContext): void {
    if (!delivery) return;
    const properties: PropertyChanges = delivery.remote_state?.['error']?.info ?? {};
    this.#settle(
      delivery,
      (token) => this.#queue.deadLetter(token, properties),
      outcomes.rejected(),
    );
  }

  /** Carries a decision out and confirms it once it is stored. Never throws: rhea would end the process. */
  #settle(delivery: AmqpDelivery, action: (token: string) => void, outcome: unknown): void {
    if (delivery.settled) return;
    let answer = outcome;
    try {
      action(deliveryTagToToken(delivery.tag as Buffer));
    } catch (error) {
      const { code, message } = toBrokerError(error);
      this.#log(`A message of '${this.#queue.path}' was not settled: ${message}`);
      answer = outcomes.rejected({ condition: code, description: message });
    }
    this.#store.afterCommit(() => {
      if (this.#sender.session.is_open()) settle(delivery, answer);
      this.#queue.pump();
    });
  }
}
