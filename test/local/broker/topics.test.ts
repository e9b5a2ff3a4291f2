import { expect, test } from 'vitest';
import type { BrokerEntities } from '../../../src/local/broker/entities.ts';
import { errorCode, receiveOne, startTestBroker } from './test-broker.ts';

const entities: BrokerEntities = {
  queues: [],
  topics: [
    {
      name: 'events',
      duplicateDetectionWindowSeconds: 600,
      subscriptions: [
        { name: 'all' },
        { name: 'failed', filter: { subject: 'failed' } },
        {
          name: 'fabrikam',
          filter: { correlationId: 'r-1', applicationProperties: { tenant: 'fabrikam', level: 2 } },
        },
      ],
    },
  ],
};

test('every subscription whose filter matches gets its own copy', async () => {
  const { client, broker } = await startTestBroker({ entities });
  await client.createSender('events').sendMessages([
    { body: 1, subject: 'failed' },
    { body: 2, subject: 'Failed' },
    {
      body: 3,
      correlationId: 'r-1',
      applicationProperties: { tenant: 'fabrikam', level: 2, more: 1 },
    },
    { body: 4, correlationId: 'r-1', applicationProperties: { tenant: 'fabrikam' } },
  ]);
  expect(broker.counts('events/Subscriptions/all').active).toBe(4);
  expect(broker.counts('EVENTS/subscriptions/FAILED').active).toBe(1);
  expect(broker.counts('events/Subscriptions/fabrikam').active).toBe(1);
  const all = client.createReceiver('events', 'all');
  const failed = client.createReceiver('events', 'failed');
  await all.completeMessage(await receiveOne(all));
  expect((await receiveOne(failed)).body).toBe(1);
  expect((await receiveOne(client.createReceiver('events', 'fabrikam'))).body).toBe(3);
});

test('a repeat is dropped before the fan-out', async () => {
  const { client, broker } = await startTestBroker({ entities });
  const sender = client.createSender('events');
  await sender.sendMessages({ body: 1, messageId: 'e-1', subject: 'other' });
  await sender.sendMessages({ body: 1, messageId: 'e-1', subject: 'failed' });
  expect(broker.counts('events/Subscriptions/all').active).toBe(1);
  expect(broker.counts('events/Subscriptions/failed').active).toBe(0);
});

test('a scheduled message waits at the topic and fans out at its time', async () => {
  const { client, broker, clock } = await startTestBroker({ entities });
  const sender = client.createSender('events');
  const dueAt = new Date(clock.now() + 60_000);
  const [cancelled] = await sender.scheduleMessages({ body: 'never', subject: 'failed' }, dueAt);
  await sender.scheduleMessages({ body: 'due', subject: 'failed' }, dueAt);
  if (cancelled) await sender.cancelScheduledMessages(cancelled);
  expect(broker.counts('events').scheduled).toBe(1);
  expect(await client.createReceiver('events', 'failed').peekMessages(5)).toEqual([]);
  clock.advance(60_000);
  expect(broker.counts('events').scheduled).toBe(0);
  expect(broker.counts('events/Subscriptions/all').active).toBe(1);
  expect((await receiveOne(client.createReceiver('events', 'failed'))).body).toBe('due');
});

test('a subscription has a dead-letter queue of its own', async () => {
  const { client, broker } = await startTestBroker({ entities });
  await client.createSender('events').sendMessages({ body: 1, subject: 'failed' });
  const receiver = client.createReceiver('events', 'failed');
  await receiver.deadLetterMessage(await receiveOne(receiver), {
    deadLetterReason: 'r',
    deadLetterErrorDescription: 'd',
  });
  const deadLetters = client.createReceiver('events', 'failed', { subQueueType: 'deadLetter' });
  expect((await receiveOne(deadLetters)).deadLetterReason).toBe('r');
  expect(broker.counts('events/Subscriptions/all')).toMatchObject({ active: 1, deadLetter: 0 });
});

test('nobody receives from a topic or sends to a subscription', async () => {
  const { client, log } = await startTestBroker({ entities });
  const fromTopic = client.createReceiver('events').receiveMessages(1, { maxWaitTimeInMs: 1_000 });
  expect(await errorCode(fromTopic)).toBe('GeneralError');
  const toSubscription = client.createSender('events/Subscriptions/all').sendMessages({ body: 1 });
  expect(await errorCode(toSubscription)).toBe('GeneralError');
  expect(log.join('\n')).toContain('receive from one of its subscriptions');
});
