import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import type { ServiceBusClient } from '@azure/service-bus';
import { expect, onTestFinished, test, vi } from 'vitest';
import { type Broker, startBroker } from '../../../src/local/broker/broker.ts';
import type { BrokerEntities } from '../../../src/local/broker/entities.ts';
import { SystemClock, VirtualClock } from '../../../src/local/clock.ts';
import { errorCode, newClient, receiveOne } from './test-broker.ts';

function newDatabaseFile(): string {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return join(folder, 'broker.db');
}

const oneQueue: BrokerEntities = {
  queues: [{ name: 'orders', maxDeliveryCount: 3, duplicateDetectionWindowSeconds: 600 }],
  topics: [],
};

/** A broker that can be started again and again on one file. */
function restartable(entities: BrokerEntities = oneQueue) {
  const databaseFile = newDatabaseFile();
  const clock = new VirtualClock(Date.now());
  let broker: Broker | undefined;
  onTestFinished(async () => broker?.close());
  return {
    clock,
    async start(): Promise<{ broker: Broker; client: ServiceBusClient }> {
      await broker?.close();
      broker = await startBroker({ clock, databaseFile, port: 0, entities });
      return { broker, client: newClient(broker.connectionString) };
    },
  };
}

test('a restart keeps ready, deferred, scheduled and dead-lettered messages', async () => {
  const { clock, start } = restartable();
  const before = await start();
  const sender = before.client.createSender('orders');
  await sender.sendMessages(['ready', 'deferred', 'dead'].map((body) => ({ body })));
  const dueAt = new Date(clock.now() + 60_000);
  const [, cancelled] = await sender.scheduleMessages([{ body: 'due' }, { body: 'never' }], dueAt);
  const receiver = before.client.createReceiver('orders');
  const [ready, deferred, dead] = await receiver.receiveMessages(3);
  if (!ready || !deferred || !dead || !cancelled) throw new Error('A message is missing.');
  await receiver.abandonMessage(ready);
  await receiver.deferMessage(deferred);
  await receiver.deadLetterMessage(dead, {
    deadLetterReason: 'r',
    deadLetterErrorDescription: 'd',
  });

  const { broker, client } = await start();
  expect(broker.counts('orders')).toEqual({ active: 1, deferred: 1, scheduled: 2, deadLetter: 1 });
  await client.createSender('orders').cancelScheduledMessages(cancelled);
  const again = client.createReceiver('orders');
  const readyAgain = await receiveOne(again);
  expect(readyAgain).toMatchObject({ body: 'ready', deliveryCount: 1 });
  await again.completeMessage(readyAgain);
  if (deferred.sequenceNumber) {
    expect(await again.receiveDeferredMessages(deferred.sequenceNumber)).toHaveLength(1);
  }
  clock.advance(60_000);
  expect((await receiveOne(again)).body).toBe('due');
  const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  expect((await receiveOne(deadLetters)).deadLetterReason).toBe('r');
});

test('a restart frees locked messages, counts the attempt and makes old locks worthless', async () => {
  const { start } = restartable();
  const before = await start();
  await before.client.createSender('orders').sendMessages({ body: 1 });
  const locked = await receiveOne(before.client.createReceiver('orders'));
  const { client } = await start();
  const receiver = client.createReceiver('orders');
  const again = await receiveOne(receiver);
  expect(again.deliveryCount).toBe(1);
  expect(await errorCode(receiver.renewMessageLock(locked))).toBe('MessageLockLost');
});

test('a message that ends the process every time is dead-lettered at its maximum', async () => {
  const { start } = restartable();
  let { broker, client } = await start();
  await client.createSender('orders').sendMessages({ body: 'poison' });
  for (let attempt = 0; attempt < 3; attempt += 1) {
    await receiveOne(client.createReceiver('orders'));
    ({ broker, client } = await start());
  }
  expect(broker.counts('orders')).toMatchObject({ active: 0, deadLetter: 1 });
  const deadLetters = client.createReceiver('orders', { subQueueType: 'deadLetter' });
  expect((await receiveOne(deadLetters)).deadLetterReason).toBe('MaxDeliveryCountExceeded');
});

test('sequence numbers are not used again after a restart with an empty queue', async () => {
  const { start } = restartable();
  const numbers: number[] = [];
  for (let run = 0; run < 3; run += 1) {
    const { client } = await start();
    await client.createSender('orders').sendMessages({ body: run });
    const receiver = client.createReceiver('orders');
    const message = await receiveOne(receiver);
    numbers.push(Number(message.sequenceNumber));
    await receiver.completeMessage(message);
  }
  expect(numbers).toEqual([...new Set(numbers)].sort((a, b) => a - b));
});

test('duplicate detection remembers its ids over a restart', async () => {
  const { clock, start } = restartable();
  const before = await start();
  await before.client.createSender('orders').sendMessages({ body: 1, messageId: 'm-1' });
  const { broker, client } = await start();
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1, messageId: 'm-1' });
  expect(broker.counts('orders').active).toBe(1);
  clock.advance(600_000);
  await sender.sendMessages({ body: 1, messageId: 'm-1' });
  expect(broker.counts('orders').active).toBe(2);
});

test('what fell due while the broker was down happens at its start', async () => {
  const { clock, start } = restartable({
    queues: [{ name: 'orders', deadLetteringOnMessageExpiration: true }],
    topics: [],
  });
  const before = await start();
  const sender = before.client.createSender('orders');
  await sender.sendMessages({ body: 'expires', timeToLive: 60_000 });
  await sender.scheduleMessages({ body: 'due' }, new Date(clock.now() + 60_000));
  await before.broker.close();
  clock.advance(120_000);
  const { broker, client } = await start();
  clock.advance(0);
  expect(broker.counts('orders')).toEqual({ active: 1, deferred: 0, scheduled: 0, deadLetter: 1 });
  expect((await receiveOne(client.createReceiver('orders'))).body).toBe('due');
});

test('a subscriber and a sender come back by themselves after the broker has restarted', async () => {
  const databaseFile = newDatabaseFile();
  const options = { clock: new SystemClock(), databaseFile, entities: oneQueue };
  const first = await startBroker({ ...options, port: 0 });
  const client = newClient(first.connectionString, 500);
  const sender = client.createSender('orders');
  const received: unknown[] = [];
  const receiver = client.createReceiver('orders');
  receiver.subscribe({
    processMessage: async ({ body }) => void received.push(body),
    processError: async () => {},
  });
  await sender.sendMessages({ body: 'before' });
  await vi.waitFor(() => expect(received).toEqual(['before']));
  await first.close();
  const second = await startBroker({ ...options, port: first.port });
  onTestFinished(() => second.close());
  await vi.waitFor(() => sender.sendMessages({ body: 'after' }), { timeout: 5_000 });
  await vi.waitFor(() => expect(received.at(-1)).toBe('after'), { timeout: 10_000 });
  await receiver.close();
});

test('when storing fails nothing is acknowledged, and the broker stops', async () => {
  const databaseFile = newDatabaseFile();
  const fatal: Error[] = [];
  const broker = await startBroker({
    clock: new SystemClock(),
    databaseFile,
    port: 0,
    entities: oneQueue,
    onFatal: (error) => fatal.push(error),
  });
  onTestFinished(() => broker.close());
  const client = newClient(broker.connectionString, 500);
  const sender = client.createSender('orders');
  await sender.sendMessages({ body: 1 });
  const intruder = new DatabaseSync(databaseFile);
  intruder.exec('DROP TABLE message');
  intruder.close();
  await expect(sender.sendMessages({ body: 2 })).rejects.toThrow();
  expect(fatal.map(({ message }) => message).join()).toContain('no such table');
  await expect(
    newClient(broker.connectionString).createSender('orders').sendMessages({ body: 3 }),
  ).rejects.toThrow('ECONNREFUSED');
});

test('the broker refuses a port that is taken', async () => {
  const { start } = restartable();
  const { broker } = await start();
  const second = startBroker({
    clock: new SystemClock(),
    databaseFile: ':memory:',
    port: broker.port,
    entities: oneQueue,
  });
  await expect(second).rejects.toThrow('EADDRINUSE');
});

interface BrokerProcess {
  readonly connectionString: string;
  kill(): Promise<void>;
}

async function startProcess(databaseFile: string): Promise<BrokerProcess> {
  const script = join(import.meta.dirname, 'broker-process.ts');
  const child: ChildProcess = spawn(process.execPath, [script, databaseFile], {
    stdio: ['ignore', 'pipe', 'inherit'],
  });
  const exited = new Promise<void>((resolve) => {
    child.once('exit', () => resolve());
  });
  const kill = () => {
    child.kill('SIGKILL');
    return exited;
  };
  onTestFinished(kill);
  const connectionString = await new Promise<string>((resolve, reject) => {
    child.stdout?.once('data', (line) => resolve(String(line).trim()));
    child.once('exit', () => reject(new Error('The broker process ended at its start.')));
  });
  return { connectionString, kill };
}

test('kill -9 in mid-traffic loses no acknowledged send and brings no completed message back', async () => {
  const databaseFile = newDatabaseFile();
  const sent = new Set<string>();
  const toldToComplete = new Set<string>();
  const completed = new Set<string>();
  let next = 0;

  /** Sends and completes at full speed until the broker is killed in the middle of it. */
  const trafficUntilKilled = async (enough: number) => {
    const { connectionString, kill } = await startProcess(databaseFile);
    const client = newClient(connectionString, 500);
    const sender = client.createSender('orders');
    const receiver = client.createReceiver('orders');
    receiver.subscribe(
      {
        processMessage: async (message) => {
          toldToComplete.add(String(message.messageId));
          await receiver.completeMessage(message);
          completed.add(String(message.messageId));
        },
        processError: async () => {},
      },
      { maxConcurrentCalls: 16, autoCompleteMessages: false },
    );
    let isAlive = true;
    const sending = Array.from({ length: 32 }, async () => {
      while (isAlive) {
        const messageId = `m-${next++}`;
        try {
          await sender.sendMessages({ body: 'x'.repeat(500), messageId });
          sent.add(messageId);
        } catch {
          return;
        }
      }
    });
    const target = sent.size + enough;
    await vi.waitFor(() => expect(sent.size).toBeGreaterThan(target), {
      timeout: 20_000,
      interval: 1,
    });
    await kill();
    isAlive = false;
    await Promise.all(sending);
  };
  for (const enough of [700, 311, 523]) await trafficUntilKilled(enough);

  const broker = await startBroker({
    clock: new SystemClock(),
    databaseFile,
    port: 0,
    entities: { queues: [{ name: 'orders', maxDeliveryCount: 1_000 }], topics: [] },
  });
  onTestFinished(() => broker.close());
  const left = new Set<string>();
  const receiver = newClient(broker.connectionString).createReceiver('orders', {
    receiveMode: 'receiveAndDelete',
  });
  receiver.subscribe({
    processMessage: async ({ messageId }) => void left.add(String(messageId)),
    processError: async () => {},
  });
  await vi.waitFor(() => expect(broker.counts('orders').active).toBe(0), { timeout: 10_000 });
  await receiver.close();

  expect(completed.size).toBeGreaterThan(100);
  expect([...sent].filter((id) => !left.has(id) && !toldToComplete.has(id))).toEqual([]);
  expect([...completed].filter((id) => left.has(id))).toEqual([]);
});
