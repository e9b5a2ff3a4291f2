import type { InvocationContext } from '@azure/functions';
import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { DurableClient } from 'durable-functions';
import { expect, onTestFinished, test } from 'vitest';
import type { App } from '../../src/functions/app.ts';
import { receiveRequest } from '../../src/functions/intake/receive-request.ts';
import { ServiceBus } from '../../src/functions/intake/service-bus.ts';
import { sweepRequests } from '../../src/functions/workflow/sweep-requests.ts';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { startTestBroker } from '../local/broker/test-broker.ts';
import { ids, sampleBody, sampleLandscape, sampleRequest } from '../model/samples.ts';

const day = 24 * 3600;

/** The function with a real broker and a real ledger; it is called as often as the test likes. */
async function startIntake() {
  const { broker, client } = await startTestBroker({
    entities: {
      queues: [
        { name: 'vnet-requests', duplicateDetectionWindowSeconds: 600 },
        { name: 'vnet-requests-rejected', duplicateDetectionWindowSeconds: day },
      ],
      topics: [
        {
          name: 'vnet-events',
          duplicateDetectionWindowSeconds: day,
          subscriptions: [{ name: 'all' }],
        },
      ],
    },
  });
  const serviceBus = new ServiceBus({ connectionString: broker.connectionString });
  const ledger = openSqliteLedger(':memory:');
  onTestFinished(async () => {
    await ledger.close();
    await serviceBus.close();
  });
  const app = { ledger, serviceBus, landscape: sampleLandscape(), now: () => new Date() } as App;
  const durable = new FakeDurable();
  return {
    app,
    durable,
    counts: () => ({
      rejected: broker.counts('vnet-requests-rejected').active,
      events: broker.counts('vnet-events/Subscriptions/all').active,
    }),
    async send(body: Buffer): Promise<ServiceBusReceivedMessage> {
      await client.createSender('vnet-requests').sendMessages({ body });
      const [message] = await client.createReceiver('vnet-requests').receiveMessages(1);
      if (!message) throw new Error('The message did not arrive.');
      return message;
    },
    /** One delivery of a message, as the Functions host makes it. */
    deliver: (message: ServiceBusReceivedMessage, to: App = app) =>
      receiveRequest(to, '', durable.client, {
        ...context,
        triggerMetadata: { sequenceNumber: Number(message.sequenceNumber) },
      } as unknown as InvocationContext),
  };
}

const context = { log() {}, warn() {}, error() {} };

/** Starts nothing, and fails as it is told. */
class FakeDurable {
  readonly started: string[] = [];
  failWith: string | undefined;
  readonly client = {
    getStatus: () => Promise.reject(new Error('not found')),
    startNew: async (_name: string, { instanceId }: { instanceId: string }) => {
      if (this.failWith !== undefined) throw new Error(this.failWith);
      this.started.push(instanceId);
      return instanceId;
    },
  } as unknown as DurableClient;
}

test('a rejection that fails half-way and is repeated leaves one copy and one event', async () => {
  const { app, counts, deliver, send } = await startIntake();
  const message = await send(Buffer.from('not JSON'));
  const { serviceBus } = app;
  const withoutEvents = {
    readStored: (number: bigint) => serviceBus.readStored(number),
    reject: (...call: Parameters<ServiceBus['reject']>) => serviceBus.reject(...call),
    publish: () => Promise.reject(new Error('the topic does not answer')),
  } as unknown as ServiceBus;

  await expect(deliver(message, { ...app, serviceBus: withoutEvents })).rejects.toThrow(
    'the topic does not answer',
  );
  expect(counts()).toEqual({ rejected: 1, events: 0 });
  await deliver(message);
  await deliver(message);
  expect(counts()).toEqual({ rejected: 1, events: 1 });
});

test('two messages with the same bytes are two rejections', async () => {
  const { counts, deliver, send } = await startIntake();
  await deliver(await send(Buffer.from('not JSON')));
  await deliver(await send(Buffer.from('not JSON')));
  expect(counts()).toEqual({ rejected: 2, events: 2 });
});

test('a request whose workflow could not be started is delivered again, and the sweep starts it at the latest', async () => {
  const { app, deliver, durable, send } = await startIntake();
  const message = await send(Buffer.from(JSON.stringify(sampleBody({ id: 'REQ-1' }))));
  durable.failWith = 'the task hub is not available';

  await expect(deliver(message)).rejects.toThrow('the task hub is not available');
  expect((await app.ledger.getRequest('REQ-1'))?.state).toBe('received');
  durable.failWith = undefined;
  await sweepRequests(app, durable.client, context as unknown as InvocationContext);
  await deliver(message);
  expect(new Set(durable.started)).toEqual(new Set(['request-REQ-1']));
});

test.each([
  'The operation failed with an unexpected status code: 409. Details: {}',
  'Status 500: An Orchestration instance with the status Running already exists.',
])('a workflow that was started already is no failure: %s', async (answer) => {
  const { deliver, durable, send } = await startIntake();
  durable.failWith = answer;
  await deliver(await send(Buffer.from(JSON.stringify(sampleBody()))));
});

test('a request that has ended is not started again by a repetition of its message', async () => {
  const { app, deliver, durable, send } = await startIntake();
  const message = await send(Buffer.from(JSON.stringify(sampleBody({ id: 'REQ-1' }))));
  await deliver(message);
  for (const state of ['planning', 'failed'] as const) {
    await app.ledger.updateRequest('REQ-1', { state }, '2026-11-22T00:00:00Z');
  }
  await deliver(message);
  expect(durable.started).toEqual(['request-REQ-1']);
});

test('a request under an id of another one is rejected, and the first one stands', async () => {
  const { app, counts, deliver, durable, send } = await startIntake();
  const sendRequest = (reason: string) =>
    send(Buffer.from(JSON.stringify(sampleBody({ id: 'REQ-1', reason }))));
  await deliver(await sendRequest('first'));
  await deliver(await sendRequest('second'));
  expect(counts()).toEqual({ rejected: 1, events: 1 });
  expect(durable.started).toEqual(['request-REQ-1']);
  expect((await app.ledger.getRequest('REQ-1'))?.request.reason).toBe('first');
});

test('a request is the same one when its requester is called otherwise by now, but not when it is somebody else', async () => {
  const { counts, deliver, durable, send } = await startIntake();
  const { requester } = sampleRequest();
  const sendRequest = (change: object) =>
    send(
      Buffer.from(
        JSON.stringify(sampleBody({ id: 'REQ-1', requester: { ...requester, ...change } })),
      ),
    );
  await deliver(await sendRequest({}));
  await deliver(await sendRequest({ name: 'Payments team EU', email: 'eu@fabrikam.example' }));
  expect(counts()).toEqual({ rejected: 0, events: 0 });
  expect(durable.started).toEqual(['request-REQ-1', 'request-REQ-1']);
  await deliver(await sendRequest({ objectId: ids.approver }));
  await deliver(await sendRequest({ objectId: undefined, name: 'Payments team EU' }));
  expect(counts()).toEqual({ rejected: 2, events: 2 });
});

test('a message that is no longer stored is not judged by what the trigger made of it', async () => {
  const { deliver, send } = await startIntake();
  const message = await send(Buffer.from('not JSON'));
  const gone = { ...message, sequenceNumber: 999 } as unknown as ServiceBusReceivedMessage;
  await expect(deliver(gone)).rejects.toThrow('cannot be read; it is delivered again');
});
