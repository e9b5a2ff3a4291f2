import { mkdtempSync } from 'node:fs';
import { type AddressInfo, connect } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createServer } from 'node:tls';
import { describe, expect, it, onTestFinished } from 'vitest';
import { z } from 'zod';
import { serviceBusClient } from '../../src/functions/intake/service-bus-client.ts';
import {
  serviceBusPlaceIn,
  serviceBusSettingsShape,
} from '../../src/functions/service-bus-settings.ts';
import { serverCertificate } from '../../src/local/azure/tls/certificates.ts';
import { startIdentityEndpoint } from '../azure/managed-identity-endpoint.ts';
import { receiveOne, startTestBroker } from '../local/broker/test-broker.ts';
import { trust } from '../support/trust.ts';

const schema = z.object({ ...serviceBusSettingsShape, AZURE_CLIENT_ID: z.guid().optional() });
const placeIn = (settings: Readonly<Record<string, string>>) =>
  serviceBusPlaceIn(schema.parse(settings));

const fullyQualifiedNamespace = 'contoso-vnets.servicebus.windows.net';
const clientId = 'cccccccc-0000-4000-8000-000000000001';
const namespace = { ServiceBusConnection__fullyQualifiedNamespace: fullyQualifiedNamespace };

describe('the place of Service Bus', () => {
  it('is a connection string, or a namespace with the identity that comes to it', () => {
    expect(placeIn({ ServiceBusConnection: 'Endpoint=sb://x' })).toEqual({
      connectionString: 'Endpoint=sb://x',
    });
    expect(
      placeIn({
        ...namespace,
        ServiceBusConnection__credential: 'managedidentity',
        ServiceBusConnection__clientId: clientId,
      }),
    ).toEqual({ fullyQualifiedNamespace, identity: 'managed', identityClientId: clientId });
    expect(placeIn({ ...namespace, AZURE_CLIENT_ID: clientId })).toEqual({
      fullyQualifiedNamespace,
      identity: 'any',
      identityClientId: clientId,
    });
  });

  it.each([{}, { ServiceBusConnection: 'Endpoint=sb://x', ...namespace }])(
    'is exactly one, so that %j stops the app',
    (settings) => {
      expect(() => placeIn(settings)).toThrow(/exactly one of ServiceBusConnection__fullyQ/);
    },
  );

  it('is a host name, not an address', () => {
    const settings = { ServiceBusConnection__fullyQualifiedNamespace: 'sb://x.windows.net/' };
    expect(() => placeIn(settings)).toThrow(/must be a host name/);
  });
});

it('a managed identity sends without a key: the SDK shows its token', async () => {
  const { broker, client } = await startTestBroker({
    entities: { queues: [{ name: 'q' }], topics: [] },
  });
  const identity = await startIdentityEndpoint(async () => 'token of the managed identity');
  onTestFinished(() => identity.close());
  const port = await withTls(Number(/:(\d+);/.exec(broker.connectionString)?.[1]));
  const sender = serviceBusClient(
    {
      fullyQualifiedNamespace: 'localhost',
      identity: 'managed',
      identityClientId: '00000000-0000-4000-8000-00000000000d',
    },
    `https://localhost:${port}`,
  );
  onTestFinished(() => sender.close());
  await sender.createSender('q').sendMessages({ body: 'hello' });
  expect(await receiveOne(client.createReceiver('q'))).toMatchObject({ body: 'hello' });
  expect(identity.asked).toEqual([
    'https://servicebus.azure.net/ 00000000-0000-4000-8000-00000000000d',
  ]);
});

/** Clients that come with a token insist on TLS; the broker speaks plain AMQP. */
async function withTls(brokerPort: number): Promise<number> {
  const folder = mkdtempSync(join(tmpdir(), 'broker-'));
  const { certificate, privateKey, caFile } = await serverCertificate(folder);
  trust(caFile);
  const server = createServer({ cert: certificate, key: privateKey }, (socket) => {
    const behind = connect(brokerPort, '127.0.0.1');
    for (const one of [socket, behind]) one.on('error', () => undefined);
    socket.pipe(behind).pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(() => void server.close());
  return (server.address() as AddressInfo).port;
}
