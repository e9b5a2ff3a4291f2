import { randomUUID } from 'node:crypto';
import type { Timer } from '../clock.ts';
import { BrokerError, lockLost, messageNotFound } from './broker-error.ts';
import { type Consumer, Consumers } from './consumers.ts';
import type {
  Delivery,
  MessageCounts,
  NewMessage,
  PropertyChanges,
  StoredMessage,
} from './message.ts';
import type { MessageStore } from './message-store.ts';
import { NumberHeap } from './number-heap.ts';
import type { BrokerParts, DeadLetters, QueueOptions } from './queue-options.ts';
import type { SequenceNumbers } from './sequence-numbers.ts';
import { activeMessage, scheduledMessage } from './stored-message.ts';

interface Lock {
  readonly token: string;
  readonly until: number;
}

interface Entry {
  message: StoredMessage;
  lock: Lock | undefined;
  /** End of the lock, of the time to live or of the wait, whichever applies in the entry's state. */
  timer: Timer | undefined;
}

/**
 * The semantics of one queue, subscription or dead-letter queue (service-bus 8), without AMQP. State lives in
 * memory and is written through; whoever acknowledges something waits for the commit (service-bus 9).
 */
export class MessageQueue implements DeadLetters {
  readonly path: string;
  readonly #key: string;
  readonly #options: QueueOptions;
  readonly #parts: BrokerParts;
  readonly #store: MessageStore;
  readonly #sequenceNumbers: SequenceNumbers;
  readonly #entries = new Map<number, Entry>();
  readonly #locked = new Map<string, Entry>();
  /** Sequence numbers of ready messages; numbers of messages that are no longer ready are skipped. */
  readonly #ready = new NumberHeap();
  readonly #consumers = new Consumers();
  #closed = false;

  constructor(options: QueueOptions, parts: BrokerParts, sequenceNumbers: SequenceNumbers) {
    this.path = options.path;
    this.#key = options.key;
    this.#options = options;
    this.#parts = parts;
    this.#store = parts.store;
    this.#sequenceNumbers = sequenceNumbers;
    for (const message of parts.store.load(options.key)) {
      this.#place(this.#remember(message));
    }
  }

  /** Stops all timers; what is stored stays as it is. */
  close(): void {
    this.#closed = true;
    for (const entry of this.#entries.values()) entry.timer?.cancel();
  }

  counts(): MessageCounts {
    const counts = { active: 0, deferred: 0, scheduled: 0 };
    for (const { message } of this.#entries.values()) counts[message.state] += 1;
    return { ...counts, deadLetter: this.#options.deadLetters?.size ?? 0 };
  }

  get size(): number {
    return this.#entries.size;
  }

  /**
   * Stores messages as their sender wishes: now, or at their scheduled time. A repeat inside the window of
   * the duplicate detection is dropped, and its sender hears success.
   *
   * @returns a sequence number for each message; that of a dropped repeat belongs to no message.
   */
  send(messages: readonly NewMessage[]): number[] {
    const numbers = messages.map((message) => {
      const isRepeat = this.#options.duplicates?.isRepeat(message.facts.messageId) ?? false;
      return isRepeat ? this.#sequenceNumbers.next() : this.#accept(message);
    });
    this.pump();
    return numbers;
  }

  /** Stores a topic's message in this subscription. */
  receiveCopy(message: NewMessage, enqueuedSequenceNumber: number | undefined): void {
    const sequenceNumber = this.#sequenceNumbers.next();
    this.#activate(message, sequenceNumber, enqueuedSequenceNumber ?? sequenceNumber);
    this.pump();
  }

  addConsumer(consumer: Consumer): void {
    this.#consumers.add(consumer);
    this.pump();
  }

  removeConsumer(consumer: Consumer): void {
    this.#consumers.remove(consumer);
  }

  /** Hands out ready messages, in order, to the receivers with credit, in turn. */
  pump(): void {
    if (this.#closed) return;
    for (let entry = this.#nextReady(); entry; entry = this.#nextReady()) {
      const consumer = this.#consumers.next();
      if (!consumer) return;
      this.#ready.pop();
      consumer.promise();
      this.#handOut(entry, consumer);
    }
  }

  complete(token: string): void {
    this.#forget(this.#lockedEntry(token));
  }

  abandon(token: string, changes: PropertyChanges = {}): void {
    this.#failDelivery(this.#lockedEntry(token), changes);
    this.pump();
  }

  /** Sets the message aside: only `receiveDeferred` gets it from now on. */
  defer(token: string, changes: PropertyChanges = {}): void {
    const entry = this.#lockedEntry(token);
    const content = this.#changed(entry.message.content, changes);
    this.#unlock(entry);
    const failures = this.#parts.switches.deferCounts ? 1 : 0;
    const deliveryCount = entry.message.deliveryCount + failures;
    entry.message = { ...entry.message, state: 'deferred', deliveryCount, content };
    this.#store.update(this.#key, entry.message);
  }

  /** @param properties become application properties, `DeadLetterReason` and its description among them. */
  deadLetter(token: string, properties: PropertyChanges): void {
    const entry = this.#lockedEntry(token);
    if (!this.#options.deadLetters) {
      throw new BrokerError(
        'amqp:not-allowed',
        `'${this.path}' is a dead-letter queue itself: complete the message or leave it there.`,
      );
    }
    this.#moveToDeadLetters(entry, properties);
  }

  /** @returns until when the message is locked now. */
  renew(token: string): number {
    const entry = this.#lockedEntry(token);
    const until = this.#parts.clock.now() + this.#options.lockDurationMs;
    entry.lock = { token, until };
    this.#arm(entry);
    return until;
  }

  /** Locks deferred messages, or takes them out of the queue. Fails as a whole when one is not there. */
  receiveDeferred(sequenceNumbers: readonly number[], deletesOnDelivery: boolean): Delivery[] {
    const entries = sequenceNumbers.map((number) => {
      const entry = this.#entries.get(number);
      if (entry?.message.state !== 'deferred' || entry.lock)
        throw messageNotFound(number, 'deferred', this.path);
      return entry;
    });
    return entries.map((entry) => {
      const { message } = entry;
      if (!deletesOnDelivery) return { message, lock: this.#lock(entry) };
      this.#forget(entry);
      return { message, lock: undefined };
    });
  }

  /** Takes scheduled messages back. Fails as a whole when one is not there or already active. */
  cancelScheduled(sequenceNumbers: readonly number[]): void {
    const entries = sequenceNumbers.map((number) => {
      const entry = this.#entries.get(number);
      if (entry?.message.state !== 'scheduled')
        throw messageNotFound(number, 'scheduled', this.path);
      return entry;
    });
    for (const entry of entries) this.#forget(entry);
  }

  /** Messages in any state from a sequence number upwards, without locking them. */
  peek(fromSequenceNumber: number, count: number): StoredMessage[] {
    return [...this.#entries.keys()]
      .filter((number) => number >= fromSequenceNumber)
      .sort((a, b) => a - b)
      .slice(0, count)
      .flatMap((number) => this.#entries.get(number)?.message ?? []);
  }

  #accept(message: NewMessage): number {
    const sequenceNumber = this.#sequenceNumbers.next();
    const { scheduledFor } = message.facts;
    if (scheduledFor === undefined || scheduledFor <= this.#parts.clock.now()) {
      this.#activate(message, sequenceNumber, sequenceNumber);
    } else {
      this.#insert(
        scheduledMessage(message, scheduledFor, this.#parts.clock.now(), sequenceNumber),
      );
    }
    return sequenceNumber;
  }

  #activate(message: NewMessage, sequenceNumber: number, enqueuedSequenceNumber: number): void {
    const numbers = { sequenceNumber, enqueuedSequenceNumber };
    const now = this.#parts.clock.now();
    this.#insert(activeMessage(message, now, numbers, this.#options.defaultTimeToLiveMs));
  }

  #insert(message: StoredMessage): void {
    this.#store.insert(this.#key, message);
    this.#place(this.#remember(message));
  }

  #remember(message: StoredMessage): Entry {
    const entry: Entry = { message, lock: undefined, timer: undefined };
    this.#entries.set(message.sequenceNumber, entry);
    return entry;
  }

  #forget(entry: Entry): void {
    if (entry.lock) this.#unlock(entry);
    entry.timer?.cancel();
    this.#entries.delete(entry.message.sequenceNumber);
    this.#store.delete(this.#key, entry.message.sequenceNumber);
  }

  /** Puts an unlocked message where it belongs: among the ready ones, aside, or away. */
  #place(entry: Entry): void {
    const { state, deliveryCount } = entry.message;
    const { maxDeliveryCount } = this.#options;
    if (maxDeliveryCount !== undefined && deliveryCount >= maxDeliveryCount) {
      this.#moveToDeadLetters(entry, {
        DeadLetterReason: 'MaxDeliveryCountExceeded',
        DeadLetterErrorDescription: `The message was delivered ${deliveryCount} times without being completed; the maximum is ${maxDeliveryCount}.`,
      });
    } else if (this.#isExpired(entry)) {
      this.#expire(entry);
    } else {
      if (state === 'active') this.#ready.push(entry.message.sequenceNumber);
      this.#arm(entry);
    }
  }

  #isExpired({ message }: Entry): boolean {
    const { state, expiresAt } = message;
    return state === 'active' && expiresAt !== undefined && expiresAt <= this.#parts.clock.now();
  }

  #expire(entry: Entry): void {
    if (!this.#options.deadLetteringOnMessageExpiration) {
      this.#forget(entry);
      return;
    }
    this.#moveToDeadLetters(entry, {
      DeadLetterReason: 'TTLExpiredException',
      DeadLetterErrorDescription: 'The message expired before it was completed.',
    });
  }

  #moveToDeadLetters(entry: Entry, properties: PropertyChanges): void {
    const content = this.#changed(entry.message.content, properties);
    this.#forget(entry);
    this.#options.deadLetters?.receiveDeadLetter({ ...entry.message, content }, this.path);
  }

  /** Takes over a message of the queue that this dead-letter queue belongs to. */
  receiveDeadLetter(message: StoredMessage, source: string): void {
    const { deadLetterKeepsSequenceNumber, deadLetterSource } = this.#parts.switches;
    this.#insert({
      ...message,
      sequenceNumber: deadLetterKeepsSequenceNumber
        ? message.sequenceNumber
        : this.#sequenceNumbers.next(),
      state: 'active',
      expiresAt: undefined,
      scheduledFor: undefined,
      deadLetterSource: deadLetterSource ? source : undefined,
    });
    this.pump();
  }

  #nextReady(): Entry | undefined {
    for (let number = this.#ready.peek(); number !== undefined; number = this.#ready.peek()) {
      const entry = this.#entries.get(number);
      if (entry && entry.message.state === 'active' && !entry.lock) {
        if (!this.#isExpired(entry)) return entry;
        this.#expire(entry);
      }
      this.#ready.pop();
    }
    return undefined;
  }

  #handOut(entry: Entry, consumer: Consumer): void {
    const { message } = entry;
    if (consumer.deletesOnDelivery) {
      this.#forget(entry);
      this.#store.afterCommit(() => {
        if (!consumer.deliver({ message, lock: undefined })) this.#insert(message);
      });
      return;
    }
    const lock = this.#lock(entry);
    this.#store.afterCommit(() => {
      if (!consumer.deliver({ message, lock })) this.#takeBack(entry, lock);
    });
  }

  /** The attempt is written now, so that a message that ends the process is counted (service-bus 1). */
  #lock(entry: Entry): Lock {
    const lock = {
      token: randomUUID(),
      until: this.#parts.clock.now() + this.#options.lockDurationMs,
    };
    entry.lock = lock;
    this.#locked.set(lock.token, entry);
    const { sequenceNumber, deliveryCount } = entry.message;
    this.#store.setDeliveryCount(this.#key, sequenceNumber, deliveryCount + 1);
    this.#arm(entry);
    return lock;
  }

  #unlock(entry: Entry): void {
    if (entry.lock) this.#locked.delete(entry.lock.token);
    entry.lock = undefined;
    entry.timer?.cancel();
  }

  #lockedEntry(token: string): Entry {
    const entry = this.#locked.get(token);
    if (entry?.lock && entry.lock.until > this.#parts.clock.now()) return entry;
    throw lockLost(token, this.path);
  }

  /** Undoes the lock of a message that never reached its receiver: this is no failed delivery. */
  #takeBack(entry: Entry, lock: Lock): void {
    if (entry.lock?.token !== lock.token) return;
    const { sequenceNumber, deliveryCount } = entry.message;
    this.#unlock(entry);
    this.#store.setDeliveryCount(this.#key, sequenceNumber, deliveryCount);
    this.#place(entry);
    this.pump();
  }

  /** The raised delivery count is stored since the lock was taken. */
  #failDelivery(entry: Entry, changes: PropertyChanges): void {
    const content = this.#changed(entry.message.content, changes);
    this.#unlock(entry);
    entry.message = { ...entry.message, deliveryCount: entry.message.deliveryCount + 1, content };
    if (Object.keys(changes).length > 0) this.#store.update(this.#key, entry.message);
    this.#place(entry);
  }

  #changed(content: Buffer, changes: PropertyChanges): Buffer {
    return Object.keys(changes).length > 0
      ? this.#parts.codec.withProperties(content, changes)
      : content;
  }

  #arm(entry: Entry): void {
    entry.timer?.cancel();
    entry.timer = undefined;
    const { state, expiresAt, scheduledFor } = entry.message;
    const dueAt = entry.lock?.until ?? (state === 'scheduled' ? scheduledFor : expiresAt);
    if (dueAt === undefined || (state === 'deferred' && !entry.lock)) return;
    const { clock } = this.#parts;
    entry.timer = clock.setTimer(() => this.#onTimer(entry), dueAt - clock.now());
  }

  #onTimer(entry: Entry): void {
    if (entry.lock) this.#failDelivery(entry, {});
    else if (entry.message.state === 'scheduled') this.#makeDue(entry);
    else this.#expire(entry);
    this.pump();
  }

  /** Activation gives a new sequence number and enqueued time (service-bus 8). */
  #makeDue(entry: Entry): void {
    const { message } = entry;
    this.#forget(entry);
    if (this.#options.onDue) {
      this.#options.onDue(message);
      return;
    }
    const { messageId, content, enqueuedSequenceNumber } = message;
    const facts = { ...this.#parts.codec.describe(content), messageId };
    this.#activate({ content, facts }, this.#sequenceNumbers.next(), enqueuedSequenceNumber);
  }
}
