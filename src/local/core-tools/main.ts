import { parseArgs } from 'node:util';
import { readLandscapeFile } from '../landscape/landscape-file.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import { findFunc } from './find-func.ts';
import { startFunc } from './start-func.ts';

const { values } = parseArgs({
  options: {
    port: { type: 'string', default: '7071' },
    'func-port': { type: 'string', default: '7072' },
    'amqp-port': { type: 'string', default: '5672' },
    'azure-port': { type: 'string', default: '8443' },
    'storage-port': { type: 'string', default: '10000' },
    'service-bus': { type: 'string' },
    data: { type: 'string', default: '.local/func' },
    landscape: { type: 'string' },
    speed: { type: 'string', default: '1' },
  },
});

await runUntilStopped(
  async () => {
    const version = findFunc(process.env);
    const storagePort = Number(values['storage-port']);
    const serviceBus = values['service-bus'];
    const running = await startFunc({
      landscapeFile: readLandscapeFile(values.landscape),
      dataDirectory: values.data,
      speed: Number(values.speed),
      ports: {
        api: Number(values.port),
        func: Number(values['func-port']),
        amqp: Number(values['amqp-port']),
        azure: Number(values['azure-port']),
        storage: { blob: storagePort, queue: storagePort + 1, table: storagePort + 2 },
      },
      environment: process.env,
      ...(serviceBus === undefined ? {} : { serviceBus }),
    });
    console.log(
      `Azure Functions Core Tools ${version} start; page and API will be at ${running.url}. Ctrl-C stops everything.`,
    );
    void running.ended.then((code) => {
      console.error(`Core Tools ended with ${code}.`);
      process.kill(process.pid, 'SIGTERM');
    });
    return running;
  },
  {
    onFreePorts: 'npm run start:func -- --port 7171 --func-port 7172 --amqp-port 0 --azure-port 0',
  },
);
