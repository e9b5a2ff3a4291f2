import { expect, onTestFinished, test, vi } from 'vitest';
import { TurnTransaction } from '../../../src/local/broker/turn-transaction.ts';
import { openDatabase } from '../../../src/local/database.ts';

function setUp() {
  const database = openDatabase(':memory:');
  onTestFinished(() => database.close());
  database.exec(
    'CREATE TABLE parent (id INTEGER PRIMARY KEY);' +
      'CREATE TABLE child (parent INTEGER REFERENCES parent (id) DEFERRABLE INITIALLY DEFERRED)',
  );
  const failures: Error[] = [];
  const callbackErrors: unknown[] = [];
  const transaction = new TurnTransaction(
    database,
    (error) => failures.push(error),
    (error) => callbackErrors.push(error),
  );
  return {
    database,
    transaction,
    failures,
    callbackErrors,
    insertParent: database.prepare('INSERT INTO parent VALUES (?)'),
    /** Breaks a rule that is only checked at the commit. */
    insertOrphan: database.prepare('INSERT INTO child VALUES (?)'),
    count: () => Number(database.prepare('SELECT count(*) AS n FROM parent').get()?.['n']),
  };
}

test('everybody who waits is told after the one commit of the turn', async () => {
  const { database, transaction, insertParent } = setUp();
  const told: boolean[] = [];
  transaction.write(insertParent, 1);
  transaction.afterCommit(() => told.push(database.isTransaction));
  transaction.write(insertParent, 2);
  transaction.afterCommit(() => told.push(database.isTransaction));
  expect(told).toEqual([]);
  await vi.waitFor(() => expect(told).toEqual([false, false]));
});

test('without anything to store nobody has to wait', () => {
  const { transaction } = setUp();
  let isTold = false;
  transaction.afterCommit(() => {
    isTold = true;
  });
  expect(isTold).toBe(true);
});

test('when the commit fails nothing is acknowledged, nothing is kept and nothing more is stored', () => {
  const { transaction, failures, insertParent, insertOrphan, count } = setUp();
  let isTold = false;
  transaction.write(insertParent, 1);
  transaction.write(insertOrphan, 404);
  transaction.afterCommit(() => {
    isTold = true;
  });
  transaction.commit();
  expect(failures).toHaveLength(1);
  expect(failures[0]?.message).toContain('FOREIGN KEY');
  expect(count()).toBe(0);
  expect(() => transaction.write(insertParent, 2)).toThrow('cannot store');
  transaction.afterCommit(() => {
    isTold = true;
  });
  expect(isTold).toBe(false);
});

test('a write that fails takes the whole turn with it', () => {
  const { transaction, failures, insertParent, count } = setUp();
  transaction.write(insertParent, 1);
  expect(() => transaction.write(insertParent, 1)).toThrow('UNIQUE');
  expect(failures).toHaveLength(1);
  expect(count()).toBe(0);
});

test('one callback that throws does not keep the others from being told', () => {
  const { transaction, callbackErrors, insertParent } = setUp();
  let isTold = false;
  transaction.write(insertParent, 1);
  transaction.afterCommit(() => {
    throw new Error('planted');
  });
  transaction.afterCommit(() => {
    isTold = true;
  });
  transaction.commit();
  expect(isTold).toBe(true);
  expect(callbackErrors).toHaveLength(1);
});
