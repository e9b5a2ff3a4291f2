import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

const patienceMs = 2_000;

/**
 * Keeps a data folder for this process alone: two platforms on one folder would give out the same
 * sequence numbers and run the same workflows. The lock is one of the operating system, held through
 * SQLite; it ends with the process, however that ends.
 *
 * @returns releases the lock
 */
export function lockDataFolder(directory: string): () => void {
  // A process that was just killed may take a moment to let go.
  const database = new DatabaseSync(join(directory, 'lock.db'), { timeout: patienceMs });
  try {
    database.exec('BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new Error(
      `Another platform runs on the data folder '${directory}'. Stop it, or choose another folder with --data.`,
      { cause: error },
    );
  }
  return () => database.close();
}
