import { randomUUID } from 'node:crypto';
import type { DatabaseSync, SQLInputValue, StatementSync } from 'node:sqlite';
import { openDatabase } from '../../database.ts';
import type { HistoryEvent } from './history.ts';

export type RuntimeStatus =
  | 'Pending'
  | 'Running'
  | 'Suspended'
  | 'Completed'
  | 'Failed'
  | 'Terminated';

export interface Parent {
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
}

export interface Instance {
  readonly instanceId: string;
  readonly executionId: string;
  readonly name: string;
  readonly version: string | null;
  /** JSON text, like the two below. */
  readonly input: string | null;
  readonly output: string | null;
  readonly customStatus: string | null;
  readonly status: RuntimeStatus;
  readonly createdAt: number;
  readonly lastUpdatedAt: number;
  readonly parent: Parent | null;
}

/** An event on its way to an instance. */
export interface Message {
  readonly sequence: number;
  /** The execution it is meant for; null when any will do. */
  readonly executionId: string | null;
  readonly event: HistoryEvent;
}

export interface ActivityCall {
  readonly sequence: number;
  readonly instanceId: string;
  readonly executionId: string;
  readonly taskId: number;
  readonly name: string;
  readonly input: string | null;
}

export interface DueTimer {
  readonly instanceId: string;
  readonly executionId: string;
  readonly timerId: number;
  readonly fireAt: number;
}

const schema = `
CREATE TABLE IF NOT EXISTS instances (
  instance_id TEXT PRIMARY KEY, execution_id TEXT NOT NULL, name TEXT NOT NULL, version TEXT,
  input TEXT, output TEXT, custom_status TEXT, status TEXT NOT NULL,
  created_at INTEGER NOT NULL, last_updated_at INTEGER NOT NULL, parent TEXT) STRICT;
CREATE TABLE IF NOT EXISTS history (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL,
  execution_id TEXT NOT NULL, event TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS history_by_execution ON history (instance_id, execution_id, sequence);
CREATE TABLE IF NOT EXISTS messages (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL, execution_id TEXT,
  event TEXT NOT NULL) STRICT;
CREATE INDEX IF NOT EXISTS messages_by_instance ON messages (instance_id, sequence);
CREATE TABLE IF NOT EXISTS activities (
  sequence INTEGER PRIMARY KEY AUTOINCREMENT, instance_id TEXT NOT NULL,
  execution_id TEXT NOT NULL, task_id INTEGER NOT NULL, name TEXT NOT NULL, input TEXT) STRICT;
CREATE TABLE IF NOT EXISTS timers (
  instance_id TEXT NOT NULL, execution_id TEXT NOT NULL, timer_id INTEGER NOT NULL,
  fire_at INTEGER NOT NULL, PRIMARY KEY (instance_id, execution_id, timer_id)) STRICT;
CREATE INDEX IF NOT EXISTS timers_by_time ON timers (fire_at);
CREATE TABLE IF NOT EXISTS schedules (name TEXT PRIMARY KEY, last_run INTEGER NOT NULL) STRICT;
`;

interface InstanceRow {
  instance_id: string;
  execution_id: string;
  name: string;
  version: string | null;
  input: string | null;
  output: string | null;
  custom_status: string | null;
  status: RuntimeStatus;
  created_at: number;
  last_updated_at: number;
  parent: string | null;
}

function toInstance(row: InstanceRow): Instance {
  return {
    instanceId: row.instance_id,
    executionId: row.execution_id,
    name: row.name,
    version: row.version,
    input: row.input,
    output: row.output,
    customStatus: row.custom_status,
    status: row.status,
    createdAt: row.created_at,
    lastUpdatedAt: row.last_updated_at,
    parent: row.parent === null ? null : (JSON.parse(row.parent) as Parent),
  };
}

/** The durable engine's state in SQLite. Writes belong inside `transaction`. */
export class DurableStore {
  readonly #database: DatabaseSync;
  readonly #statements = new Map<string, StatementSync>();

  constructor(file: string) {
    this.#database = openDatabase(file);
    this.#database.exec(schema);
  }

  transaction<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#database.exec('ROLLBACK');
      throw error;
    }
  }

  close(): void {
    this.#statements.clear();
    this.#database.close();
  }

  #statement(sql: string): StatementSync {
    const statement = this.#statements.get(sql) ?? this.#database.prepare(sql);
    this.#statements.set(sql, statement);
    return statement;
  }

  #run(sql: string, ...values: SQLInputValue[]): void {
    this.#statement(sql).run(...values);
  }

  #all<Row>(sql: string, ...values: SQLInputValue[]): Row[] {
    return this.#statement(sql).all(...values) as Row[];
  }

  instance(instanceId: string): Instance | undefined {
    const [row] = this.#all<InstanceRow>(
      'SELECT * FROM instances WHERE instance_id = ?',
      instanceId,
    );
    return row && toInstance(row);
  }

  instances(): Instance[] {
    return this.#all<InstanceRow>('SELECT * FROM instances ORDER BY created_at, rowid').map(
      toInstance,
    );
  }

  /** Writes a new instance, or the new state of a known one. */
  saveInstance(instance: Instance): void {
    this.#run(
      `INSERT INTO instances VALUES (?,?,?,?,?,?,?,?,?,?,?) ON CONFLICT (instance_id) DO UPDATE SET
       execution_id = excluded.execution_id, name = excluded.name, version = excluded.version,
       input = excluded.input, output = excluded.output, custom_status = excluded.custom_status,
       status = excluded.status, created_at = excluded.created_at,
       last_updated_at = excluded.last_updated_at, parent = excluded.parent`,
      instance.instanceId,
      instance.executionId,
      instance.name,
      instance.version,
      instance.input,
      instance.output,
      instance.customStatus,
      instance.status,
      instance.createdAt,
      instance.lastUpdatedAt,
      instance.parent && JSON.stringify(instance.parent),
    );
  }

  /** Forgets an instance and everything that belongs to it. */
  removeInstance(instanceId: string): void {
    for (const table of ['instances', 'history', 'messages', 'activities', 'timers']) {
      this.#run(`DELETE FROM ${table} WHERE instance_id = ?`, instanceId);
    }
  }

  history(instanceId: string, executionId: string): HistoryEvent[] {
    return this.#all<{ event: string }>(
      'SELECT event FROM history WHERE instance_id = ? AND execution_id = ? ORDER BY sequence',
      instanceId,
      executionId,
    ).map((row) => JSON.parse(row.event) as HistoryEvent);
  }

  /** Ids of an instance's executions (one for each continueAsNew), oldest first. */
  executions(instanceId: string): string[] {
    return this.#all<{ execution_id: string }>(
      'SELECT execution_id FROM history WHERE instance_id = ? GROUP BY execution_id ORDER BY min(sequence)',
      instanceId,
    ).map((row) => row.execution_id);
  }

  appendHistory(instanceId: string, executionId: string, events: readonly HistoryEvent[]): void {
    for (const event of events) {
      this.#run(
        'INSERT INTO history (instance_id, execution_id, event) VALUES (?, ?, ?)',
        instanceId,
        executionId,
        JSON.stringify(event),
      );
    }
  }

  messages(instanceId: string): Message[] {
    return this.#all<{ sequence: number; execution_id: string | null; event: string }>(
      'SELECT sequence, execution_id, event FROM messages WHERE instance_id = ? ORDER BY sequence',
      instanceId,
    ).map((row) => ({
      sequence: row.sequence,
      executionId: row.execution_id,
      event: JSON.parse(row.event) as HistoryEvent,
    }));
  }

  addMessage(instanceId: string, executionId: string | null, event: HistoryEvent): void {
    this.#run(
      'INSERT INTO messages (instance_id, execution_id, event) VALUES (?, ?, ?)',
      instanceId,
      executionId,
      JSON.stringify(event),
    );
  }

  removeMessages(messages: readonly Message[]): void {
    for (const { sequence } of messages) {
      this.#run('DELETE FROM messages WHERE sequence = ?', sequence);
    }
  }

  removeAllMessages(instanceId: string): void {
    this.#run('DELETE FROM messages WHERE instance_id = ?', instanceId);
  }

  instancesWithMessages(): string[] {
    return this.#all<{ instance_id: string }>(
      'SELECT instance_id FROM messages GROUP BY instance_id ORDER BY min(sequence)',
    ).map((row) => row.instance_id);
  }

  addActivity(call: Omit<ActivityCall, 'sequence'>): ActivityCall {
    const { lastInsertRowid } = this.#statement(
      'INSERT INTO activities (instance_id, execution_id, task_id, name, input) VALUES (?,?,?,?,?)',
    ).run(call.instanceId, call.executionId, call.taskId, call.name, call.input);
    return { ...call, sequence: Number(lastInsertRowid) };
  }

  activities(): ActivityCall[] {
    return this.#all<ActivityCall>(
      `SELECT sequence, instance_id AS instanceId, execution_id AS executionId, task_id AS taskId,
       name, input FROM activities ORDER BY sequence`,
    );
  }

  removeActivity(sequence: number): void {
    this.#run('DELETE FROM activities WHERE sequence = ?', sequence);
  }

  addTimer(timer: DueTimer): void {
    this.#run(
      'INSERT INTO timers VALUES (?, ?, ?, ?)',
      timer.instanceId,
      timer.executionId,
      timer.timerId,
      timer.fireAt,
    );
  }

  removeTimer(instanceId: string, executionId: string, timerId: number): void {
    this.#run(
      'DELETE FROM timers WHERE instance_id = ? AND execution_id = ? AND timer_id = ?',
      instanceId,
      executionId,
      timerId,
    );
  }

  removeTimers(instanceId: string): void {
    this.#run('DELETE FROM timers WHERE instance_id = ?', instanceId);
  }

  /** The timer that fires next. */
  nextTimer(): DueTimer | undefined {
    return this.#all<DueTimer>(
      `SELECT instance_id AS instanceId, execution_id AS executionId, timer_id AS timerId,
       fire_at AS fireAt FROM timers ORDER BY fire_at, rowid LIMIT 1`,
    )[0];
  }

  lastRun(schedule: string): number | undefined {
    return this.#all<{ last_run: number }>(
      'SELECT last_run FROM schedules WHERE name = ?',
      schedule,
    )[0]?.last_run;
  }

  saveLastRun(schedule: string, time: number): void {
    this.#run(
      'INSERT INTO schedules VALUES (?, ?) ON CONFLICT (name) DO UPDATE SET last_run = excluded.last_run',
      schedule,
      time,
    );
  }
}

export function isFinished(instance: Instance): boolean {
  return (
    instance.status === 'Completed' ||
    instance.status === 'Failed' ||
    instance.status === 'Terminated'
  );
}

export function newExecutionId(): string {
  return randomUUID().replaceAll('-', '');
}
