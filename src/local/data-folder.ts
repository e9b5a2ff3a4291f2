import { accessSync, constants, mkdirSync } from 'node:fs';

/** Makes the data folder unless it is there. */
export function makeDataFolder(directory: string): void {
  try {
    mkdirSync(directory, { recursive: true });
    accessSync(directory, constants.W_OK);
  } catch (error) {
    throw new Error(
      `The data folder '${directory}' cannot be used: ${(error as Error).message}. Choose another one with --data.`,
      { cause: error },
    );
  }
}
