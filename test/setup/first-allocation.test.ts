import { join } from 'node:path';
import { ServiceBusClient } from '@azure/service-bus';
import { afterEach, beforeEach, expect, test } from 'vitest';
import { startOnRealAzure } from '../../src/local/real-azure.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import { until } from '../support/control.ts';
import { FreshAzure, ids, poolId } from './fresh-azure.ts';

let fresh: FreshAzure;
beforeEach(async () => {
  fresh = await FreshAzure.start();
});
afterEach(() => fresh.close());

/** A small policy and a quick eye, so that nobody has to approve and nothing has to be waited for. */
const policy = {
  rules: [{ name: 'all', effect: 'auto-approve', reason: 'a test', operations: ['allocate'] }],
};
const bounds = { pollSeconds: 0.05 };

test('from two empty tenants to a VNet that the workflow has made: vnetv setup, then one message', async () => {
  fresh.writeLandscape({ policy, bounds });
  expect((await fresh.setup()).code).toBe(0);
  const secret = await fresh.newSecret();
  const { resourceManager, authority } = fresh.azure;
  const platform = await startOnRealAzure({
    azure: { cloud: 'public', resourceManager, authority },
    landscape: landscapeSchema.parse(fresh.landscape),
    people: [],
    ports: { api: 0, amqp: 0 },
    dataDirectory: join(fresh.folder, 'platform'),
    environment: { SECRET: secret },
  });
  const client = new ServiceBusClient(platform.ready.serviceBus);
  const { queues, topics, subscriptions } = platform.ready;
  await client.createSender(queues.requests).sendMessages({
    body: {
      id: 'RITM0000001',
      operation: 'allocate',
      requester: {
        name: 'Ada',
        email: 'ada@fabrikam.example',
        objectId: 'eeeeeeee-0000-4000-8000-000000000001',
        tenantId: ids.tenantB,
      },
      reason: 'the first one',
      target: {
        tenant: 'fabrikam',
        subscriptionId: ids.subscriptionB,
        resourceGroup: 'rg-app',
        virtualNetwork: 'vnet-first',
        location: 'eastus',
      },
      allocations: [{ pool: 'corp', numberOfIpAddresses: 256 }],
    },
  });
  const receiver = client.createReceiver(topics.events, subscriptions.events);
  const told: { type: string; data: unknown }[] = [];
  await until(async () => {
    for (const { body } of await receiver.receiveMessages(10, { maxWaitTimeInMs: 200 })) {
      told.push(body);
    }
    return told.some(({ type }) => /allocation\.(succeeded|failed|rejected)/.test(type));
  }, 'the outcome of the request');
  await client.close();
  await platform.close();
  expect(told.at(-1)?.type, JSON.stringify(told.at(-1))).toContain('allocation.succeeded');
  const { pools } = (await fresh.state()) as { pools: { id: string; allocations: object[] }[] };
  expect(pools.find(({ id }) => id === poolId)?.allocations).toMatchObject([
    { addressPrefixes: ['10.0.0.0/24'] },
  ]);
});
