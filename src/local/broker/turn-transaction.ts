import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';

/**
 * One transaction for each turn of the event loop (service-bus 9): the first write opens it,
 * `setImmediate` commits it, then everybody who waits for the commit is told. Many sends in flight
 * share one commit, and nothing is acknowledged before it is stored.
 */
export class TurnTransaction {
  readonly #database: DatabaseSync;
  readonly #onFailure: (error: Error) => void;
  readonly #onCallbackError: (error: unknown) => void;
  #open = false;
  #failed: Error | undefined;
  #waiting: (() => void)[] = [];

  /**
   * @param onFailure called once when a write or the commit fails: memory and file differ from then on, so
   *   the broker has to stop. Nobody who waits for the commit is told anything.
   * @param onCallbackError called with what a waiting callback throws; the others still run.
   */
  constructor(
    database: DatabaseSync,
    onFailure: (error: Error) => void,
    onCallbackError: (error: unknown) => void,
  ) {
    this.#database = database;
    this.#onFailure = onFailure;
    this.#onCallbackError = onCallbackError;
  }

  write(statement: StatementSync, ...parameters: SQLInputValue[]): void {
    if (this.#failed) throw this.#failed;
    try {
      if (!this.#open) {
        this.#database.exec('BEGIN IMMEDIATE');
        this.#open = true;
        setImmediate(() => this.commit());
      }
      statement.run(...parameters);
    } catch (error) {
      throw this.#fail(error);
    }
  }

  /** Runs the callback once everything written so far is stored: at once when it already is. */
  afterCommit(callback: () => void): void {
    if (this.#failed) return;
    if (this.#open) this.#waiting.push(callback);
    else this.#call(callback);
  }

  /** Commits now what this turn has written. */
  commit(): void {
    if (!this.#open) return;
    this.#open = false;
    const waiting = this.#waiting;
    this.#waiting = [];
    try {
      this.#database.exec('COMMIT');
    } catch (error) {
      this.#fail(error);
      return;
    }
    for (const callback of waiting) this.#call(callback);
  }

  #call(callback: () => void): void {
    try {
      callback();
    } catch (error) {
      this.#onCallbackError(error);
    }
  }

  #fail(cause: unknown): Error {
    const reason = cause instanceof Error ? cause.message : String(cause);
    const failure = new Error(
      `The broker cannot store messages: ${reason}. Nothing more is acknowledged; check the disk and the file, then restart.`,
      { cause },
    );
    this.#failed = failure;
    this.#open = false;
    this.#waiting = [];
    if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
    this.#onFailure(failure);
    return failure;
  }
}
