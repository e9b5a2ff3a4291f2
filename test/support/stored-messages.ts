import { DatabaseSync } from 'node:sqlite';
import type { AmqpAnnotatedMessage } from '@azure/core-amqp';
import type { ServiceBusMessage, ServiceBusReceivedMessage } from '@azure/service-bus';
import { expect } from 'vitest';
import type { BadMessage } from './bad-messages.ts';
import type { TestPlatform } from './test-platform.ts';

/** Everything that a message could have started or changed. */
export async function world(test: TestPlatform) {
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

export async function sendInBatches(test: TestPlatform, messages: readonly Sent[]): Promise<void> {
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
export async function takeStored(
  test: TestPlatform,
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
export const sequenceNumberOf = (copy: ServiceBusReceivedMessage) =>
  Number(/^rej-(\d+)-\d+$/.exec(String(copy.messageId))?.[1]);

/** What came into the rejected queue is what was sent, with its reason. */
export function expectCopy(
  copy: ServiceBusReceivedMessage,
  { message, expected }: BadMessage,
  where: string,
): void {
  expect(Buffer.compare(copy.body, message.body), where).toBe(0);
  expect(kept(copy), where).toEqual(kept(message));
  const { rejectReason, rejectDescription, originalMessageId, ...properties } =
    copy.applicationProperties ?? {};
  expect(rejectReason, `${where}: ${rejectDescription}`).toBe(expected);
  expect(String(rejectDescription), where).toMatch(/\w/);
  const { rejectReason: _1, originalMessageId: _2, ...own } = message.applicationProperties ?? {};
  expect(properties, where).toEqual(own);
  if (message.messageId !== undefined) {
    expect(originalMessageId, where).toBe(String(message.messageId));
  }
}

/** Why the messages were refused that came into the rejected queue since it was emptied. */
export const rejectReasons = async (test: TestPlatform): Promise<readonly string[]> =>
  (await test.rejected()).map(
    ({ applicationProperties: properties }) =>
      `${properties?.['rejectReason']}: ${properties?.['rejectDescription']}`,
  );
