import type { Delivery } from './message.ts';

/** A receiver as a queue sees it. */
export interface Consumer {
  /** Receive-and-delete: the message is gone once it is handed out. */
  readonly deletesOnDelivery: boolean;
  /** How many more messages it can be promised now. */
  credit(): number;
  /** One message is promised; `deliver` follows once the promise is stored. */
  promise(): void;
  /** Hands a promised message over; false when the receiver has gone meanwhile. */
  deliver(delivery: Delivery): boolean;
}

/** The receivers of one queue, served in turn. */
export class Consumers {
  readonly #consumers: Consumer[] = [];
  #turn = 0;

  add(consumer: Consumer): void {
    this.#consumers.push(consumer);
  }

  remove(consumer: Consumer): void {
    const index = this.#consumers.indexOf(consumer);
    if (index >= 0) this.#consumers.splice(index, 1);
  }

  /** The next one that can take a message. */
  next(): Consumer | undefined {
    for (let tried = 0; tried < this.#consumers.length; tried += 1) {
      this.#turn = (this.#turn + 1) % this.#consumers.length;
      const consumer = this.#consumers[this.#turn];
      if (consumer && consumer.credit() > 0) return consumer;
    }
    return undefined;
  }
}
