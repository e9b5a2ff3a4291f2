import { once } from 'node:events';
import { mkdtempSync, rmSync, statSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { DatabaseSync } from 'node:sqlite';
import { afterEach, beforeEach, describe, expect, test } from 'vitest';
import { openSqliteLedger } from '../../src/ledger/sqlite-ledger.ts';
import { describeLedgerContract } from './ledger-contract.ts';
import { rawSqlite } from './raw-store.ts';
import { WriterProcesses } from './writer-processes.ts';

const makeFolder = (): string => mkdtempSync(join(tmpdir(), 'ledger-'));
const removeFolder = (folder: string): void => rmSync(folder, { recursive: true });

describeLedgerContract('SQLite', async () => {
  const folder = makeFolder();
  return {
    open: async () => openSqliteLedger(join(folder, 'ledger.db')),
    raw: rawSqlite(join(folder, 'ledger.db')),
    dispose: async () => removeFolder(folder),
  };
});

describe('the ledger file, shared by processes', () => {
  let folder: string;
  let file: string;
  let processes: WriterProcesses;

  beforeEach(() => {
    folder = makeFolder();
    file = join(folder, 'ledger.db');
    processes = new WriterProcesses({ file });
  });

  afterEach(() => {
    processes.kill();
    removeFolder(folder);
  });

  test('four processes that start on no file claim each id once', async () => {
    const writers = ['a', 'b', 'c', 'd'].map((name) => processes.start(0, 25, name));
    await Promise.all(writers.map((each) => each.ended));
    const answers = writers.flatMap((each) => each.lines);
    expect(writers.map((each) => each.child.exitCode)).toEqual([0, 0, 0, 0]);
    expect(answers).toHaveLength(100);
    const claimed = answers.filter((line) => line.endsWith(' claimed'));
    expect(new Set(claimed).size).toBe(25);
    expect(claimed).toHaveLength(25);
  });

  test('what was acknowledged before kill -9 is there after it', async () => {
    const acknowledged: string[] = [];
    for (const round of [0, 1, 2]) {
      const each = processes.start(round * 1_000_000, 1_000_000, `round-${round}`);
      while (each.lines.length < 50) {
        await once(each.reader, 'line');
      }
      each.child.kill('SIGKILL');
      await each.ended;
      // The kill may have cut the last line.
      acknowledged.push(...each.lines.filter((line) => line.endsWith(' claimed')));
    }
    const ledger = openSqliteLedger(file);
    const present = new Set(
      (await ledger.listUnfinishedRequests()).map(({ id }) => `${id} claimed`),
    );
    await ledger.close();
    expect(acknowledged.filter((line) => !present.has(line))).toEqual([]);
  });

  test('only its owner may read the file, because it holds signed URLs', async () => {
    const ledger = openSqliteLedger(file);
    expect(statSync(file).mode & 0o077).toBe(0);
    await ledger.close();
  });

  test.each([2, 99])('a file of version %d is refused with what to do', (version) => {
    const database = new DatabaseSync(file);
    database.exec(`PRAGMA user_version = ${version}`);
    database.close();
    expect(() => openSqliteLedger(file)).toThrow(
      new RegExp(`version ${version}, .*another data folder`, 's'),
    );
  });
});
