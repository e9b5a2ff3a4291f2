import { connect } from 'node:net';
import rhea, { type Connection, type EventContext, type Receiver } from 'rhea';
import { expect, onTestFinished, test, vi } from 'vitest';
import { messageCodec } from '../../../src/local/broker/amqp/message-codec.ts';
import { SystemClock } from '../../../src/local/clock.ts';
import { errorCode, isEmpty, newClient, receiveOne, startTestBroker } from './test-broker.ts';

/** A plain AMQP connection, for what the standard client hides. */
function connectPlain(port: number): Connection {
  const container = rhea.create_container();
  const connection = container.connect({
    host: '127.0.0.1',
    port,
    username: 'x',
    reconnect: false,
  });
  connection.on('disconnected', () => {});
  onTestFinished(() => connection.close());
  return connection;
}

test('an unknown entity is refused at once, for senders and receivers', async () => {
  const { client } = await startTestBroker();
  const send = client.createSender('nowhere').sendMessages({ body: 1 });
  expect(await errorCode(send)).toBe('MessagingEntityNotFound');
  const receive = client.createReceiver('nowhere').receiveMessages(1);
  expect(await errorCode(receive)).toBe('MessagingEntityNotFound');
  expect(await errorCode(client.createReceiver('nowhere').peekMessages(1))).toBe(
    'MessagingEntityNotFound',
  );
});

test('entity paths ignore case', async () => {
  const { client } = await startTestBroker();
  await client.createSender('ORDERS').sendMessages({ body: 1 });
  expect((await receiveOne(client.createReceiver('Orders'))).body).toBe(1);
});

test('a receiver never gets more than it gave credit for', async () => {
  const { broker, client } = await startTestBroker();
  await client
    .createSender('orders')
    .sendMessages(Array.from({ length: 50 }, (_, i) => ({ body: i })));
  let received = 0;
  const connection = connectPlain(broker.port);
  const receiver = connection.open_receiver({
    source: 'orders',
    credit_window: 0,
    autoaccept: false,
    rcv_settle_mode: 1,
  });
  receiver.on('message', () => {
    received += 1;
  });
  const gets = async (count: number) => {
    await vi.waitFor(() => expect(received).toBe(count));
    const peeked = await client
      .createReceiver('orders')
      .receiveMessages(50, { maxWaitTimeInMs: 300 });
    for (const message of peeked) await client.createReceiver('orders').abandonMessage(message);
    expect(received).toBe(count);
    expect(peeked).toHaveLength(50 - count);
  };
  receiver.on('receiver_open', () => receiver.add_credit(3));
  await gets(3);
  receiver.add_credit(1);
  receiver.add_credit(1);
  await gets(5);
});

test('thousands of messages pass through one link', async () => {
  const count = 5_000;
  const { client, broker } = await startTestBroker({ clock: new SystemClock() });
  const sender = client.createSender('orders');
  for (let sent = 0; sent < count; sent += 500) {
    await sender.sendMessages(Array.from({ length: 500 }, (_, i) => ({ body: sent + i })));
  }
  const seen = new Set<number>();
  const receiver = client.createReceiver('orders');
  receiver.subscribe(
    { processMessage: async ({ body }) => void seen.add(body), processError: async () => {} },
    { maxConcurrentCalls: 100 },
  );
  await vi.waitFor(() => expect(broker.counts('orders').active).toBe(0), { timeout: 20_000 });
  expect(seen.size).toBe(count);
  await receiver.close();
});

test('thousands of single messages are accepted on one link', async () => {
  const { client, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  for (let round = 0; round < 30; round += 1) {
    await Promise.all(Array.from({ length: 100 }, (_, i) => sender.sendMessages({ body: i })));
  }
  expect(broker.counts('orders').active).toBe(3_000);
});

test('a drained link delivers what is under way, loses nothing and works on', async () => {
  const { client, broker } = await startTestBroker();
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders');
  let received = 0;
  for (let round = 0; round < 20; round += 1) {
    const waiting = receiver.receiveMessages(5, { maxWaitTimeInMs: 20 });
    await new Promise((resolve) => setTimeout(resolve, 15 + (round % 10)));
    await sender.sendMessages({ body: round });
    const early = await waiting;
    const late = early.length === 0 ? [await receiveOne(receiver)] : [];
    for (const message of [...early, ...late]) await receiver.completeMessage(message);
    received += early.length + late.length;
  }
  expect(received).toBe(20);
  expect(broker.counts('orders').active).toBe(0);
});

test('draining without any credit left is answered as well', async () => {
  const { broker } = await startTestBroker();
  const connection = connectPlain(broker.port);
  const receiver = connection.open_receiver({ source: 'orders', credit_window: 0 });
  const drained = new Promise<void>((resolve) => {
    receiver.on('receiver_drained', () => resolve());
  });
  receiver.on('receiver_open', () => receiver.drain_credit());
  await drained;
});

test('two receivers of one queue are served in turn', async () => {
  const { client } = await startTestBroker();
  const counts = [0, 0];
  const receivers = counts.map((_, index) => {
    const receiver = client.createReceiver('orders');
    receiver.subscribe(
      {
        processMessage: async () => {
          counts[index] = (counts[index] ?? 0) + 1;
        },
        processError: async () => {},
      },
      { maxConcurrentCalls: 20 },
    );
    return receiver;
  });
  const sender = client.createSender('orders');
  await vi.waitFor(async () => {
    await sender.sendMessages([{ body: 1 }, { body: 2 }, { body: 3 }, { body: 4 }]);
    expect(Math.min(...counts)).toBeGreaterThan(5);
  });
  for (const receiver of receivers) await receiver.close();
});

test('a receiver whose connection broke gets no more messages', async () => {
  const { client, broker } = await startTestBroker();
  const connection = connectPlain(broker.port);
  const opened = new Promise<void>((resolve) => {
    const receiver = connection.open_receiver({ source: 'orders', credit_window: 500 });
    receiver.on('receiver_open', () => resolve());
  });
  await opened;
  const gone = new Promise<void>((resolve) => {
    connection.on('disconnected', () => resolve());
  });
  (connection as unknown as { socket: { resetAndDestroy(): void } }).socket.resetAndDestroy();
  await Promise.race([gone, new Promise((resolve) => setTimeout(resolve, 100))]);
  await client.createSender('orders').sendMessages({ body: 1 });
  expect((await receiveOne(client.createReceiver('orders'))).deliveryCount).toBe(0);
});

test('bytes that are no AMQP close their own connection only', async () => {
  const { client, broker, log } = await startTestBroker();
  const socket = connect(broker.port, '127.0.0.1', () => socket.write('GET / HTTP/1.1\r\n\r\n'));
  socket.on('error', () => {});
  await new Promise((resolve) => {
    socket.on('close', resolve);
  });
  await client.createSender('orders').sendMessages({ body: 1 });
  expect(broker.counts('orders').active).toBe(1);
  expect(log.join('\n')).toContain('Invalid protocol header');
});

test.each([
  ['cannot be decoded', Buffer.from([1, 2, 3]), 0],
  ['has no byte', Buffer.alloc(0), 0],
  ['is a batch without a byte', Buffer.alloc(0), 0x80013700],
])('a message that %s is refused, and its link stays usable', async (_, content, format) => {
  const { broker } = await startTestBroker();
  const sender = connectPlain(broker.port).open_sender('orders');
  const outcome = new Promise((resolve) => {
    sender.on('rejected', ({ delivery }: EventContext) =>
      resolve(delivery?.remote_state?.['error']),
    );
    sender.on('sendable', () => sender.send(content, undefined, format));
  });
  expect(await outcome).toMatchObject({ condition: 'amqp:decode-error' });
  const accepted = new Promise((resolve) => {
    sender.on('accepted', resolve);
  });
  sender.send({ body: 'fine' } as never);
  await accepted;
  expect(broker.counts('orders').active).toBe(1);
});

test('a fault inside the broker is answered, and everybody else goes on', async () => {
  const { client, broker, log } = await startTestBroker();
  const sender = client.createSender('orders');
  const fault = vi.spyOn(messageCodec, 'withProperties').mockImplementation(() => {
    throw new Error('planted');
  });
  onTestFinished(() => fault.mockRestore());
  await sender.sendMessages({ body: 1 });
  const receiver = client.createReceiver('orders');
  const message = await receiveOne(receiver);
  expect(await errorCode(receiver.abandonMessage(message, { a: 1 }))).toBe('GeneralError');
  fault.mockRestore();
  await sender.sendMessages({ body: 2 });
  expect(broker.counts('orders').active).toBe(2);
  expect(log.join('\n')).toContain('planted');
});

test('an operation that the broker does not have is refused with its name', async () => {
  const { client } = await startTestBroker({
    entities: { queues: [], topics: [{ name: 'events', subscriptions: [{ name: 'all' }] }] },
  });
  const rules = client.createRuleManager('events', 'all');
  await expect(rules.createRule('r', { sqlExpression: '1=1' })).rejects.toThrow(/add-rule/);
});

test('message sessions are refused', async () => {
  const { client } = await startTestBroker();
  expect(await errorCode(client.acceptSession('orders', 's-1'))).toBe('SessionCannotBeLocked');
  const withSessions = startTestBroker({
    entities: { queues: [{ name: 'orders', requiresSession: true }], topics: [] },
  });
  await expect(withSessions).rejects.toThrow(/requiresSession/);
});

test('every request is answered without the pause of a delayed acknowledgement', async () => {
  const { client } = await startTestBroker();
  const sender = client.createSender('orders');
  const receiver = client.createReceiver('orders');
  await sender.sendMessages(Array.from({ length: 40 }, (_, i) => ({ body: i })));
  const messages = await receiver.receiveMessages(40);
  const renewals: number[] = [];
  for (const message of messages) {
    const start = performance.now();
    await receiver.renewMessageLock(message);
    renewals.push(performance.now() - start);
  }
  const [median] = renewals.sort((a, b) => a - b).slice(20);
  expect(median).toBeLessThan(30);
});

test('a client can come and go without leaving anything that takes messages', async () => {
  const { broker, client } = await startTestBroker();
  for (let visit = 0; visit < 3; visit += 1) {
    const visitor = newClient(broker.connectionString);
    expect(await isEmpty(visitor.createReceiver('orders'))).toBe(true);
    await visitor.close();
  }
  await client.createSender('orders').sendMessages({ body: 1 });
  expect((await receiveOne(client.createReceiver('orders'))).deliveryCount).toBe(0);
});

test('after a drain a plain receiver gets exactly its new credit', async () => {
  const { broker, client } = await startTestBroker();
  await client.createSender('orders').sendMessages([{ body: 1 }, { body: 2 }]);
  const receiver: Receiver = connectPlain(broker.port).open_receiver({
    source: 'orders',
    credit_window: 0,
    autoaccept: false,
    rcv_settle_mode: 1,
  });
  let received = 0;
  receiver.on('message', () => {
    received += 1;
  });
  const drained = new Promise<void>((resolve) => {
    receiver.on('receiver_drained', () => resolve());
  });
  receiver.on('receiver_open', () => {
    receiver.add_credit(10);
    receiver.drain_credit();
  });
  await drained;
  expect(received).toBe(2);
  receiver.drain = false;
  receiver.add_credit(1);
  await client.createSender('orders').sendMessages([{ body: 3 }, { body: 4 }]);
  await vi.waitFor(() => expect(received).toBe(3));
  expect((await receiveOne(client.createReceiver('orders'))).body).toBe(4);
});
