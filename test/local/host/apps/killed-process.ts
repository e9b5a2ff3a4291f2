import { SystemClock } from '../../../../src/local/clock.ts';
import { startHost } from '../../../../src/local/host/host.ts';

/** A process that starts orchestrations until it is killed. */
const [appFile = '', databaseFile = ''] = process.argv.slice(2);
const host = await startHost({ clock: new SystemClock(), databaseFile, port: 0, appFile });
console.log('running');
for (let i = 0; ; i++) {
  host.durable.start('counter', {
    instanceId: `${process.pid}-${i}`,
    input: '{"count":1,"limit":5}',
  });
  await new Promise((resolve) => setTimeout(resolve, 5));
}
