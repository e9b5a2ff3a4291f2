import {
  type ServiceBusClient,
  type ServiceBusReceivedMessage,
  type ServiceBusReceiver,
  ServiceBusClient as StandardClient,
} from '@azure/service-bus';
import { onTestFinished } from 'vitest';
import { type Broker, type BrokerOptions, startBroker } from '../../../src/local/broker/broker.ts';
import { VirtualClock } from '../../../src/local/clock.ts';

export interface TestBroker {
  readonly broker: Broker;
  readonly client: ServiceBusClient;
  readonly clock: VirtualClock;
  /** What the broker logged. */
  readonly log: string[];
}

/**
 * The standard client, without its half-minute pauses between tries.
 *
 * @param timeoutInMs how long it waits for answers, also for those that a lost connection took along.
 */
export function newClient(connectionString: string, timeoutInMs = 5_000): ServiceBusClient {
  const client = new StandardClient(connectionString, {
    retryOptions: { maxRetries: 0, retryDelayInMs: 50, timeoutInMs },
  });
  // Against a broker that has gone, closing would take up to a minute.
  onTestFinished(async () => {
    await Promise.race([client.close(), new Promise((resolve) => setTimeout(resolve, 500))]);
  });
  return client;
}

/** A broker in memory on virtual time, and a standard client of it. Both end with the test. */
export async function startTestBroker(options: Partial<BrokerOptions> = {}): Promise<TestBroker> {
  const log: string[] = [];
  const clock = new VirtualClock(Date.now());
  const broker = await startBroker({
    clock,
    databaseFile: ':memory:',
    port: 0,
    entities: { queues: [{ name: 'orders' }], topics: [] },
    log: (line) => log.push(line),
    ...options,
  });
  onTestFinished(() => broker.close());
  return { broker, client: newClient(broker.connectionString), clock, log };
}

/** The next message, which has to be there or arrive within two seconds. */
export async function receiveOne(receiver: ServiceBusReceiver): Promise<ServiceBusReceivedMessage> {
  const [message] = await receiver.receiveMessages(1, { maxWaitTimeInMs: 2_000 });
  if (!message) throw new Error(`No message arrived on ${receiver.entityPath}.`);
  return message;
}

/** Whether nothing arrives for a moment. */
export async function isEmpty(receiver: ServiceBusReceiver): Promise<boolean> {
  return (await receiver.receiveMessages(1, { maxWaitTimeInMs: 100 })).length === 0;
}

/** The code of the ServiceBusError that a promise rejects with; undefined when it is no such error. */
export async function errorCode(promise: Promise<unknown>): Promise<string | undefined> {
  try {
    await promise;
  } catch (error) {
    return (error as { code?: string }).code;
  }
  throw new Error('Expected a failure, but there was none.');
}
