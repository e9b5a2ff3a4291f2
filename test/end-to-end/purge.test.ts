import { afterAll, beforeAll, expect, it } from 'vitest';
import { linesOf } from '../support/log-lines.ts';
import { smallRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const dayMs = 24 * 3_600_000;

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start({ settings: { VNETV_KEEP_INSTANCES_DAYS: '3' } });
});
afterAll(async () => {
  await test?.close();
});

it('instances go days after their end, and a repeated message does nothing still', async () => {
  const { durable } = test.platform.host;
  const request = smallRequest(test, 'PURGE-1');
  await test.send(request, 'first');
  await test.runToEnd('PURGE-1');
  await test.settle();
  const ran = durable.listInstances().length;
  expect(ran).toBeGreaterThan(2);

  test.clock.advanceTo(test.clock.now() + 2 * dayMs);
  await test.settle();
  expect(durable.listInstances()).toHaveLength(ran);
  test.clock.advanceTo(test.clock.now() + 2 * dayMs);
  await test.settle();
  expect(durable.listInstances()).toEqual([]);
  expect((await linesOf(test, 'purge.result')).at(-1)).toMatchObject({ purged: ran, failed: 0 });

  const before = await test.ledger.getRequest('PURGE-1');
  await test.send(request, 'again');
  await test.settle();
  expect(durable.listInstances()).toEqual([]);
  expect(await test.ledger.getRequest('PURGE-1')).toEqual(before);
});

it('messages that the broker gave up are told in the log, with why', async () => {
  const sender = test.serviceBus.createSender(test.platform.ready.topics.events);
  await sender.sendMessages({ body: { hello: 'world' }, messageId: 'NO-EVENT' });
  await sender.close();
  await test.settle();
  expect(await linesOf(test, 'messages.dead')).toEqual([]);
  await test.runUntil('a look', async () => (await linesOf(test, 'messages.dead')).length > 0);
  expect(await linesOf(test, 'messages.dead')).toEqual([
    expect.objectContaining({
      level: 'error',
      queue: 'vnet-events/callbacks',
      messages: 1,
      reason: 'MaxDeliveryCountExceeded',
      messageId: 'NO-EVENT',
    }),
  ]);
});
