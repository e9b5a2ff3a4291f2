import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { z } from 'zod';
import { lockDataFolder } from './data-folder-lock.ts';

/** Which Azure the records of a data folder are about. */
const useSchema = z.union([
  z.strictObject({ azure: z.literal('emulated') }),
  z.strictObject({
    azure: z.literal('real'),
    resourceManager: z.string(),
    authority: z.string(),
    managementTenantId: z.string(),
  }),
]);

export type DataFolderUse = z.output<typeof useSchema>;

/** Not `azure.json`: the guides put the ready file of the emulated Azure there. */
const fileName = 'data-folder.json';

/** Locks a data folder for this process, and for one Azure. @returns releases the lock */
export function lockDataFolderFor(directory: string, use: DataFolderUse): () => void {
  const unlock = lockDataFolder(directory);
  try {
    claimDataFolder(directory, use);
    return unlock;
  } catch (error) {
    unlock();
    throw error;
  }
}

/**
 * A ledger that tells of VNets of another one would have the workflow
 * look for them, or overlook those there are. @throws when the folder is that of another Azure
 */
function claimDataFolder(directory: string, use: DataFolderUse): void {
  const known = useOf(directory);
  if (known === undefined) {
    writeFileSync(join(directory, fileName), `${JSON.stringify(use, null, 2)}\n`);
  } else if (JSON.stringify(known) !== JSON.stringify(use)) {
    throw new Error(
      `The data folder '${directory}' belongs to ${describe(known)}, and this is ${describe(use)}. ` +
        'Its records are not about this one: choose another folder with --data.',
    );
  }
}

/** Folders of before there was the file are of the emulated Azure. */
function useOf(directory: string): DataFolderUse | undefined {
  const file = join(directory, fileName);
  if (existsSync(file)) return useSchema.parse(JSON.parse(readFileSync(file, 'utf8')));
  return existsSync(join(directory, 'azure.db')) ? { azure: 'emulated' } : undefined;
}

const describe = (use: DataFolderUse): string =>
  use.azure === 'emulated'
    ? 'the emulated Azure'
    : `management tenant ${use.managementTenantId} at ${use.resourceManager} (${use.authority})`;
