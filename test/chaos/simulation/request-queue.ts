import type { Faults } from './faults.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { WorkerProcess } from './worker-process.ts';

export interface QueuedMessage {
  readonly sequenceNumber: bigint;
  readonly messageId: string;
  readonly body: Uint8Array;
  readonly enqueuedTimeUtc: Date;
  deliveries: number;
  /** Failures of the handler, as the broker counts them. */
  failures: number;
}

export interface RejectedCopy {
  readonly body: Uint8Array;
  readonly rejectionId: string;
  readonly originalMessageId: string;
  readonly code: string;
}

const mostFailures = 10;

/** The queue of requests: at least once, in any order, late, with a dead-letter queue. */
export class RequestQueue {
  readonly #scheduler: Scheduler;
  readonly #random: Random;
  readonly #faults: Faults;
  readonly #process: WorkerProcess;
  readonly #handle: (message: QueuedMessage) => Promise<void>;
  readonly #messages = new Map<bigint, QueuedMessage>();
  readonly rejected: RejectedCopy[] = [];
  readonly deadLetters: QueuedMessage[] = [];
  #serial = 0n;
  #undelivered: QueuedMessage[] = [];

  constructor(
    scheduler: Scheduler,
    random: Random,
    faults: Faults,
    process: WorkerProcess,
    handle: (message: QueuedMessage) => Promise<void>,
  ) {
    this.#scheduler = scheduler;
    this.#random = random;
    this.#faults = faults;
    this.#process = process;
    this.#handle = handle;
    process.onCrash(() => {
      this.#undelivered = [...this.#messages.values()];
    });
    process.onStart(() => {
      for (const message of this.#undelivered.splice(0)) this.#deliverSoon(message, 30_000);
    });
  }

  get isEmpty(): boolean {
    return this.#messages.size === 0;
  }

  find(sequenceNumber: bigint): QueuedMessage | undefined {
    return this.#messages.get(sequenceNumber);
  }

  holds(messageId: string): boolean {
    return [...this.#messages.values()].some((message) => message.messageId === messageId);
  }

  /** Sent once or, by the sender's own retry, twice. */
  send(messageId: string, body: Uint8Array): void {
    this.#enqueue(messageId, body);
    if (this.#faults.strikes('messageTwice')) this.#enqueue(messageId, body);
  }

  #enqueue(messageId: string, body: Uint8Array): void {
    const message: QueuedMessage = {
      sequenceNumber: ++this.#serial,
      messageId,
      body,
      enqueuedTimeUtc: new Date(this.#scheduler.now),
      deliveries: 0,
      failures: 0,
    };
    this.#messages.set(message.sequenceNumber, message);
    const late = this.#faults.strikes('messageLate');
    this.#deliverSoon(message, late ? 1_800_000 : 2_000);
  }

  #deliverSoon(message: QueuedMessage, withinMs: number): void {
    const { epoch } = this.#process;
    this.#scheduler.after(this.#random.between(1, withinMs), '', () => {
      if (this.#process.epoch !== epoch) return;
      // Not awaited: the handler goes on with the events of its own calls.
      if (this.#process.isUp) void this.#deliver(message, epoch);
      else this.#undelivered.push(message);
    });
  }

  async #deliver(message: QueuedMessage, epoch: number): Promise<void> {
    if (!this.#messages.has(message.sequenceNumber)) return;
    message.deliveries++;
    this.#scheduler.note(`delivery ${message.deliveries} of ${message.messageId}`);
    const isDone = await this.#handle(message).then(
      () => true,
      (error) => {
        this.#scheduler.note(`the handler of ${message.messageId} threw: ${error}`);
        return false;
      },
    );
    if (this.#process.epoch !== epoch) return;
    if (isDone && !this.#faults.strikes('messageAgain')) {
      this.#messages.delete(message.sequenceNumber);
      return;
    }
    if (!isDone && ++message.failures >= mostFailures) {
      this.#messages.delete(message.sequenceNumber);
      this.deadLetters.push(message);
      return;
    }
    this.#deliverSoon(message, 60_000);
  }
}
