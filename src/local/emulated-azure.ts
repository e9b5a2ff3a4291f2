import { join, resolve } from 'node:path';
import { type EmulatedAzure, startEmulatedAzure } from './azure/server.ts';
import type { Switches } from './azure/switches.ts';
import type { Clock } from './clock.ts';
import { makeDataFolder } from './data-folder.ts';
import { lockDataFolderFor } from './data-folder-use.ts';
import type { LandscapeFile } from './landscape/landscape-file.ts';
import { seedFromLandscape } from './landscape/seed-from-landscape.ts';
import { type AzureReady, describeLandscape } from './ready-file.ts';

export interface EmulatedAzureOptions {
  readonly landscapeFile: LandscapeFile;
  readonly dataDirectory: string;
  readonly port: number;
  readonly speed: number;
  readonly clock: Clock;
  readonly switches?: Partial<Switches>;
  /** Told about defects of the emulated Azure: what it answers with a 500. */
  readonly log: (line: string) => void;
}

export interface StartedAzure {
  readonly azure: EmulatedAzure;
  readonly ready: AzureReady;
  /** Stops it and gives the data folder free. */
  close(): Promise<void>;
}

/** Starts the emulated Azure of a landscape; what a data folder holds already is kept. */
export async function startAzureOf(options: EmulatedAzureOptions): Promise<StartedAzure> {
  const { landscapeFile, port, speed, clock, switches, log } = options;
  // Whoever reads the ready file may be in another folder.
  const dataDirectory = resolve(options.dataDirectory);
  makeDataFolder(dataDirectory);
  const seed = seedFromLandscape(landscapeFile);
  const unlock = lockDataFolderFor(dataDirectory, { azure: 'emulated' });
  const azure = await startEmulatedAzure({
    clock,
    databaseFile: join(dataDirectory, 'azure.db'),
    certificateDirectory: dataDirectory,
    port,
    speed,
    seed,
    log,
    ...(switches === undefined ? {} : { switches }),
  }).catch((error: unknown) => {
    unlock();
    throw error;
  });
  const { resourceManager, authority, graph, caFile, control } = azure;
  return {
    azure,
    close: async () => {
      await azure.close();
      unlock();
    },
    ready: {
      azure: { resourceManager, authority, graph, caFile, control },
      ...describeLandscape(landscapeFile.landscape, seed),
      pid: process.pid,
    },
  };
}
