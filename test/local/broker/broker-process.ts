/* A broker in a process of its own, to be killed: node broker-process.ts DATABASE_FILE */
import { startBroker } from '../../../src/local/broker/broker.ts';
import { SystemClock } from '../../../src/local/clock.ts';

const broker = await startBroker({
  clock: new SystemClock(),
  databaseFile: process.argv[2] ?? ':memory:',
  port: 0,
  entities: { queues: [{ name: 'orders', maxDeliveryCount: 1_000 }], topics: [] },
  log: (line) => process.stderr.write(`${line}\n`),
});
process.stdout.write(`${broker.connectionString}\n`);
