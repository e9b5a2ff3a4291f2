import type { DatabaseSync, StatementSync } from 'node:sqlite';
import type { MessageState, StoredMessage } from './message.ts';
import type { TurnTransaction } from './turn-transaction.ts';

const schema = `
  CREATE TABLE IF NOT EXISTS message (
    entity TEXT NOT NULL, sequence_number INTEGER NOT NULL, enqueued_sequence_number INTEGER NOT NULL,
    message_id TEXT NOT NULL, state TEXT NOT NULL, delivery_count INTEGER NOT NULL, enqueued_at INTEGER NOT NULL,
    expires_at INTEGER, scheduled_for INTEGER, dead_letter_source TEXT, content BLOB NOT NULL,
    PRIMARY KEY (entity, sequence_number)
  );
  CREATE TABLE IF NOT EXISTS sequence (entity TEXT PRIMARY KEY, reserved INTEGER NOT NULL) WITHOUT ROWID;
  CREATE TABLE IF NOT EXISTS seen (
    entity TEXT NOT NULL, message_id TEXT NOT NULL, expires_at INTEGER NOT NULL, PRIMARY KEY (entity, message_id)
  ) WITHOUT ROWID;
`;

function optionalNumber(value: unknown): number | undefined {
  return typeof value === 'number' ? value : undefined;
}

/** The broker's tables. Every write belongs to the transaction of its turn. */
export class MessageStore {
  readonly #database: DatabaseSync;
  readonly #transaction: TurnTransaction;
  readonly #insert: StatementSync;
  readonly #update: StatementSync;
  readonly #setDeliveryCount: StatementSync;
  readonly #delete: StatementSync;
  readonly #reserve: StatementSync;
  readonly #see: StatementSync;
  readonly #forget: StatementSync;

  constructor(database: DatabaseSync, transaction: TurnTransaction) {
    this.#database = database;
    this.#transaction = transaction;
    database.exec(schema);
    this.#insert = database.prepare('INSERT INTO message VALUES (?,?,?,?,?,?,?,?,?,?,?)');
    this.#update = database.prepare(
      'UPDATE message SET state = ?, delivery_count = ?, content = ? WHERE entity = ? AND sequence_number = ?',
    );
    this.#setDeliveryCount = database.prepare(
      'UPDATE message SET delivery_count = ? WHERE entity = ? AND sequence_number = ?',
    );
    this.#delete = database.prepare('DELETE FROM message WHERE entity = ? AND sequence_number = ?');
    this.#reserve = database.prepare('INSERT OR REPLACE INTO sequence VALUES (?, ?)');
    this.#see = database.prepare('INSERT OR REPLACE INTO seen VALUES (?, ?, ?)');
    this.#forget = database.prepare('DELETE FROM seen WHERE entity = ? AND expires_at <= ?');
  }

  afterCommit(callback: () => void): void {
    this.#transaction.afterCommit(callback);
  }

  insert(entity: string, message: StoredMessage): void {
    this.#transaction.write(
      this.#insert,
      entity,
      message.sequenceNumber,
      message.enqueuedSequenceNumber,
      message.messageId,
      message.state,
      message.deliveryCount,
      message.enqueuedAt,
      message.expiresAt ?? null,
      message.scheduledFor ?? null,
      message.deadLetterSource ?? null,
      message.content,
    );
  }

  update(entity: string, message: StoredMessage): void {
    this.#transaction.write(
      this.#update,
      message.state,
      message.deliveryCount,
      message.content,
      entity,
      message.sequenceNumber,
    );
  }

  setDeliveryCount(entity: string, sequenceNumber: number, deliveryCount: number): void {
    this.#transaction.write(this.#setDeliveryCount, deliveryCount, entity, sequenceNumber);
  }

  delete(entity: string, sequenceNumber: number): void {
    this.#transaction.write(this.#delete, entity, sequenceNumber);
  }

  /** The messages of an entity as the last run of the broker left them, by sequence number. */
  load(entity: string): StoredMessage[] {
    const rows = this.#database
      .prepare('SELECT * FROM message WHERE entity = ? ORDER BY sequence_number')
      .all(entity);
    return rows.map((row) => ({
      sequenceNumber: Number(row['sequence_number']),
      enqueuedSequenceNumber: Number(row['enqueued_sequence_number']),
      messageId: String(row['message_id']),
      state: row['state'] as MessageState,
      deliveryCount: Number(row['delivery_count']),
      enqueuedAt: Number(row['enqueued_at']),
      expiresAt: optionalNumber(row['expires_at']),
      scheduledFor: optionalNumber(row['scheduled_for']),
      deadLetterSource:
        row['dead_letter_source'] === null ? undefined : String(row['dead_letter_source']),
      content: Buffer.from(row['content'] as Uint8Array),
    }));
  }

  /** The highest sequence number that may have been given out for an entity. */
  reservedSequenceNumber(entity: string): number {
    const row = this.#database
      .prepare('SELECT reserved FROM sequence WHERE entity = ?')
      .get(entity);
    return row ? Number(row['reserved']) : 0;
  }

  reserveSequenceNumbers(entity: string, upTo: number): void {
    this.#transaction.write(this.#reserve, entity, upTo);
  }

  rememberMessageId(entity: string, messageId: string, expiresAt: number): void {
    this.#transaction.write(this.#see, entity, messageId, expiresAt);
  }

  forgetMessageIds(entity: string, expiredAt: number): void {
    this.#transaction.write(this.#forget, entity, expiredAt);
  }

  /** Remembered message ids with their expiry, those that expire first first. */
  loadMessageIds(entity: string): [string, number][] {
    const rows = this.#database
      .prepare('SELECT message_id, expires_at FROM seen WHERE entity = ? ORDER BY expires_at')
      .all(entity);
    return rows.map((row) => [String(row['message_id']), Number(row['expires_at'])]);
  }
}
