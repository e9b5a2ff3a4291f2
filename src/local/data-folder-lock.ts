import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';

/**
 * Keeps a data folder for this process alone: two platforms on one folder would give out the same
 * sequence numbers and run the same workflows. The lock is one of the operating system, held through
 * SQLite; it ends with the process, however that ends.
 *
 * @returns releases the lock
 */
export function lockDataFolder(directory: string): () => void {
  const database = new DatabaseSync(join(directory, 'lock.db'));
  try {
    database.exec('PRAGMA busy_timeout = 0; BEGIN EXCLUSIVE');
  } catch (error) {
    database.close();
    throw new Error(
      `Another platform runs on the data folder '${directory}'. Stop it, or choose another folder with --data.`,
      { cause: error },
    );
  }
  return () => database.close();
}
