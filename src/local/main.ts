import { readLandscapeFile } from './landscape/landscape-file.ts';
import { type PlatformOptions, parsePlatformOptions } from './options.ts';
import { readPeopleFile } from './people-file.ts';
import { startPlatform } from './platform.ts';
import { removeStaleReadyFile, writeReadyFile } from './ready-file.ts';
import { type RealAzure, startOnRealAzure } from './real-azure.ts';
import { realAzureOf } from './real-azure-options.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { realStartMessage, startMessage } from './start-message.ts';

await runUntilStopped(
  async () => {
    const options = parsePlatformOptions(process.argv.slice(2));
    if (options.readyFile !== undefined) removeStaleReadyFile(options.readyFile);
    const azure = realAzureOf(options);
    const platform = await (azure ? startReal(options, azure) : startEmulated(options));
    if (options.readyFile !== undefined) writeReadyFile(options.readyFile, platform.ready);
    console.log(platform.message);
    return platform;
  },
  { onFreePorts: 'npm start -- --port 0 --amqp-port 0 --azure-port 0' },
);

async function startEmulated(options: PlatformOptions) {
  const platform = await startPlatform({
    landscapeFile: readLandscapeFile(options.landscape),
    dataDirectory: options.data,
    speed: options.speed,
    ports: { api: options.port, amqp: options.amqpPort, azure: options.azurePort },
  });
  return { ...platform, message: startMessage(platform.ready, options.data) };
}

async function startReal(options: PlatformOptions, azure: RealAzure) {
  const { landscape } = readLandscapeFile(options.landscape);
  const platform = await startOnRealAzure({
    azure,
    landscape,
    people: options.people === undefined ? [] : readPeopleFile(options.people, landscape),
    dataDirectory: options.data,
    ports: { api: options.port, amqp: options.amqpPort },
    environment: process.env,
  });
  return { ...platform, message: realStartMessage(platform, options.data) };
}
