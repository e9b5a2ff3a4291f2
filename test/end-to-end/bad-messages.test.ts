import { DatabaseSync } from 'node:sqlite';
import type { AmqpAnnotatedMessage } from '@azure/core-amqp';
import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import { badMessages } from '../support/bad-messages.ts';
import { TestPlatform } from '../support/test-platform.ts';

const requester = {
  name: 'Robin Requester',
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};
const approver = {
  name: 'Alex Approver',
  objectId: '11111111-1111-4111-8111-111111111111',
  tenantId: 'a0000000-0000-4000-8000-00000000000a',
};

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
  await test.send(accepted());
  await test.runToEnd('GOOD-1');
  await test.send(waiting());
  await test.runUntil(
    'GOOD-2 to wait for approval',
    async () => (await test.ledger.getRequest('GOOD-2'))?.state === 'awaiting-approval',
  );
  await test.settle();
});
afterAll(async () => {
  await test?.close();
});
beforeEach(async () => {
  await test.events();
  await test.rejected();
  await test.control.clearRequests();
});

const valid = (id: string) => allocateMessage(test.platform.ready, id, `vnet-${id.toLowerCase()}`);
const accepted = () => ({ ...valid('GOOD-1'), dryRun: true });
/** Above what policy approves by itself. */
const waiting = () => ({
  ...valid('GOOD-2'),
  requester,
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
});

/** Everything that a message could have started or changed. */
async function world() {
  const database = new DatabaseSync(test.platform.ledgerFile, { readOnly: true });
  const tables = ['requests', 'timeline', 'decisions', 'virtual_network_claims', 'step_states'];
  const ledger = tables.map((table) => database.prepare(`SELECT * FROM ${table}`).all());
  database.close();
  const instances = test.platform.host.durable.listInstances().map((instance) => ({
    instance,
    history: test.platform.host.durable.getHistory(instance.instanceId),
  }));
  return { ledger, instances, azure: await test.control.state() };
}

type Sent = (ServiceBusMessage | AmqpAnnotatedMessage) & { readonly body: unknown };

async function sendInBatches(messages: readonly Sent[]): Promise<void> {
  const sender = test.serviceBus.createSender('vnet-requests');
  let batch = await sender.createMessageBatch();
  for (const message of messages) {
    if (batch.tryAddMessage(message)) continue;
    await sender.sendMessages(batch);
    batch = await sender.createMessageBatch();
    if (!batch.tryAddMessage(message)) throw new Error('The message does not fit into a batch.');
  }
  await sender.sendMessages(batch);
  await sender.close();
}

/** Takes messages as they are stored: bytes and properties, nothing parsed. */
async function takeStored(
  queue: string,
  options: { subQueueType?: 'deadLetter' } = {},
): Promise<ServiceBusReceivedMessage[]> {
  const receiver = test.serviceBus.createReceiver(queue, {
    skipParsingBodyAsJson: true,
    skipConvertingDate: true,
    ...options,
  });
  const path = options.subQueueType ? `${queue}/$deadletterqueue` : queue;
  const taken: ServiceBusReceivedMessage[] = [];
  while (test.platform.broker.counts(path).active > 0) {
    const messages = await receiver.receiveMessages(200, { maxWaitTimeInMs: 200 });
    await Promise.all(messages.map((message) => receiver.completeMessage(message)));
    taken.push(...messages);
  }
  await receiver.close();
  return taken;
}

/** What a copy keeps of a message. */
const kept = ({
  contentType,
  correlationId,
  subject,
  to,
  replyTo,
  replyToSessionId,
  sessionId,
}: ServiceBusMessage) => ({
  contentType,
  correlationId,
  subject,
  to,
  replyTo,
  replyToSessionId,
  sessionId,
});

/** The number of the stored message that a rejected copy was made of. */
const sequenceNumberOf = (copy: ServiceBusReceivedMessage) =>
  Number(/^rej-(\d+)-\d+$/.exec(String(copy.messageId))?.[1]);

describe('1,000 generated bad messages, sent in batches', () => {
  const count = 1_000;
  const seed = 20_261_122;

  it('start nothing, and each is in the rejected queue whole, with its reason and its event', async () => {
    const sent = badMessages(
      { valid: valid('NEVER-1'), accepted: accepted(), waiting: { id: 'GOOD-2', requester } },
      count,
      seed,
    );
    const before = await world();
    await test.control.clearRequests();
    await sendInBatches(sent.map(({ message }) => message));
    await test.settle();

    expect(test.platform.broker.counts('vnet-requests')).toEqual({
      active: 0,
      deferred: 0,
      scheduled: 0,
      deadLetter: 0,
    });
    expect(await test.control.requests()).toEqual([]);
    expect(await world()).toEqual(before);

    const copies = await takeStored('vnet-requests-rejected');
    copies.sort((one, other) => sequenceNumberOf(one) - sequenceNumberOf(other));
    expect(copies).toHaveLength(count);
    const published = await test.events();
    expect(published).toHaveLength(count);
    const events = new Map(published.map((event) => [event.id, event]));

    const first = sequenceNumberOf(copies[0] as ServiceBusReceivedMessage);
    for (const [serial, { message, expected }] of sent.entries()) {
      const copy = copies[serial] as ServiceBusReceivedMessage;
      const where = `message ${serial} (${expected})`;
      expect(sequenceNumberOf(copy), where).toBe(first + serial);
      expect(Buffer.compare(copy.body, message.body), where).toBe(0);
      expect(kept(copy), where).toEqual(kept(message));
      const { rejectReason, rejectDescription, originalMessageId, ...properties } =
        copy.applicationProperties ?? {};
      expect(rejectReason, `${where}: ${rejectDescription}`).toBe(expected);
      expect(String(rejectDescription), where).toMatch(/\w/);
      const {
        rejectReason: _1,
        originalMessageId: _2,
        ...own
      } = message.applicationProperties ?? {};
      expect(properties, where).toEqual(own);
      if (message.messageId !== undefined) {
        expect(originalMessageId, where).toBe(String(message.messageId));
      }

      const event = events.get(`${copy.messageId}:request.rejected`);
      expect(event, where).toMatchObject({
        type: 'com.vnetvending.request.rejected.v1',
        data: { originalMessageId, error: { code: expected } },
      });
    }
  });
});

describe('a decision under an id that was taken before', () => {
  const decide = (decision: string) => ({
    id: 'CHG-1',
    operation: 'decide',
    request: 'GOOD-2',
    decision,
    by: approver,
    reason: 'agreed in the change board',
  });

  it('is refused as a contradiction when it says something else, and the first one stands', async () => {
    await test.send(decide('approve'), 'CHG-1-first');
    await test.send(decide('reject'), 'CHG-1-other');
    await test.send(decide('approve'), 'CHG-1-again');
    const record = await test.runToEnd('GOOD-2');
    await test.send(decide('cancel'), 'CHG-1-late');
    await test.settle();

    expect(record.state).toBe('succeeded');
    expect(await test.ledger.listDecisions('GOOD-2')).toHaveLength(1);
    const copies = await takeStored('vnet-requests-rejected');
    const reasons = copies.map(({ applicationProperties: properties }) => [
      properties?.['originalMessageId'],
      properties?.['rejectReason'],
    ]);
    expect(new Map(reasons as [string, string][])).toEqual(
      new Map([
        ['CHG-1-other', 'Contradiction'],
        ['CHG-1-late', 'Contradiction'],
      ]),
    );
  });
});

describe('a body that is an AMQP text value', () => {
  const textValue = (text: string): AmqpAnnotatedMessage => ({ body: text, bodyType: 'value' });

  it('is read as that text, and moved as that text when it is bad', async () => {
    const good = JSON.stringify({ ...valid('GOOD-3'), dryRun: true });
    await sendInBatches([textValue(good), textValue('not JSON')]);

    expect((await test.runToEnd('GOOD-3')).state).toBe('planned');
    await test.settle();
    const copies = await takeStored('vnet-requests-rejected');
    expect(copies.map(({ body }) => String(body))).toEqual(['not JSON']);
  });
});

describe('a message whose handling fails unexpectedly', () => {
  const deliveries = 10;

  async function expectDeadLettered(): Promise<ServiceBusReceivedMessage> {
    await test.settle();
    expect(test.platform.broker.counts('vnet-requests').active).toBe(0);
    expect(await takeStored('vnet-requests-rejected')).toEqual([]);
    const [dead, ...others] = await takeStored('vnet-requests', { subQueueType: 'deadLetter' });
    expect(others).toEqual([]);
    expect(dead?.deadLetterReason).toBe('MaxDeliveryCountExceeded');
    expect(dead?.deliveryCount).toBe(deliveries);
    return dead as ServiceBusReceivedMessage;
  }

  /** Refuses every new request, as a full disk would; the rest of the ledger works. */
  function withBrokenLedger(sql: string): void {
    const database = new DatabaseSync(test.platform.ledgerFile);
    database.exec(sql);
    database.close();
  }

  it('is redelivered and ends whole in the dead-letter queue while the ledger cannot be written, and succeeds when it is sent again', async () => {
    const before = await world();
    withBrokenLedger(
      `CREATE TRIGGER unavailable BEFORE INSERT ON requests BEGIN SELECT RAISE(ABORT, 'disk full'); END`,
    );
    const request = { ...valid('GOOD-4'), dryRun: true };
    await test.control.clearRequests();
    await test.send(request, 'GOOD-4-1');
    const dead = await expectDeadLettered();
    withBrokenLedger('DROP TRIGGER unavailable');

    expect(String(dead.body)).toBe(JSON.stringify(request));
    expect(dead.messageId).toBe('GOOD-4-1');
    expect(await test.control.requests()).toEqual([]);
    expect(await world()).toEqual(before);

    await test.send(JSON.parse(String(dead.body)), 'GOOD-4-2');
    expect((await test.runToEnd('GOOD-4')).state).toBe('planned');
  });

  it('ends whole in the dead-letter queue when its rejected copy would exceed the size limit of Service Bus', async () => {
    const before = await world();
    const body = Buffer.alloc(256 * 1024 - 200, 'x');
    await sendInBatches([{ body, messageId: 'HUGE-1' }]);
    const dead = await expectDeadLettered();

    expect(Buffer.compare(dead.body, body)).toBe(0);
    expect(await world()).toEqual(before);
  });

  it('ends whole in the dead-letter queue when its body is neither bytes nor text', async () => {
    const before = await world();
    const body = { id: 'MAP-1', operation: 'allocate' };
    await sendInBatches([{ body, bodyType: 'value' } satisfies AmqpAnnotatedMessage]);
    const dead = await expectDeadLettered();

    expect(dead.body).toEqual(body);
    expect(await world()).toEqual(before);
  });
});
