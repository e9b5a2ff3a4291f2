import { DatabaseSync } from 'node:sqlite';

/**
 * Opens an SQLite file so that what was committed survives `kill -9` (WAL, synchronous=NORMAL).
 * Each part of the local platform has a file of its own: a second writing connection on the same
 * thread would meet the open transaction of the first (reference service-bus, section 9.7).
 */
export function openDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file);
  database.exec(
    'PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA foreign_keys = ON;',
  );
  return database;
}
