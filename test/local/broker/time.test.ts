import { expect, test, vi } from 'vitest';
import { errorCode, isEmpty, receiveOne, startTestBroker } from './test-broker.ts';

const minute = 60_000;

test('a lock that expires counts as a failed delivery, and completing after that fails', async () => {
  const { client, clock } = await startTestBroker();
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);
  clock.advance(minute);
  expect(await errorCode(receiver.completeMessage(message))).toBe('MessageLockLost');
  expect(await errorCode(receiver.renewMessageLock(message))).toBe('MessageLockLost');
  expect((await receiveOne(receiver)).deliveryCount).toBe(1);
});

test('a renewed lock holds for its whole duration again', async () => {
  const { client, clock, broker } = await startTestBroker({
    entities: { queues: [{ name: 'orders', lockDurationSeconds: 30 }], topics: [] },
  });
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);
  clock.advance(29_000);
  expect(await receiver.renewMessageLock(message)).toEqual(new Date(clock.now() + 30_000));
  clock.advance(29_000);
  await receiver.completeMessage(message);
  expect(broker.counts('orders').active).toBe(0);
});

test('locks that keep expiring lead to the dead-letter queue', async () => {
  const { client, clock, broker } = await startTestBroker({
    entities: { queues: [{ name: 'orders', maxDeliveryCount: 2 }], topics: [] },
  });
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  for (let attempt = 0; attempt < 2; attempt += 1) {
    await receiveOne(receiver);
    clock.advance(minute);
  }
  expect(broker.counts('orders')).toMatchObject({ active: 0, deadLetter: 1 });
});

test('a scheduled message appears at its time, with a new number and enqueued time', async () => {
  const { client, clock, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  const dueAt = new Date(clock.now() + 10 * minute);
  const [scheduled] = await sender.scheduleMessages({ body: 'a', timeToLive: minute }, dueAt);
  await sender.sendMessages({ body: 'b', scheduledEnqueueTimeUtc: dueAt });
  const receiver = client.createReceiver('orders');
  expect(await isEmpty(receiver)).toBe(true);
  expect(broker.counts('orders')).toMatchObject({ active: 0, scheduled: 2 });
  clock.advance(10 * minute);
  const message = await receiveOne(receiver);
  expect(message).toMatchObject({
    body: 'a',
    enqueuedTimeUtc: dueAt,
    scheduledEnqueueTimeUtc: dueAt,
    expiresAtUtc: new Date(dueAt.getTime() + minute),
  });
  expect(String(message.sequenceNumber)).not.toBe(String(scheduled));
  expect((await receiveOne(receiver)).body).toBe('b');
});

test('a scheduled message can be cancelled until it is active', async () => {
  const { client, clock, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  const dueAt = new Date(clock.now() + minute);
  const [first, second] = await sender.scheduleMessages([{ body: 1 }, { body: 2 }], dueAt);
  if (!first || !second) throw new Error('Both messages should have been scheduled.');
  await sender.cancelScheduledMessages(first);
  expect(await errorCode(sender.cancelScheduledMessages(first))).toBe('MessageNotFound');
  clock.advance(minute);
  expect(broker.counts('orders')).toMatchObject({ active: 1, scheduled: 0 });
  expect(await errorCode(sender.cancelScheduledMessages(second))).toBe('MessageNotFound');
});

test('a repeated message id is dropped inside the window only, and its sender hears success', async () => {
  const { client, clock, broker } = await startTestBroker({
    entities: { queues: [{ name: 'orders', duplicateDetectionWindowSeconds: 600 }], topics: [] },
  });
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 'first', messageId: 'm-1' });
  await sender.sendMessages({ body: 'other content', messageId: 'm-1' });
  await sender.sendMessages([
    { body: 1, messageId: 'm-2' },
    { body: 2, messageId: 'm-2' },
  ]);
  await sender.scheduleMessages({ body: 1, messageId: 'm-2' }, new Date(clock.now() + minute));
  expect(broker.counts('orders')).toMatchObject({ active: 2, scheduled: 0 });
  clock.advance(10 * minute);
  await sender.sendMessages({ body: 'again', messageId: 'm-1' });
  expect(broker.counts('orders').active).toBe(3);
});

test('an expired message is dropped, or dead-lettered where the queue wants that', async () => {
  const { client, clock, broker } = await startTestBroker({
    entities: {
      queues: [
        { name: 'dropping', defaultTimeToLiveSeconds: 60 },
        { name: 'keeping', defaultTimeToLiveSeconds: 60, deadLetteringOnMessageExpiration: true },
      ],
      topics: [],
    },
  });
  for (const queue of ['dropping', 'keeping']) {
    await client.createSender(queue).sendMessages({ body: 1, timeToLive: 10 * minute });
    clock.advance(minute - 1);
    expect(broker.counts(queue).active).toBe(1);
    clock.advance(1);
    expect(broker.counts(queue).active).toBe(0);
  }
  expect(broker.counts('dropping').deadLetter).toBe(0);
  const deadLetters = client.createReceiver('keeping', { subQueueType: 'deadLetter' });
  expect((await receiveOne(deadLetters)).deadLetterReason).toBe('TTLExpiredException');
});

test('a message does not expire while it is locked', async () => {
  const { client, clock, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders');
  await sender.sendMessages({ body: 1, timeToLive: 30_000 });
  const completed = await receiveOne(receiver);
  clock.advance(45_000);
  await receiver.completeMessage(completed);
  await sender.sendMessages({ body: 2, timeToLive: 30_000 });
  const abandoned = await receiveOne(receiver);
  clock.advance(45_000);
  expect(broker.counts('orders').active).toBe(1);
  await receiver.abandonMessage(abandoned);
  expect(broker.counts('orders').active).toBe(0);
});

test('a handler longer than the lock keeps its message while the client renews', async () => {
  const { client, broker } = await startTestBroker({
    entities: { queues: [{ name: 'orders', lockDurationSeconds: 1 }], topics: [] },
    clock: new (await import('../../../src/local/clock.ts')).SystemClock(),
  });
  await client.createSender('orders').sendMessages({ body: 1 });
  const deliveries: (number | undefined)[] = [];
  const receiver = client.createReceiver('orders', { maxAutoLockRenewalDurationInMs: 30_000 });
  receiver.subscribe({
    processMessage: async (message) => {
      deliveries.push(message.deliveryCount);
      await new Promise((resolve) => setTimeout(resolve, 2_500));
    },
    processError: async () => {},
  });
  await vi.waitFor(() => expect(broker.counts('orders').active).toBe(0), { timeout: 10_000 });
  expect(deliveries).toEqual([0]);
  await receiver.close();
});
