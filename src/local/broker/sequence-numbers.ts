import type { MessageStore } from './message-store.ts';

const blockSize = 1000;

/**
 * Increasing numbers that are never given out twice, also not after a restart with an empty queue: they are
 * reserved in the store block by block (service-bus 8).
 */
export class SequenceNumbers {
  readonly #entity: string;
  readonly #store: MessageStore;
  #last: number;
  #reserved: number;

  constructor(entity: string, store: MessageStore) {
    this.#entity = entity;
    this.#store = store;
    this.#reserved = store.reservedSequenceNumber(entity);
    this.#last = this.#reserved;
  }

  next(): number {
    this.#last += 1;
    if (this.#last > this.#reserved) {
      this.#reserved = this.#last + blockSize - 1;
      this.#store.reserveSequenceNumbers(this.#entity, this.#reserved);
    }
    return this.#last;
  }
}
