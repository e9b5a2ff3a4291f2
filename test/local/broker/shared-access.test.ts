import { type EventEmitter, once } from 'node:events';
import rhea from 'rhea';
import { expect, it, onTestFinished } from 'vitest';
import { isSignedWith } from '../../../src/local/broker/amqp/shared-access.ts';
import { newClient, receiveOne, startTestBroker } from './test-broker.ts';

const sharedAccessKey = 'key-of-the-test';

it('a broker with a key takes whoever signs with it', async () => {
  const { client } = await startTestBroker({ sharedAccessKey });
  await client.createSender('orders').sendMessages({ body: 'hello' });
  expect(await receiveOne(client.createReceiver('orders'))).toMatchObject({ body: 'hello' });
});

it('and nobody who signs with another one', async () => {
  const { broker, log } = await startTestBroker({ sharedAccessKey });
  const client = newClient(broker.connectionString.replace(sharedAccessKey, 'other'));
  await expect(client.createSender('orders').sendMessages({ body: 'x' })).rejects.toThrow(
    /not signed with the key/,
  );
  expect(broker.counts('orders').active).toBe(0);
  expect(JSON.stringify(log)).not.toContain(sharedAccessKey);
});

it('nor anybody who shows no token at all', async () => {
  const { broker } = await startTestBroker({ sharedAccessKey });
  const connection = rhea
    .create_container()
    .connect({ host: '127.0.0.1', port: broker.port, username: 'anonymous', reconnect: false });
  onTestFinished(() => connection.close());
  const sender = connection.open_sender('orders');
  const [refused] = await once(sender as unknown as EventEmitter, 'sender_error');
  expect(refused.sender.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
  const receiver = connection.open_receiver('orders/$management');
  const [alsoRefused] = await once(receiver as unknown as EventEmitter, 'receiver_error');
  expect(alsoRefused.receiver.error).toMatchObject({ condition: 'amqp:unauthorized-access' });
});

it('a token that has ended is none, nor one whose resource or end was changed', () => {
  // Made with the key by hand: HMAC-SHA256 over `sb%3A%2F%2Fx%2Forders\\n2000000000`.
  const at = (se: number, sr = 'sb%3A%2F%2Fx%2Forders') =>
    `SharedAccessSignature sr=${sr}&se=${se}&skn=local&sig=${encodeURIComponent(signature)}`;
  const signature = '05zRQvmDQnreYT9P544WsMhbxz0bYLlzpaOcJ+1qCVk=';
  expect(isSignedWith(sharedAccessKey, at(2_000_000_000), 1)).toBe(true);
  expect(isSignedWith(sharedAccessKey, at(2_000_000_000), 2_000_000_001_000)).toBe(false);
  expect(isSignedWith(sharedAccessKey, at(2_000_000_001), 1)).toBe(false);
  expect(isSignedWith(sharedAccessKey, at(2_000_000_000, 'sb%3A%2F%2Fx%2Fother'), 1)).toBe(false);
});
