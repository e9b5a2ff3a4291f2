import { once } from 'node:events';
import rhea, { type ConnectionOptions } from 'rhea';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { type Broker, startBroker } from '../../../src/local/broker/broker.ts';
import { SystemClock } from '../../../src/local/clock.ts';

describe('SASL', () => {
  let broker: Broker;

  beforeAll(async () => {
    broker = await startBroker({
      clock: new SystemClock(),
      databaseFile: ':memory:',
      port: 0,
      entities: { queues: [{ name: 'q' }], topics: [] },
      log: () => undefined,
    });
  });

  afterAll(async () => {
    await broker.close();
  });

  /** Whether a client that knows this mechanism alone is let in. */
  async function isLetIn(mechanism: string): Promise<boolean> {
    const options = {
      host: '127.0.0.1',
      port: broker.port,
      reconnect: false,
      sasl_mechanisms: {
        [mechanism]: () => ({
          start: (answer: (error: undefined, response: null) => void) => answer(undefined, null),
        }),
      },
    } as unknown as ConnectionOptions;
    const connection = rhea.create_container().connect(options);
    const opened = once(connection, 'connection_open').then(() => true);
    const refused = Promise.race(
      ['connection_error', 'disconnected', 'error'].map((event) => once(connection, event)),
    ).then(() => false);
    const isOpen = await Promise.race([opened, refused]);
    connection.close();
    return isOpen;
  }

  it.each(['ANONYMOUS', 'MSSBCBS'])('lets in clients that know %s alone', async (mechanism) => {
    expect(await isLetIn(mechanism)).toBe(true);
  });

  it('lets in nobody by a mechanism that it does not have', async () => {
    expect(await isLetIn('PLAIN')).toBe(false);
  });
});
