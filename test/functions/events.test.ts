import { expect, onTestFinished, test } from 'vitest';
import { ServiceBus } from '../../src/functions/service-bus.ts';
import { requestEvent } from '../../src/model/events.ts';
import { startTestBroker } from '../local/broker/test-broker.ts';
import { sampleRequest } from '../model/samples.ts';

test('an event is one message: named by its id, and to be filtered by type and request', async () => {
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
  const serviceBus = new ServiceBus(broker.connectionString);
  onTestFinished(() => serviceBus.close());
  const request = sampleRequest();
  const event = requestEvent(
    'request.submitted',
    { id: request.id, request, state: 'planning' },
    '2026-11-22T00:00:00Z',
  );

  await serviceBus.publish(event);
  await serviceBus.publish(event);

  expect(broker.counts('vnet-events/Subscriptions/all').active).toBe(1);
  const [message] = await client.createReceiver('vnet-events', 'all').receiveMessages(1);
  expect(message).toMatchObject({
    body: event,
    messageId: event.id,
    subject: 'com.vnetvending.request.submitted.v1',
    correlationId: request.id,
    contentType: 'application/cloudevents+json',
  });
});
