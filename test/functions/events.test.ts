import type { ServiceBusReceiver } from '@azure/service-bus';
import { expect, onTestFinished, test } from 'vitest';
import { ServiceBus } from '../../src/functions/intake/service-bus.ts';
import { vendingError } from '../../src/model/errors.ts';
import {
  type RecordForEvents,
  type RequestEvent,
  type RequestEventType,
  rejectionEvent,
  requestEvent,
} from '../../src/model/events.ts';
import type { RequestResult } from '../../src/model/plan.ts';
import type { RequestState } from '../../src/model/states.ts';
import { receiveOne, startTestBroker } from '../local/broker/test-broker.ts';
import {
  poolIds,
  sampleAssociateRequest,
  sampleRemoveRequest,
  sampleRequest,
} from '../model/samples.ts';

const at = '2026-11-22T00:00:00Z';

/** The topic with one subscription, and what publishes to it. */
async function startTopic() {
  const { broker, client } = await startTestBroker({
    entities: {
      queues: [
        { name: 'vnet-requests', duplicateDetectionWindowSeconds: 600 },
        { name: 'vnet-requests-rejected', duplicateDetectionWindowSeconds: 600 },
      ],
      topics: [
        {
          name: 'vnet-events',
          duplicateDetectionWindowSeconds: 600,
          subscriptions: [{ name: 'all' }],
        },
      ],
    },
  });
  const serviceBus = new ServiceBus({ connectionString: broker.connectionString });
  onTestFinished(() => serviceBus.close());
  return {
    serviceBus,
    waiting: () => broker.counts('vnet-events/Subscriptions/all').active,
    receiver: client.createReceiver('vnet-events', 'all'),
  };
}

/** What a receiver sees of an event: the event itself, and what it can filter by. */
async function expectToArrive(receiver: ServiceBusReceiver, event: RequestEvent): Promise<void> {
  const message = await receiveOne(receiver);
  await receiver.completeMessage(message);
  expect(message).toMatchObject({
    body: event,
    messageId: event.id,
    subject: event.type,
    contentType: 'application/cloudevents+json',
  });
  expect(message.correlationId).toBe(event.subject);
}

test('an event is one message: named by its id, and to be filtered by type and request', async () => {
  const { serviceBus, waiting, receiver } = await startTopic();
  const request = sampleRequest();
  const event = requestEvent(
    'request.submitted',
    { id: request.id, request, state: 'planning' },
    at,
  );

  await serviceBus.publish(event);
  await serviceBus.publish(event);

  expect(waiting()).toBe(1);
  await expectToArrive(receiver, event);
  expect(event.type).toBe('com.vnetvending.request.submitted.v1');
  expect(event.subject).toBe(request.id);
});

const error = vendingError('ReleaseNotConfirmed', 'The pool still lists the VNet.');
const leftovers = ['the VNet is without the association that it had'];
const held = [{ poolAlias: 'corp-centralus', poolId: poolIds.ipv4, prefixes: ['10.0.0.0/24'] }];
const associated: RequestResult = { virtualNetworkId: '/v', allocations: held };
const removed: RequestResult = {
  virtualNetworkId: '/v',
  mode: 'delete',
  alreadyGone: false,
  released: held,
};

type End = readonly [RequestEventType, RequestState, Partial<RecordForEvents>];

const ends: readonly End[] = [
  ['association.succeeded', 'succeeded', { result: associated }],
  ['association.failed', 'failed', { error }],
  ['association.compensated', 'cancelled', { error }],
  ['association.compensation-failed', 'compensation-failed', { error, leftovers }],
  ['removal.succeeded', 'succeeded', { result: removed }],
  ['removal.release-unverified', 'removed-release-unverified', { error }],
  ['removal.failed', 'failed', { error }],
  ['removal.compensated', 'failed', { error }],
  ['removal.compensation-failed', 'compensation-failed', { error, leftovers }],
];

test('every end of an association and of a removal arrives as it was told', async () => {
  const { serviceBus, waiting, receiver } = await startTopic();
  for (const [type, state, facts] of ends) {
    const request = type.startsWith('removal.') ? sampleRemoveRequest() : sampleAssociateRequest();
    const event = requestEvent(type, { id: request.id, request, state, ...facts }, at);
    await serviceBus.publish(event);
    await expectToArrive(receiver, event);
    expect(event.data).toEqual({
      requestId: request.id,
      operation: request.operation,
      state,
      target: request.target,
      ...facts,
    });
  }
  expect(waiting()).toBe(0);
});

test('a request that is parked again after it was resumed is told again, but only once', async () => {
  const { serviceBus, waiting, receiver } = await startTopic();
  const request = sampleRemoveRequest();
  const parked = (occurrence?: string) =>
    requestEvent(
      'removal.compensation-failed',
      { id: request.id, request, state: 'compensation-failed', error, leftovers },
      at,
      occurrence === undefined ? {} : { occurrence },
    );

  for (const event of [parked(), parked(), parked('resumption-1'), parked('resumption-1')]) {
    await serviceBus.publish(event);
  }

  expect(waiting()).toBe(2);
  await expectToArrive(receiver, parked());
  await expectToArrive(receiver, parked('resumption-1'));
});

test('a refused resumption is told about the request that it names; a message without one about none', async () => {
  const { serviceBus, receiver } = await startTopic();
  const refused = vendingError('Unauthorized', 'Alex is no operator.');
  const about = rejectionEvent('rej-7-1', { error: refused, requestId: 'RITM0012345' }, at);
  const nameless = rejectionEvent('rej-8-1', { error: refused, originalMessageId: 'm-8' }, at);

  await serviceBus.publish(about);
  await serviceBus.publish(nameless);

  await expectToArrive(receiver, about);
  await expectToArrive(receiver, nameless);
  expect(about.subject).toBe('RITM0012345');
});
