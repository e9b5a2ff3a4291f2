import { existsSync } from 'node:fs';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { openTableLedger } from '../../src/ledger/table-ledger.ts';
import { trailOf, verifyLedger } from '../../src/ledger/verify-ledger.ts';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import type { AuditEntry } from '../../src/model/audit.ts';
import { type Azurite, startAzurite } from '../support/azurite.ts';
import { allocationsIn } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const table = 'vnetvending';
let azurite: Azurite;
let test: TestPlatform;

beforeAll(async () => {
  azurite = await startAzurite();
  const { connectionString } = azurite;
  test = await TestPlatform.start({
    settings: { VNETV_LEDGER_TABLE_CONNECTION: connectionString, VNETV_LEDGER_TABLE: table },
    ledger: openTableLedger({ connectionString }, table),
  });
});

afterAll(async () => {
  await test?.close();
  await azurite?.close();
});

/** Above what the example policy approves by itself. */
const large = (id: string, virtualNetwork: string) => ({
  ...allocateMessage(test.platform.ready, id, virtualNetwork),
  requester: {
    name: 'Robin Requester',
    objectId: '22222222-2222-4222-8222-222222222222',
    tenantId: 'b0000000-0000-4000-8000-00000000000b',
  },
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
});

describe('a platform whose ledger is a table', () => {
  it('allocates a VNet after an approval, and its audit trail tells it all', async () => {
    await test.send(large('TAB-1', 'vnet-table'));
    await test.runUntil(
      'the approval',
      async () => (await test.ledger.getRequest('TAB-1'))?.state === 'awaiting-approval',
    );
    const waiting = await test.ledger.listRequests({ states: ['awaiting-approval'], pageSize: 5 });
    expect(waiting.requests.map(({ id, tenant }) => [id, tenant])).toEqual([['TAB-1', 'fabrikam']]);
    await test.send({
      operation: 'decide',
      id: 'APP-1',
      request: 'TAB-1',
      decision: 'approve',
      planHash: waiting.requests[0]?.plan?.planHash,
      by: {
        name: 'Ben Approver',
        objectId: '44444444-4444-4444-8444-444444444444',
        tenantId: 'a0000000-0000-4000-8000-00000000000a',
      },
    });
    const record = await test.runToEnd('TAB-1');
    await test.settle();

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    const pool = await test.lookUp.associations('corp-centralus');
    expect([...pool.values()]).toEqual([allocationsIn(record)?.[0]?.prefixes]);
    expect(await test.ledger.listUnfinishedRequests()).toEqual([]);

    const trail: AuditEntry[] = [];
    for await (const entry of trailOf(test.ledger)) trail.push(entry);
    const told = trail.map(({ kind, state, facts }) => facts['decision'] ?? `${kind} ${state}`);
    expect(told).toEqual(
      expect.arrayContaining([
        'request-claimed received',
        'request-changed awaiting-approval',
        'approve',
        'request-changed deploying',
        'request-changed succeeded',
      ]),
    );
    expect(trail).toHaveLength((await test.ledger.getRequest('TAB-1'))?.revision ?? 0);
    expect((await verifyLedger(test.ledger)).problems).toEqual([]);
    expect(existsSync(test.platform.ledgerFile)).toBe(false);
  });
});
