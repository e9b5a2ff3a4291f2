import { SystemClock } from '../../../../src/local/clock.ts';
import { startHost } from '../../../../src/local/host/host.ts';

/** A process that starts orchestrations, one line each, until it is killed. */
const [appFile = '', databaseFile = ''] = process.argv.slice(2);
const host = await startHost({ clock: new SystemClock(), databaseFile, port: 0, appFile });
for (let i = 0; ; i++) {
  host.durable.start('counter', {
    instanceId: `${process.pid}-${i}`,
    input: '{"count":1,"limit":5}',
  });
  console.log(i);
  await new Promise((resolve) => setTimeout(resolve, 5));
}
