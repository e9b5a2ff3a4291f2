import { readLandscapeFile } from './landscape/landscape-file.ts';
import { parsePlatformOptions } from './options.ts';
import { startPlatform } from './platform.ts';
import { removeStaleReadyFile, writeReadyFile } from './ready-file.ts';
import { runUntilStopped } from './run-until-stopped.ts';
import { startMessage } from './start-message.ts';

await runUntilStopped(
  async () => {
    const options = parsePlatformOptions(process.argv.slice(2));
    if (options.readyFile !== undefined) removeStaleReadyFile(options.readyFile);
    const platform = await startPlatform({
      landscapeFile: readLandscapeFile(options.landscape),
      dataDirectory: options.data,
      speed: options.speed,
      ports: { api: options.port, amqp: options.amqpPort, azure: options.azurePort },
    });
    const { ready } = platform;
    if (options.readyFile !== undefined) writeReadyFile(options.readyFile, ready);
    console.log(startMessage(ready, options.data));
    return platform;
  },
  { onFreePorts: 'npm start -- --port 0 --amqp-port 0 --azure-port 0' },
);
