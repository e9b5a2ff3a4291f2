import { ServiceBusClient, type ServiceBusMessage } from '@azure/service-bus';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { type Broker, startBroker } from '../../../src/local/broker/broker.ts';
import { type Timer, VirtualClock } from '../../../src/local/clock.ts';
import type { HostOptions } from '../../../src/local/host/host.ts';
import type { MessageLab } from './apps/messages.ts';
import { buildApp, startTestHost, type TestHost } from './test-host.ts';

const renewalMs = 30_000;

/** Counts the renewals that wait for half of a lock of one minute. */
class RenewalCountingClock extends VirtualClock {
  renewals = 0;

  override setTimer(callback: () => void, delayMs: number): Timer {
    this.renewals += delayMs === renewalMs ? 1 : 0;
    return super.setTimer(callback, delayMs);
  }
}

let clock: RenewalCountingClock;
let openGate: () => void;
let broker: Broker;
let client: ServiceBusClient;
let host: TestHost;
let lab: MessageLab;

beforeEach(async () => {
  clock = new RenewalCountingClock();
  broker = await startBroker({
    clock,
    databaseFile: ':memory:',
    port: 0,
    entities: {
      queues: [{ name: 'requests', maxDeliveryCount: 3, lockDurationSeconds: 60 }],
      topics: [{ name: 'news', subscriptions: [{ name: 'all' }] }],
    },
  });
  client = new ServiceBusClient(broker.connectionString, {
    retryOptions: { maxRetries: 0, timeoutInMs: 5_000 },
  });
  openGate = () => {};
  lab = { received: [], running: 0, mostRunning: 0, gate: undefined };
  (globalThis as { messageLab?: MessageLab }).messageLab = lab;
});

afterEach(async () => {
  openGate();
  await host.close();
  await client.close();
  await broker.close();
});

async function start(options: Omit<Partial<HostOptions>, 'clock'> = {}): Promise<void> {
  host = await startTestHost({
    clock,
    appFile: await buildApp('messages'),
    settings: { QUEUE: 'requests', BUS: broker.connectionString },
    ...options,
  });
}

function closeGate(): void {
  lab.gate = new Promise((resolve) => {
    openGate = resolve;
  });
}

const send = (...messages: ServiceBusMessage[]) =>
  client.createSender('requests').sendMessages(messages);
const arrived = (count: number) => expect.poll(() => lab.received.length).toBe(count);
const counts = () => broker.counts('requests');
const isEmpty = () => expect.poll(() => counts().active).toBe(0);

test('a message becomes a parsed body and the metadata that Azure gives', async () => {
  await start();
  await send({
    body: { hello: 'world' },
    messageId: 'req-1',
    correlationId: '12345',
    subject: 'greeting',
    contentType: 'application/json',
    applicationProperties: { TenantId: 'x', count: 2 },
  });
  await arrived(1);
  expect(lab.received[0]).toEqual({
    message: { hello: 'world' },
    metadata: {
      messageId: 'req-1',
      // Text that looks like a number arrives as one, as in Azure.
      correlationId: 12345,
      subject: 'greeting',
      label: 'greeting',
      contentType: 'application/json',
      applicationProperties: { tenantId: 'x', count: 2 },
      userProperties: { tenantId: 'x', count: 2 },
      deliveryCount: 1,
      sequenceNumber: expect.any(Number),
      lockToken: expect.any(String),
      enqueuedTimeUtc: new Date(clock.now()).toISOString(),
      enqueuedTime: new Date(clock.now()).toISOString(),
      expiresAtUtc: '9999-12-31T23:59:59.999Z',
      expiresAt: '9999-12-31T23:59:59.999Z',
    },
  });
  await isEmpty();
});

test('text that is JSON is parsed, other text and bytes stay text', async () => {
  await start();
  await send({ body: 'plain' }, { body: 17 }, { body: Buffer.from('{"a":1}') });
  await arrived(3);
  expect(lab.received.map((r) => r.message)).toEqual(
    expect.arrayContaining(['plain', 17, { a: 1 }]),
  );
});

test('the testing mode delivers every message twice, and completes the second one', async () => {
  await start({ deliverMessagesTwice: true });
  await send({ body: 1 }, { body: 2 });
  await arrived(4);
  const deliveries = lab.received.map((r) => [r.message, r.metadata['deliveryCount']]);
  expect(deliveries.sort()).toEqual([
    [1, 1],
    [1, 2],
    [2, 1],
    [2, 2],
  ]);
  await isEmpty();
});

test('a function that throws gets its message again, then it is dead-lettered', async () => {
  await start();
  await send({ body: { fail: true }, messageId: 'req-1' });
  await arrived(3);
  await expect.poll(() => counts().deadLetter).toBe(1);
  expect(lab.received.map((r) => r.metadata['deliveryCount'])).toEqual([1, 2, 3]);
  expect(host.logged.join()).toContain('cannot take this');
});

test('a message starts an orchestration', async () => {
  await start();
  await send({ body: { start: 'req-7', data: 1 } });
  await expect.poll(() => host.durable.getStatus('req-7')?.runtimeStatus).toBe('Completed');
  expect(host.durable.getStatus('req-7')?.output).toEqual({ start: 'req-7', data: 1 });
});

test('a topic subscription is received', async () => {
  await start();
  await client.createSender('news').sendMessages({ body: { news: true } });
  await arrived(1);
  expect(lab.received[0]?.message).toEqual({ news: true });
});

test('no more functions run at a time than host.json allows', async () => {
  closeGate();
  await start({ hostJson: { extensions: { serviceBus: { maxConcurrentCalls: 3 } } } });
  await send(...Array.from({ length: 10 }, (_, n) => ({ body: { n } })));
  await arrived(3);
  expect(host.isIdle()).toBe(false);
  openGate();
  await arrived(10);
  expect(lab.mostRunning).toBe(3);
});

test('copies of one message keep their locks however long their functions run', async () => {
  closeGate();
  await start();
  const body = { same: true };
  await send(...[1, 2, 3].map(() => ({ body, messageId: 'req-1' })));
  await arrived(3);
  for (let round = 1; round <= 8; round++) {
    await expect.poll(() => clock.renewals).toBe(3 * round);
    clock.advance(renewalMs);
  }
  openGate();
  await isEmpty();
  expect(counts().deadLetter).toBe(0);
  expect(lab.received).toHaveLength(3);
});

test('a host that closes settles what runs and takes nothing more', async () => {
  closeGate();
  await start({ hostJson: { extensions: { serviceBus: { maxConcurrentCalls: 1 } } } });
  await send({ body: { n: 1 } }, { body: { n: 2 } });
  await arrived(1);
  const closing = host.close();
  openGate();
  await closing;
  expect(lab.received).toHaveLength(1);
  await expect.poll(() => counts().active).toBe(1);
});
