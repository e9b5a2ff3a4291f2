import { expect, onTestFinished, test } from 'vitest';
import type { Consumer } from '../../../src/local/broker/consumers.ts';
import { type BrokerSwitches, defaultBrokerSwitches } from '../../../src/local/broker/entities.ts';
import type { Delivery, MessageCodec, NewMessage } from '../../../src/local/broker/message.ts';
import { MessageStore } from '../../../src/local/broker/message-store.ts';
import { Namespace } from '../../../src/local/broker/namespace.ts';
import { TurnTransaction } from '../../../src/local/broker/turn-transaction.ts';
import { VirtualClock } from '../../../src/local/clock.ts';
import { openDatabase } from '../../../src/local/database.ts';

/** The queues know nothing of AMQP: here a message is a line of text, and its properties follow it. */
const textCodec: MessageCodec = {
  describe: (content) => message(content.toString()).facts,
  withProperties: (content, changes) => Buffer.from(`${content} ${JSON.stringify(changes)}`),
};

function message(text: string): NewMessage {
  return {
    content: Buffer.from(text),
    facts: {
      messageId: text,
      correlationId: undefined,
      subject: undefined,
      to: undefined,
      replyTo: undefined,
      sessionId: undefined,
      replyToSessionId: undefined,
      contentType: undefined,
      applicationProperties: {},
      timeToLiveMs: undefined,
      scheduledFor: undefined,
    },
  };
}

function setUp(switches: Partial<BrokerSwitches> = {}) {
  const database = openDatabase(':memory:');
  const fail = (error: unknown) => {
    throw error;
  };
  const transaction = new TurnTransaction(database, fail, fail);
  onTestFinished(() => {
    transaction.commit();
    database.close();
  });
  const namespace = new Namespace(
    {
      queues: [{ name: 'orders' }],
      topics: [{ name: 'events', subscriptions: [{ name: 'late' }] }],
    },
    {
      store: new MessageStore(database, transaction),
      clock: new VirtualClock(),
      codec: textCodec,
      switches: { ...defaultBrokerSwitches, ...switches },
    },
  );
  return {
    namespace,
    queue: namespace.queue('orders'),
    deadLetters: namespace.queue('orders/$DeadLetterQueue'),
    commit: () => transaction.commit(),
  };
}

class TestConsumer implements Consumer {
  readonly deletesOnDelivery: boolean;
  readonly received: Delivery[] = [];
  isGone = false;
  #credit: number;

  constructor(credit: number, deletesOnDelivery = false) {
    this.#credit = credit;
    this.deletesOnDelivery = deletesOnDelivery;
  }

  credit(): number {
    return this.#credit;
  }

  promise(): void {
    this.#credit -= 1;
  }

  deliver(delivery: Delivery): boolean {
    if (!this.isGone) this.received.push(delivery);
    return !this.isGone;
  }

  get texts(): string[] {
    return this.received.map(({ message: { content } }) => content.toString());
  }

  get token(): string {
    return this.received.at(-1)?.lock?.token ?? '';
  }
}

test('a message is handed out only after its lock is stored', () => {
  const { queue, commit } = setUp();
  const consumer = new TestConsumer(1);
  queue.addConsumer(consumer);
  queue.send([message('a')]);
  expect(consumer.texts).toEqual([]);
  commit();
  expect(consumer.texts).toEqual(['a']);
});

test('receivers are served in turn and never beyond their credit', () => {
  const { queue, commit } = setUp();
  const [small, large] = [new TestConsumer(2), new TestConsumer(10)];
  queue.addConsumer(small);
  queue.addConsumer(large);
  queue.send(['a', 'b', 'c', 'd', 'e', 'f'].map(message));
  commit();
  expect(small.texts).toHaveLength(2);
  expect([...small.texts, ...large.texts].sort()).toEqual(['a', 'b', 'c', 'd', 'e', 'f']);
});

for (const deletesOnDelivery of [false, true]) {
  const mode = deletesOnDelivery ? 'receive-and-delete' : 'peek-lock';
  test(`a message promised to a receiver that goes before the commit is not lost in ${mode}`, () => {
    const { queue, commit } = setUp();
    const [gone, next] = [new TestConsumer(1, deletesOnDelivery), new TestConsumer(1)];
    queue.addConsumer(gone);
    queue.send([message('a')]);
    queue.removeConsumer(gone);
    gone.isGone = true;
    commit();
    queue.addConsumer(next);
    commit();
    commit();
    expect(next.texts).toEqual(['a']);
    expect(next.received[0]?.message.deliveryCount).toBe(0);
  });
}

test('abandoned messages come before later ones', () => {
  const { queue, commit } = setUp();
  queue.send(['a', 'b', 'c'].map(message));
  const first = new TestConsumer(1);
  queue.addConsumer(first);
  commit();
  queue.abandon(first.token);
  const rest = new TestConsumer(3);
  queue.addConsumer(rest);
  commit();
  expect(rest.texts).toEqual(['a', 'b', 'c']);
});

test('dead letters keep their number and name their source, or not, as the switches say', () => {
  for (const isOn of [true, false]) {
    const { queue, deadLetters, commit } = setUp({
      deadLetterKeepsSequenceNumber: isOn,
      deadLetterSource: isOn,
    });
    const consumer = new TestConsumer(2);
    queue.addConsumer(consumer);
    queue.send(['a', 'b'].map(message));
    commit();
    queue.deadLetter(consumer.token, { reason: 'r' });
    const [dead] = deadLetters.peek(0, 1);
    expect(dead?.content.toString()).toBe('b {"reason":"r"}');
    expect(dead?.sequenceNumber).toBe(isOn ? 2 : 1);
    expect(dead?.deadLetterSource).toBe(isOn ? 'orders' : undefined);
  }
});

test('deferring counts as a failed delivery, or not, as the switch says', () => {
  for (const deferCounts of [true, false]) {
    const { queue, commit } = setUp({ deferCounts });
    const consumer = new TestConsumer(1);
    queue.addConsumer(consumer);
    queue.send([message('a')]);
    commit();
    queue.defer(consumer.token);
    expect(queue.peek(0, 1)[0]?.deliveryCount).toBe(deferCounts ? 1 : 0);
  }
});

test('copies of a topic share its number as enqueued sequence number, or not, as the switch says', () => {
  for (const copiesShareEnqueuedSequenceNumber of [true, false]) {
    const { namespace } = setUp({ copiesShareEnqueuedSequenceNumber });
    const topic = namespace.destination('events');
    const { content, facts } = message('x');
    const scheduled = { content, facts: { ...facts, scheduledFor: Number.MAX_SAFE_INTEGER } };
    topic.cancelScheduled(topic.send([scheduled]));
    topic.send([message('a')]);
    const [copy] = namespace.queue('events/Subscriptions/late').peek(0, 1);
    expect(copy?.sequenceNumber).toBe(1);
    expect(copy?.enqueuedSequenceNumber).toBe(copiesShareEnqueuedSequenceNumber ? 2 : 1);
  }
});

test('a change that cannot be made leaves the message locked', () => {
  const { queue, commit } = setUp();
  const consumer = new TestConsumer(1);
  queue.addConsumer(consumer);
  queue.send([message('a')]);
  commit();
  // JSON has no BigInt, so the codec of this test throws.
  const impossible = { amount: 1n };
  expect(() => queue.abandon(consumer.token, impossible)).toThrow('BigInt');
  expect(() => queue.defer(consumer.token, impossible)).toThrow('BigInt');
  expect(() => queue.deadLetter(consumer.token, impossible)).toThrow('BigInt');
  queue.complete(consumer.token);
  expect(queue.size).toBe(0);
});

test('deferred messages are taken all or none', () => {
  const { queue, commit } = setUp();
  const consumer = new TestConsumer(1);
  queue.addConsumer(consumer);
  queue.send([message('a')]);
  commit();
  queue.defer(consumer.token);
  expect(() => queue.receiveDeferred([1, 2], false)).toThrow('sequence number 2');
  expect(queue.receiveDeferred([1], false)).toHaveLength(1);
});
