import { TableClient } from '@azure/data-tables';
import { afterAll, beforeAll, describe, expect, onTestFinished, test } from 'vitest';
import type { Ledger, RequestRecord } from '../../src/ledger/ledger.ts';
import {
  fromEntity,
  partitionKey,
  type StoredEntity,
  toEntity,
} from '../../src/ledger/table-entities.ts';
import { keyRange } from '../../src/ledger/table-keys.ts';
import { openTableLedger } from '../../src/ledger/table-ledger.ts';
import { TableStore } from '../../src/ledger/table-store.ts';
import { verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { sampleRequest } from '../model/samples.ts';
import { type Azurite, azuriteAt, startAzurite } from '../support/azurite.ts';
import { type Mishap, startFlakyProxy } from '../support/flaky-proxy.ts';
import { wholeTrail } from './audit-contract.ts';
import { writeAtOnce } from './concurrent-writers.ts';
import {
  at,
  claimOf,
  decisionOf,
  entryOf,
  later,
  virtualNetworkId,
  walk,
} from './contract-samples.ts';
import { describeLedgerContract } from './ledger-contract.ts';
import { rawTable } from './raw-store.ts';
import { WriterProcesses } from './writer-processes.ts';

let azurite: Azurite;
let tables = 0;

beforeAll(async () => {
  azurite = await startAzurite();
});

afterAll(() => azurite.close());

describeLedgerContract('Table Storage', async () => {
  const table = `ledger${++tables}`;
  return {
    open: async () => openTableLedger({ connectionString: azurite.connectionString }, table),
    raw: rawTable(azurite.connectionString, table),
    dispose: async () => {},
  };
});

const newTable = (): string => `other${++tables}`;
const open = (table = newTable(), port = azurite.port): Ledger =>
  openTableLedger({ connectionString: azuriteAt(port) }, table);

/** A ledger behind a line on which transactions meet with mishaps, in turn. */
async function openFlaky(table: string, mishaps: readonly Mishap[]) {
  let transactions = 0;
  const proxy = await startFlakyProxy(azurite.port, (_, url) =>
    url.endsWith('$batch') ? (mishaps[transactions++ % mishaps.length] ?? 'none') : 'none',
  );
  onTestFinished(() => proxy.close());
  return { ledger: open(table, proxy.port), proxy };
}

describe('a write of the table whose answer is lost', () => {
  const each: readonly Mishap[] = ['refuse', 'lose', 'lose-answer', 'late'];

  test.each(each)('is made once, and answered as if nothing had happened: %s', async (mishap) => {
    const table = newTable();
    const { ledger, proxy } = await openFlaky(table, [mishap, 'none']);
    expect((await ledger.claimRequest(claimOf('A'), at)).status).toBe('claimed');
    const { revision } = await ledger.updateRequest('A', { state: 'planning' }, later);
    expect(revision).toBe(2);
    const decision = decisionOf('d1', 'A');
    expect(await ledger.recordDecision(decision, { ifRevision: 2 })).toBe('recorded');
    await ledger.updateRequest('A', { state: 'failed', pendingEvent: 'allocation.failed' }, later);
    await ledger.markOutcomePublished('A');
    expect(await ledger.claimVirtualNetwork(virtualNetworkId, 'A')).toEqual({ status: 'claimed' });
    const usage = {
      ...{ virtualNetworkId, requestId: 'A', keys: ['tenant:t'] },
      amounts: { virtualNetworks: '1', IPv4: '256', IPv6: '0' },
      adds: false,
    };
    const limit = { name: 'q', key: 'tenant:t', measure: 'IPv4', limit: '256' } as const;
    expect(await ledger.reserveQuota(usage, [limit])).toEqual({ status: 'reserved' });
    await ledger.appendTimeline('A', entryOf('a'));
    await ledger.putStepState('A', 'deploy', { url: 'https://signed' });

    expect(proxy.happened[mishap]).toBeGreaterThanOrEqual(5);
    const straight = open(table);
    expect(await straight.getRequest('A')).toMatchObject({ state: 'failed', revision: 4 });
    expect(await straight.listUnfinishedRequests()).toEqual([]);
    expect(await straight.listDecisions('A')).toEqual([decision]);
    expect(await straight.listTimeline('A')).toEqual([entryOf('a')]);
    expect(await straight.quotaUsed('tenant:t', 'IPv4')).toBe('256');
    expect(await wholeTrail(straight)).toHaveLength(4);
    expect((await verifyLedger(straight)).problems).toEqual([]);
  });

  test('is neither lost nor doubled among writers that all meet with mishaps', async () => {
    const table = newTable();
    const mishaps: readonly Mishap[] = ['none', 'lose-answer', 'none', 'late', 'lose', 'none'];
    const flaky = await Promise.all([1, 2, 3].map(() => openFlaky(table, mishaps)));
    const ledgers = [...flaky.map(({ ledger }) => ledger), open(table)];
    expect(await writeAtOnce({ ledgers, writers: 12, rounds: 5, requests: 4 })).toEqual([]);
    for (const { proxy } of flaky) expect(proxy.happened['lose-answer']).toBeGreaterThan(0);
  });
});

describe('the table of the ledger', () => {
  const client = (table: string) =>
    TableClient.fromConnectionString(azurite.connectionString, table, {
      allowInsecureConnection: true,
    });

  test('holds one partition, in which only what a query needs lies beside the JSON', async () => {
    const table = newTable();
    await walk(open(table), 'A', 'planning');
    const entities = [];
    for await (const entity of client(table).listEntities()) entities.push(entity);
    expect(new Set(entities.map((entity) => entity.partitionKey))).toEqual(new Set([partitionKey]));
    expect(entities.map(({ rowKey }) => rowKey)).toEqual([
      'a:000000000000001',
      'a:000000000000002',
      'h',
      'p:A',
      'r:999999999999998',
      'u:000000000000001',
    ]);
  });

  test('takes keys of any text apart, however long or strange', async () => {
    const ledger = open();
    await walk(ledger, 'A', 'planning');
    const keys = [
      'a/b',
      'a\\b',
      'a#b',
      'a?b',
      'a%2Fb',
      'a:b',
      'a;b',
      'a~003ab',
      "a'b",
      'ä🙂',
      '\u0001',
      ' ',
    ];
    const all = [...keys, 'x'.repeat(2_000), `${'x'.repeat(2_000)}y`, '~~', ''];
    for (const key of all) {
      await ledger.appendTimeline('A', entryOf(key));
      await ledger.putStepState('A', key, { key });
      await ledger.recordDecision(decisionOf(key, 'A'));
    }
    expect((await ledger.listTimeline('A')).map(({ key }) => key)).toEqual(all);
    expect((await ledger.listDecisions('A')).map(({ id }) => id)).toEqual(all);
    for (const key of all) expect(await ledger.getStepState('A', key)).toEqual({ key });
  });

  test('takes requests apart of which one begins with the id of the other', async () => {
    const ledger = open();
    for (const id of ['A', 'A-1', 'A1']) {
      await walk(ledger, id, 'planning');
      await ledger.appendTimeline(id, entryOf(id));
    }
    expect(await ledger.listTimeline('A')).toEqual([entryOf('A')]);
  });

  test('takes records far beyond what a property holds, cut nowhere within a character', async () => {
    const ledger = open();
    // Odd lengths put the cuts at each half of the pairs.
    for (const [index, reason] of ['🙂'.repeat(60_000), `x${'🙂'.repeat(60_000)}`].entries()) {
      const request = sampleRequest({ id: `R${index}` });
      const claim = { ...claimOf(`R${index}`), request: { ...request, reason } };
      await ledger.claimRequest(claim, at);
      const record = (await open(`other${tables}`).getRequest(`R${index}`)) as RequestRecord;
      expect(record.request.reason).toBe(reason);
    }
    expect((await verifyLedger(ledger)).problems).toEqual([]);
  });

  test('cuts text between characters, never within one', () => {
    for (const reason of ['🙂'.repeat(40_000), `x${'🙂'.repeat(40_000)}`]) {
      const entity = toEntity('r', reason) as unknown as StoredEntity;
      const chunks = Object.entries(entity).filter(([name]) => name.startsWith('json'));
      expect(chunks.length).toBeGreaterThan(2);
      expect(chunks.every(([, chunk]) => String(chunk).isWellFormed())).toBe(true);
      expect(fromEntity(entity)).toBe(reason);
    }
  });

  test('finds what waits for a decision without looking through all that has ended', async () => {
    const table = newTable();
    const straight = open(table);
    for (const id of ['A', 'B', 'C']) await walk(straight, id, 'planning', 'failed');
    await walk(straight, 'D', 'planning', 'awaiting-approval');
    const queries: string[] = [];
    const proxy = await startFlakyProxy(azurite.port, (_, url) => {
      if (url.includes('$filter')) queries.push(decodeURIComponent(url));
      return 'none';
    });
    onTestFinished(() => proxy.close());
    const waiting = { states: ['awaiting-approval'], pageSize: 10 } as const;
    const { requests } = await open(table, proxy.port).listRequests(waiting);
    expect(requests.map(({ id }) => id)).toEqual(['D']);
    expect(queries).toEqual([expect.stringContaining("RowKey ge 'u:'")]);
  });

  test('lists what does not fit in one answer of the service', async () => {
    const store = new TableStore({ connectionString: azurite.connectionString }, newTable());
    const names = ['x:a', 'x:b', 'x:c', 'x:d', 'x:e'];
    await store.write([...names, 'y:f'].map((name) => ({ create: toEntity(name, name) })));
    const listed: string[] = [];
    for await (const entity of store.list(keyRange('x'), { pageSize: 2 })) {
      listed.push(entity.rowKey);
    }
    expect(listed).toEqual(names);
  });

  test('refuses what no entity can hold, and says so; nothing is written', async () => {
    const ledger = open();
    await walk(ledger, 'A', 'planning');
    const before = await ledger.getRequest('A');
    const leftovers = ['x'.repeat(600_000)];
    await expect(ledger.updateRequest('A', { state: 'failed', leftovers }, later)).rejects.toThrow(
      /has 60\d{4} characters; an entity of Table Storage holds 500000/,
    );
    expect(await ledger.getRequest('A')).toEqual(before);
    expect((await ledger.auditHead()).sequence).toBe(2);
  });

  test('of another version is refused with what to do', async () => {
    const table = newTable();
    await walk(open(table), 'A', 'planning');
    await client(table).updateEntity({ partitionKey, rowKey: 'h', version: '99' }, 'Merge');
    await expect(open(table).getRequest('A')).rejects.toThrow(/version 99.*use another table/s);
  });

  test('is read on where a page was lost', async () => {
    const table = newTable();
    const straight = open(table);
    await Promise.all(
      Array.from({ length: 6 }, (_, index) => walk(straight, `R${index}`, 'planning')),
    );
    let queries = 0;
    const proxy = await startFlakyProxy(azurite.port, (_, url) =>
      url.includes('$filter') && ++queries % 2 === 0 ? 'lose-answer' : 'none',
    );
    onTestFinished(() => proxy.close());
    const ledger = open(table, proxy.port);
    expect(await wholeTrail(ledger, 5)).toEqual(await wholeTrail(straight));
    expect(proxy.happened['lose-answer']).toBeGreaterThan(0);
  });

  test('is shared by processes: three that start on no table claim each id once, and all goes through', async () => {
    const table = newTable();
    const { connectionString } = azurite;
    const processes = new WriterProcesses({ connectionString, table });
    onTestFinished(() => processes.kill());
    const writers = ['a', 'b', 'c'].map((name) => processes.start(0, 12, name));
    await Promise.all(writers.map((each) => each.ended));
    expect(writers.map((each) => each.child.exitCode)).toEqual([0, 0, 0]);
    const claimed = writers
      .flatMap((each) => each.lines)
      .filter((line) => line.endsWith(' claimed'));
    expect(new Set(claimed).size).toBe(12);
    expect(claimed).toHaveLength(12);
    const ledger = open(table);
    expect(await wholeTrail(ledger)).toHaveLength(24);
    expect((await verifyLedger(ledger)).problems).toEqual([]);
  });

  test('is made again when somebody has deleted it while the app runs', async () => {
    const table = newTable();
    const ledger = open(table);
    await walk(ledger, 'A', 'planning');
    await client(table).deleteTable();
    await expect(ledger.getRequest('A')).rejects.toThrow(/TableNotFound|TableNotExist/);
    expect((await ledger.claimRequest(claimOf('B'), at)).status).toBe('claimed');
  });

  test('that is refused says who must be let in, and never the key', async () => {
    const wrong = azurite.connectionString.replace(/AccountKey=[^;]*/, 'AccountKey=c2VjcmV0');
    const ledger = openTableLedger({ connectionString: wrong }, newTable());
    const error = (await ledger.getRequest('A').catch((each: unknown) => each)) as Error;
    expect(error.message).toMatch(/403.*Storage Table Data Contributor/s);
    expect(JSON.stringify(error, Object.getOwnPropertyNames(error))).not.toMatch(
      /c2VjcmV0|Sig|sig=/,
    );
  });
});
