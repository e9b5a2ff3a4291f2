import { SystemClock } from '../clock.ts';
import { startAzureOf } from '../emulated-azure.ts';
import { readLandscapeFile } from '../landscape/landscape-file.ts';
import { parseAzureOptions } from '../options.ts';
import { removeStaleReadyFile, writeReadyFile } from '../ready-file.ts';
import { runUntilStopped } from '../run-until-stopped.ts';

await runUntilStopped(
  async () => {
    const options = parseAzureOptions(process.argv.slice(2));
    if (options.readyFile !== undefined) removeStaleReadyFile(options.readyFile);
    const started = await startAzureOf({
      landscapeFile: readLandscapeFile(options.landscape),
      dataDirectory: options.data,
      port: options.azurePort,
      speed: options.speed,
      clock: new SystemClock(),
      log: console.error,
    });
    const { ready } = started;
    if (options.readyFile !== undefined) writeReadyFile(options.readyFile, ready);
    console.log(`The emulated Azure runs at ${ready.azure.resourceManager}; Ctrl-C stops it

  CA certificate  ${ready.azure.caFile}
  Control         ${ready.azure.control}/state
`);
    return started;
  },
  { onFreePorts: 'npm run azure -- --azure-port 0' },
);
