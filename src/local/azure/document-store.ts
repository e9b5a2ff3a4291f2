import type { DatabaseSync } from 'node:sqlite';
import { openDatabase } from '../database.ts';

/**
 * The state of the emulated Azure: JSON documents by collection and key. Keys compare
 * case-insensitively, as ARM ids do. Reads come from memory, writes are durable when the outermost
 * transaction returns; a transaction that throws leaves nothing behind.
 */
export class DocumentStore {
  readonly #database: DatabaseSync;
  readonly #collections = new Map<string, Map<string, unknown>>();
  /** While a transaction runs: how to take its writes back from memory, in their order. */
  #undo: (() => void)[] | undefined;

  /** @param file SQLite file, or `:memory:`. */
  constructor(file: string) {
    this.#database = openDatabase(file);
    this.#database.exec(
      'CREATE TABLE IF NOT EXISTS documents (collection TEXT, key TEXT, value TEXT NOT NULL, PRIMARY KEY (collection, key)) WITHOUT ROWID',
    );
    this.#load();
  }

  get isEmpty(): boolean {
    return [...this.#collections.values()].every((documents) => documents.size === 0);
  }

  /** The document, or undefined. Treat it as read-only; write changes back with `put`. */
  get<T>(collection: string, key: string): T | undefined {
    return this.#collections.get(collection)?.get(key.toLowerCase()) as T | undefined;
  }

  put(collection: string, key: string, value: unknown): void {
    this.#database
      .prepare('INSERT OR REPLACE INTO documents (collection, key, value) VALUES (?, ?, ?)')
      .run(collection, key.toLowerCase(), JSON.stringify(value));
    this.#remember(collection, key.toLowerCase());
    this.#documents(collection).set(key.toLowerCase(), structuredClone(value));
  }

  delete(collection: string, key: string): void {
    this.#database
      .prepare('DELETE FROM documents WHERE collection = ? AND key = ?')
      .run(collection, key.toLowerCase());
    this.#remember(collection, key.toLowerCase());
    this.#documents(collection).delete(key.toLowerCase());
  }

  /** The documents whose key begins with the prefix, ordered by key. */
  list<T>(collection: string, keyPrefix = ''): readonly T[] {
    const prefix = keyPrefix.toLowerCase();
    return [...this.#documents(collection)]
      .filter(([key]) => key.startsWith(prefix))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([, value]) => value as T);
  }

  /** Runs a synchronous function; all its writes are committed, or none. */
  transaction<T>(run: () => T): T {
    if (this.#undo) return run();
    this.#database.exec('BEGIN IMMEDIATE');
    const undo: (() => void)[] = [];
    this.#undo = undo;
    try {
      const result = run();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      for (const takeBack of undo.reverse()) takeBack();
      this.#database.exec('ROLLBACK');
      throw error;
    } finally {
      this.#undo = undefined;
    }
  }

  close(): void {
    this.#database.close();
  }

  #remember(collection: string, key: string): void {
    const documents = this.#documents(collection);
    const before = documents.get(key);
    this.#undo?.push(() => {
      if (before === undefined) documents.delete(key);
      else documents.set(key, before);
    });
  }

  #documents(collection: string): Map<string, unknown> {
    let documents = this.#collections.get(collection);
    if (!documents) {
      documents = new Map();
      this.#collections.set(collection, documents);
    }
    return documents;
  }

  #load(): void {
    for (const row of this.#database
      .prepare('SELECT collection, key, value FROM documents')
      .all()) {
      this.#documents(String(row['collection'])).set(
        String(row['key']),
        JSON.parse(String(row['value'])),
      );
    }
  }
}
