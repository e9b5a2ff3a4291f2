import { chmodSync } from 'node:fs';
import { DatabaseSync } from 'node:sqlite';

const schemaVersion = 3;

/** How long a write waits for writers of other processes. It blocks the thread, as SQLite does. */
const busyTimeoutMilliseconds = 10_000;
const retryPauseMilliseconds = 20;

const schema = `
  CREATE TABLE requests (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    id TEXT NOT NULL UNIQUE,
    state TEXT NOT NULL,
    revision INTEGER NOT NULL,
    content_hash TEXT NOT NULL,
    instance_id TEXT NOT NULL,
    tenant TEXT NOT NULL,
    requester_object_id TEXT, requester_tenant_id TEXT,
    created_at TEXT NOT NULL,
    updated_at TEXT NOT NULL,
    request TEXT NOT NULL,
    plan TEXT, error TEXT, result TEXT, leftovers TEXT, pending_event TEXT
  ) STRICT;
  CREATE INDEX requests_by_state ON requests (state);
  CREATE INDEX requests_by_requester ON requests (requester_object_id, requester_tenant_id);
  CREATE INDEX requests_to_publish ON requests (id) WHERE pending_event IS NOT NULL;
  CREATE TABLE timeline (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL REFERENCES requests (id),
    key TEXT NOT NULL,
    entry TEXT NOT NULL,
    UNIQUE (request_id, key)
  ) STRICT;
  CREATE TABLE decisions (
    sequence INTEGER PRIMARY KEY AUTOINCREMENT,
    request_id TEXT NOT NULL REFERENCES requests (id),
    id TEXT NOT NULL,
    decision TEXT NOT NULL,
    UNIQUE (request_id, id)
  ) STRICT;
  CREATE TABLE virtual_network_claims (
    virtual_network_id TEXT PRIMARY KEY,
    request_id TEXT NOT NULL REFERENCES requests (id)
  ) STRICT;
  CREATE TABLE step_states (
    request_id TEXT NOT NULL REFERENCES requests (id),
    step TEXT NOT NULL,
    state TEXT NOT NULL,
    PRIMARY KEY (request_id, step)
  ) STRICT;
  CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    request_id TEXT NOT NULL,
    hash TEXT NOT NULL,
    entry TEXT NOT NULL
  ) STRICT;
  CREATE INDEX audit_by_request ON audit (request_id, sequence);
  CREATE TABLE quota_shares (virtual_network_id TEXT PRIMARY KEY, share TEXT NOT NULL) STRICT;
  CREATE TABLE quota_totals (key TEXT PRIMARY KEY, amounts TEXT NOT NULL) STRICT;
  CREATE TABLE pool_usages (
    pool TEXT NOT NULL,
    at TEXT NOT NULL,
    usage TEXT NOT NULL,
    PRIMARY KEY (pool, at)
  ) STRICT;
  PRAGMA user_version = ${schemaVersion};`;

/**
 * Opens the ledger's file, and makes it when there is none. WAL, so that readers never wait for a
 * writer. `synchronous = FULL`, because the ledger proves which VNets are ours: with NORMAL a power
 * failure may take back commits that Azure's side has not forgotten; a request makes about twenty
 * writes, so the price is small. The file holds signed operation URLs: only its owner may read it.
 */
export function openLedgerDatabase(file: string): DatabaseSync {
  const database = new DatabaseSync(file, { timeout: busyTimeoutMilliseconds });
  try {
    switchToWal(database);
    database.exec('PRAGMA synchronous = FULL; PRAGMA foreign_keys = ON;');
    if (file !== ':memory:') {
      chmodSync(file, 0o600);
    }
    inTransaction(database, () => createSchema(database, file));
    return database;
  } catch (error) {
    database.close();
    throw error;
  }
}

/**
 * SQLite does not wait for the other processes when it changes the journal mode, whatever the busy
 * timeout says: two that start on no file would refuse each other.
 */
function switchToWal(database: DatabaseSync): void {
  const deadline = Date.now() + busyTimeoutMilliseconds;
  for (;;) {
    try {
      database.exec('PRAGMA journal_mode = WAL');
      return;
    } catch (error) {
      if (!/database is locked/.test(String(error)) || Date.now() > deadline) throw error;
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, retryPauseMilliseconds);
    }
  }
}

function createSchema(database: DatabaseSync, file: string): void {
  const version = database.prepare('PRAGMA user_version').get()?.['user_version'];
  if (version === 0) {
    database.exec(schema);
  } else if (version !== schemaVersion) {
    throw new Error(
      `The ledger ${file} has the version ${version}, but this version of the product knows ${schemaVersion}. ` +
        'Start the version that wrote it, or use another data folder.',
    );
  }
}

/**
 * Runs `work` as one write transaction: it takes the write lock first, so that what it reads stays true
 * until it commits. `work` is synchronous, so that two connections of one thread never meet half-way.
 */
export function inTransaction<T>(database: DatabaseSync, work: () => T): T {
  database.exec('BEGIN IMMEDIATE');
  try {
    const value = work();
    database.exec('COMMIT');
    return value;
  } catch (error) {
    if (database.isTransaction) {
      database.exec('ROLLBACK');
    }
    throw error;
  }
}
