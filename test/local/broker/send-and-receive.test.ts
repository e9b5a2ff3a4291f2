import { expect, test } from 'vitest';
import { errorCode, isEmpty, receiveOne, startTestBroker } from './test-broker.ts';

test('a message arrives with its body, properties and system properties', async () => {
  const { client, clock } = await startTestBroker();
  await client.createSender('orders').sendMessages({
    body: { size: 24 },
    messageId: 'RITM-1:allocate',
    correlationId: 'RITM-1',
    subject: 'request',
    contentType: 'application/json',
    replyTo: 'answers',
    partitionKey: 'p',
    timeToLive: 3_600_000,
    applicationProperties: { tenant: 'fabrikam', attempt: 2, urgent: true },
  });
  const message = await receiveOne(client.createReceiver('orders'));
  expect(message).toMatchObject({
    body: { size: 24 },
    messageId: 'RITM-1:allocate',
    correlationId: 'RITM-1',
    subject: 'request',
    contentType: 'application/json',
    replyTo: 'answers',
    partitionKey: 'p',
    timeToLive: 3_600_000,
    applicationProperties: { tenant: 'fabrikam', attempt: 2, urgent: true },
    deliveryCount: 0,
    state: 'active',
    enqueuedTimeUtc: new Date(clock.now()),
    expiresAtUtc: new Date(clock.now() + 3_600_000),
    lockedUntilUtc: new Date(clock.now() + 60_000),
  });
  expect(String(message.sequenceNumber)).toBe('1');
  expect(message.lockToken).toMatch(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/);
});

test('messages arrive in the order in which they were sent, batches included', async () => {
  const { client } = await startTestBroker();
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });
  await sender.sendMessages([{ body: 2 }, { body: 3, subject: 'third' }]);
  await sender.sendMessages({ body: 4 });
  const messages = await client.createReceiver('orders').receiveMessages(4);
  expect(messages.map(({ body }) => body)).toEqual([1, 2, 3, 4]);
  expect(messages.map(({ subject }) => subject)).toEqual([
    undefined,
    undefined,
    'third',
    undefined,
  ]);
});

test('a batch is full when the size limit of the broker is reached', async () => {
  const { client, broker } = await startTestBroker({ maxMessageSizeBytes: 10_000 });
  const sender = client.createSender('orders');
  const batch = await sender.createMessageBatch();
  expect(batch.maxSizeInBytes).toBe(10_000);
  let added = 0;
  while (batch.tryAddMessage({ body: 'x'.repeat(1_000) })) added += 1;
  expect(added).toBe(9);
  await sender.sendMessages(batch);
  expect(broker.counts('orders').active).toBe(9);
});

test('a single message above the size limit is refused, and the link stays usable', async () => {
  const { client, broker } = await startTestBroker({ maxMessageSizeBytes: 10_000 });
  const sender = client.createSender('orders');
  const tooLarge = sender.sendMessages({ body: Buffer.alloc(20_000) });
  expect(await errorCode(tooLarge)).toBe('MessageSizeExceeded');
  await sender.sendMessages({ body: 'small' });
  expect(broker.counts('orders').active).toBe(1);
});

test('a message larger than a frame arrives whole', async () => {
  const { client } = await startTestBroker({ maxMessageSizeBytes: 2_000_000 });
  const body = Buffer.alloc(1_500_000, 'abc');
  await client.createSender('orders').sendMessages({ body });
  const message = await receiveOne(client.createReceiver('orders'));
  expect(Buffer.compare(message.body as Buffer, body)).toBe(0);
});

test('odd bodies and property values come back byte for byte', async () => {
  const { client } = await startTestBroker();
  const bodies = ['not json {', '6371691901200433359', '', '\u0000\uffff', '{"a":1e400}'];
  const sender = client.createSender('orders');
  for (const body of bodies) {
    await sender.sendMessages({
      body: Buffer.from(body),
      messageId: '89e7073266',
      applicationProperties: {
        number: 2 ** 40,
        negative: -5,
        fraction: 0.5,
        date: new Date(5),
        none: null,
      },
    });
  }
  const receiver = client.createReceiver('orders', {
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
  });
  const messages = await receiver.receiveMessages(bodies.length);
  expect(messages.map(({ body }) => String(body))).toEqual(bodies);
  expect(messages[0]?.messageId).toBe('89e7073266');
  expect(messages[0]?.applicationProperties).toEqual({
    number: 2 ** 40,
    negative: -5,
    fraction: 0.5,
    date: new Date(5),
    none: null,
  });
});

test('a message without an id gets a dashed one that cannot be read as a number', async () => {
  const { client } = await startTestBroker();
  await client.createSender('orders').sendMessages({ body: 1, correlationId: 'c', subject: 's' });
  const message = await receiveOne(client.createReceiver('orders'));
  expect(message.messageId).toMatch(/^[0-9a-f]{8}-/);
  expect(message).toMatchObject({ correlationId: 'c', subject: 's', body: 1 });
});

test('receive-and-delete leaves nothing behind', async () => {
  const { client, broker } = await startTestBroker();
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver = client.createReceiver('orders', { receiveMode: 'receiveAndDelete' });
  const messages = await receiver.receiveMessages(2, { maxWaitTimeInMs: 200 });
  expect(messages.map(({ body }) => body)).toEqual([1, 2]);
  expect(messages[0]?.lockToken).toBeUndefined();
  expect(broker.counts('orders').active).toBe(0);
});

test('a completed message is gone', async () => {
  const { client, broker } = await startTestBroker();
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  await receiver.completeMessage(await receiveOne(receiver));
  expect(broker.counts('orders')).toEqual({ active: 0, deferred: 0, scheduled: 0, deadLetter: 0 });
  expect(await isEmpty(receiver)).toBe(true);
});

test('an abandoned message is back at once, in its place, counted and with changed properties', async () => {
  const { client } = await startTestBroker();
  const applicationProperties = { kept: 'yes', changed: 'before' };
  const sender = client.createSender('orders');
  await sender.sendMessages([{ body: 'first', applicationProperties }, { body: 'second' }]);
  const receiver = client.createReceiver('orders');
  const first = await receiveOne(receiver);
  await receiver.abandonMessage(first, { changed: 'after', added: 7 });
  const again = await receiveOne(receiver);
  expect(again).toMatchObject({
    body: 'first',
    deliveryCount: 1,
    applicationProperties: { kept: 'yes', changed: 'after', added: 7 },
  });
  expect(again.lockToken).not.toBe(first.lockToken);
});

test('after the maximum of failed deliveries a message is dead-lettered', async () => {
  const { client, broker } = await startTestBroker({
    entities: { queues: [{ name: 'orders', maxDeliveryCount: 3 }], topics: [] },
  });
  await client.createSender('orders').sendMessages({ body: 'poison', messageId: 'p-1' });
  const receiver = client.createReceiver('orders');
  const counts: (number | undefined)[] = [];
  for (let attempt = 0; attempt < 3; attempt += 1) {
    const message = await receiveOne(receiver);
    counts.push(message.deliveryCount);
    await receiver.abandonMessage(message);
  }
  expect(counts).toEqual([0, 1, 2]);
  expect(await isEmpty(receiver)).toBe(true);
  expect(broker.counts('orders')).toMatchObject({ active: 0, deadLetter: 1 });
  const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  const dead = await receiveOne(deadLetters);
  expect(dead).toMatchObject({
    body: 'poison',
    messageId: 'p-1',
    deliveryCount: 3,
    deadLetterReason: 'MaxDeliveryCountExceeded',
    deadLetterSource: 'orders',
  });
  await deadLetters.abandonMessage(dead);
  await deadLetters.completeMessage(await receiveOne(deadLetters));
  expect(broker.counts('orders').deadLetter).toBe(0);
});

test('a receiver dead-letters a message with its reason, and nothing can be dead-lettered twice', async () => {
  const { client, broker } = await startTestBroker();
  await client.createSender('orders').sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  await receiver.deadLetterMessage(await receiveOne(receiver), {
    deadLetterReason: 'SchemaInvalid',
    deadLetterErrorDescription: 'no size',
    extra: 'x',
  });
  const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  const dead = await receiveOne(deadLetters);
  expect(dead).toMatchObject({
    deadLetterReason: 'SchemaInvalid',
    deadLetterErrorDescription: 'no size',
    applicationProperties: { extra: 'x' },
  });
  const again = deadLetters.deadLetterMessage(dead, {
    deadLetterReason: 'x',
    deadLetterErrorDescription: 'y',
  });
  expect(await errorCode(again)).toBe('GeneralError');
  expect(broker.counts('orders').deadLetter).toBe(1);
});

test('a deferred message comes only when it is asked for, and stays deferred when abandoned', async () => {
  const { client, broker } = await startTestBroker();
  await client.createSender('orders').sendMessages({ body: 'later' });
  const receiver = client.createReceiver('orders');
  const { sequenceNumber, ...message } = await receiveOne(receiver);
  if (!sequenceNumber) throw new Error('The message has no sequence number.');
  await receiver.deferMessage({ sequenceNumber, ...message }, { step: 1 });
  expect(await isEmpty(receiver)).toBe(true);
  expect(broker.counts('orders')).toMatchObject({ active: 0, deferred: 1 });
  const [first] = await receiver.receiveDeferredMessages(sequenceNumber);
  expect(first).toMatchObject({ state: 'deferred', applicationProperties: { step: 1 } });
  expect(await errorCode(receiver.receiveDeferredMessages(sequenceNumber))).toBe('MessageNotFound');
  if (first) await receiver.abandonMessage(first);
  expect(broker.counts('orders')).toMatchObject({ active: 0, deferred: 1 });
  const [second] = await receiver.receiveDeferredMessages(sequenceNumber);
  expect(second?.deliveryCount).toBe(2);
  if (second) await receiver.completeMessage(second);
  expect(broker.counts('orders')).toMatchObject({ active: 0, deferred: 0 });
});

test('peek shows messages in every state and locks none', async () => {
  const { client, clock } = await startTestBroker();
  const sender = client.createSender('orders');
  await sender.sendMessages([{ body: 'locked' }, { body: 'deferred' }, { body: 'ready' }]);
  await sender.scheduleMessages({ body: 'scheduled' }, new Date(clock.now() + 60_000));
  const receiver = client.createReceiver('orders');
  const [, toDefer] = await receiver.receiveMessages(2);
  if (toDefer) await receiver.deferMessage(toDefer);
  const peeked = await client.createReceiver('orders').peekMessages(10);
  expect(peeked.map(({ body, state }) => [body, state])).toEqual([
    ['locked', 'active'],
    ['deferred', 'deferred'],
    ['ready', 'active'],
    ['scheduled', 'scheduled'],
  ]);
  expect(peeked.map(({ lockToken }) => lockToken)).toEqual([
    undefined,
    undefined,
    undefined,
    undefined,
  ]);
  const fromSequenceNumber = peeked[2]?.sequenceNumber;
  if (!fromSequenceNumber) throw new Error('A peeked message has no sequence number.');
  const rest = await receiver.peekMessages(1, { fromSequenceNumber });
  expect(rest.map(({ body }) => body)).toEqual(['ready']);
});

test('peek on an empty queue finds nothing', async () => {
  const { client } = await startTestBroker();
  expect(await client.createReceiver('orders').peekMessages(5)).toEqual([]);
});

test('two messages with one id are two messages without duplicate detection', async () => {
  const { client, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  await sender.sendMessages([
    { body: 'a', messageId: 'same' },
    { body: 'b', messageId: 'same' },
  ]);
  const receiver = client.createReceiver('orders');
  const [a, b] = await receiver.receiveMessages(2);
  if (!a || !b) throw new Error('Both messages should have arrived.');
  await receiver.completeMessage(a);
  expect(broker.counts('orders').active).toBe(1);
  await receiver.completeMessage(b);
  expect(broker.counts('orders').active).toBe(0);
});

test('a message can still be settled after its receiver was closed', async () => {
  const { client, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }, { body: 4 }]);
  const receiver = client.createReceiver('orders');
  const [one, two, three, four] = await receiver.receiveMessages(4);
  if (!one || !two || !three || !four) throw new Error('All messages should have arrived.');
  await receiver.close();
  // Its link is gone, so these go over $management by lock token.
  const other = client.createReceiver('orders');
  await other.completeMessage(one);
  await other.abandonMessage(two, { again: true });
  await other.deferMessage(three);
  await other.deadLetterMessage(four, {
    deadLetterReason: 'late',
    deadLetterErrorDescription: 'after close',
  });
  expect(broker.counts('orders')).toEqual({ active: 1, deferred: 1, scheduled: 0, deadLetter: 1 });
  const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  expect(await receiveOne(deadLetters)).toMatchObject({
    deadLetterReason: 'late',
    deadLetterErrorDescription: 'after close',
  });
});
