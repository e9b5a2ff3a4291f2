import { Command } from 'commander';
import { readLandscapeFile } from '../landscape/landscape-file.ts';
import { port, speed } from '../options.ts';
import { runUntilStopped } from '../run-until-stopped.ts';
import { findFunc } from './find-func.ts';
import { startFunc } from './start-func.ts';

interface Options {
  readonly port: number;
  readonly funcPort: number;
  readonly amqpPort: number;
  readonly azurePort: number;
  readonly storagePort: number;
  readonly serviceBus?: string;
  readonly data: string;
  readonly landscape?: string;
  readonly speed: number;
}

const parseOptions = (argv: readonly string[]): Options =>
  new Command('npm run start:func --')
    .description('Runs the built app under Azure Functions Core Tools until it is stopped.')
    .option('--port <number>', 'page and API, behind the sign-in', port, 7071)
    .option('--func-port <number>', 'the host itself', port, 7072)
    .option('--amqp-port <number>', 'Service Bus of this project; 0 = any free port', port, 5672)
    .option('--service-bus <connection>', 'another Service Bus, with the entities in it')
    .option(
      '--storage-port <number>',
      'Azurite: blobs; queues and tables are the next',
      port,
      10_000,
    )
    .option('--azure-port <number>', 'emulated Azure, https; 0 = any free port', port, 8443)
    .option('--data <dir>', 'everything that is kept', '.local/func')
    .option('--landscape <file>', 'tenants, pools, policy (JSON); default: the built-in example')
    .option('--speed <n>', 'divides the latencies and Retry-After of the emulated Azure', speed, 1)
    .parse([...argv], { from: 'user' })
    .opts<Options>();

await runUntilStopped(
  async () => {
    const options = parseOptions(process.argv.slice(2));
    const version = findFunc(process.env);
    const { serviceBus, storagePort } = options;
    const running = await startFunc({
      landscapeFile: readLandscapeFile(options.landscape),
      dataDirectory: options.data,
      speed: options.speed,
      ports: {
        api: options.port,
        func: options.funcPort,
        amqp: options.amqpPort,
        azure: options.azurePort,
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
  { onFreePorts: 'npm run start:func -- --port 0 --func-port 7172 --amqp-port 0 --azure-port 0' },
);
