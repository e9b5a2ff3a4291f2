import { type AddressInfo, createServer } from 'node:net';
import rhea, { type EventContext, type Sender } from 'rhea';
import { expect, onTestFinished, test, vi } from 'vitest';
import {
  freeDeliveries,
  outcomes,
  serveSocket,
  settle,
} from '../../../../src/local/broker/amqp/rhea-internals.ts';

/*
 * The broker relies on private parts of rhea. Most of that is guarded by test/local/broker/links.test.ts; what
 * would show only after tens of thousands of messages is here.
 */

test('a delivery settled in mode "second" is freed, so that a link never fills up', async () => {
  const container = rhea.create_container();
  const server = createServer((socket) => serveSocket(container, socket));
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  onTestFinished(() => void server.close());
  container.on('disconnected', () => {});
  const opened = new Promise<Sender>((resolve) => {
    container.on('sender_open', ({ sender }: EventContext) => sender && resolve(sender));
  });
  const { port } = server.address() as AddressInfo;
  const client = rhea.create_container().connect({ host: '127.0.0.1', port, reconnect: false });
  onTestFinished(() => client.close());
  client.open_receiver({ source: 'x', rcv_settle_mode: 1, autoaccept: true, autosettle: true });
  const sender = await opened;
  const free = freeDeliveries(sender);
  expect(free).toBe(65_536);
  let settled = 0;
  sender.on('accepted', ({ delivery }: EventContext) => {
    if (delivery) settle(delivery, outcomes.accepted());
    settled += 1;
  });
  await vi.waitFor(() => expect(sender.sendable()).toBe(true));
  for (let sent = 0; sent < 10; sent += 1) sender.send({ body: sent } as never);
  await vi.waitFor(() => expect(settled).toBe(10));
  await vi.waitFor(() => expect(freeDeliveries(sender)).toBe(free));
});
