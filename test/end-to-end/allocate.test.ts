import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import { allocationsIn } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const approver = {
  name: 'Ben Approver',
  objectId: '44444444-4444-4444-8444-444444444444',
  tenantId: 'a0000000-0000-4000-8000-00000000000a',
};
const requester = {
  name: 'Robin Requester',
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
});

const small = (id: string, virtualNetwork: string) =>
  allocateMessage(test.platform.ready, id, virtualNetwork);

/** Above what the example policy approves by itself. */
const large = (id: string, virtualNetwork: string) => ({
  ...small(id, virtualNetwork),
  requester,
  allocations: [{ pool: 'corp-centralus', prefixLength: 20 }],
});

const virtualNetworkId = (name: string) =>
  `/subscriptions/b0000000-0000-4000-8000-0000000000b1/resourcegroups/rg-payments/providers/microsoft.network/virtualnetworks/${name}`;

async function eventTypes(requestId: string): Promise<string[]> {
  const events = await test.events();
  return events
    .filter((event) => event.subject === requestId)
    .map((event) => event.type.replace(/^com\.vnetvending\.(.*)\.v1$/, '$1'));
}

describe('a request that policy approves', () => {
  it('ends with a prefix that the VNet and the pool both show', async () => {
    await test.send(small('REQ-1', 'vnet-one'));
    const record = await test.runToEnd('REQ-1');

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    const prefixes = allocationsIn(record)?.[0]?.prefixes ?? [];
    expect(prefixes).toEqual(['10.0.0.0/24']);
    const id = virtualNetworkId('vnet-one');
    expect((await test.lookUp.virtualNetworks('fabrikam')).get(id)).toEqual(prefixes);
    expect((await test.lookUp.associations('corp-centralus')).get(id)).toEqual(prefixes);
    await test.settle();
    expect(await eventTypes('REQ-1')).toEqual([
      'request.submitted',
      'request.planned',
      'allocation.started',
      'allocation.verifying',
      'allocation.succeeded',
    ]);
  });

  it('runs once although its message is sent three times under three message ids', async () => {
    for (const delivery of [1, 2, 3]) {
      await test.send(small('REQ-2', 'vnet-two'), `REQ-2-${delivery}`);
    }
    await test.runToEnd('REQ-2');
    await test.settle();

    const puts = (await test.control.requests()).filter(
      ({ method, path }) => method === 'PUT' && path.toLowerCase().endsWith('/vnet-two'),
    );
    expect(puts).toHaveLength(1);
    expect(await eventTypes('REQ-2')).toHaveLength(5);
  });

  it('takes prefixes of both address families for a dual-stack VNet', async () => {
    await test.send({
      ...small('REQ-3', 'vnet-dual'),
      allocations: [
        { pool: 'corp-centralus', numberOfIpAddresses: 144 },
        { pool: 'corp-centralus-v6', prefixLength: 56 },
      ],
      subnets: [
        {
          name: 'app',
          allocations: [
            { pool: 'corp-centralus', numberOfIpAddresses: 64 },
            { pool: 'corp-centralus-v6', prefixLength: 64 },
          ],
        },
      ],
    });
    const record = await test.runToEnd('REQ-3');

    expect(record.error).toBeUndefined();
    const [v4, v6] = allocationsIn(record) ?? [];
    expect(v4?.prefixes.length).toBeGreaterThan(1);
    expect(v6?.prefixes[0]).toMatch(/\/56$/);
  });

  it('deploys nothing in a dry run', async () => {
    await test.send({ ...small('REQ-4', 'vnet-dry'), dryRun: true });
    const record = await test.runToEnd('REQ-4');

    expect(record.state).toBe('planned');
    expect(record.plan?.change.target.virtualNetwork).toBe('vnet-dry');
    expect((await test.lookUp.virtualNetworks('fabrikam')).has(virtualNetworkId('vnet-dry'))).toBe(
      false,
    );
  });
});

describe('a message under an id that was accepted before', () => {
  it('is rejected as a contradiction when its content differs, and the first request stands', async () => {
    await test.send({ ...small('REQ-1', 'vnet-other') }, 'REQ-1-other');
    await test.runUntil('the rejected message', () =>
      Promise.resolve(test.platform.broker.counts('vnet-requests-rejected').active === 1),
    );
    const [rejected] = await test.rejected();

    expect(rejected?.applicationProperties?.['rejectReason']).toBe('Contradiction');
    expect(rejected?.applicationProperties?.['originalMessageId']).toBe('REQ-1-other');
    expect((await test.ledger.getRequest('REQ-1'))?.state).toBe('succeeded');
  });
});

describe('a request that policy does not approve', () => {
  const decide = (request: string, decision: string, by: object = approver) => ({
    operation: 'decide',
    request,
    decision,
    by,
    ...(decision === 'reject' ? { reason: 'use the shared VNet' } : {}),
  });

  const awaitApproval = (id: string) =>
    test.runUntil(`${id} to wait for approval`, async () => {
      await test.settle();
      return (await test.ledger.getRequest(id))?.state === 'awaiting-approval';
    });

  it('waits, and is deployed once an approver approves it', async () => {
    await test.send(large('REQ-10', 'vnet-large'));
    await awaitApproval('REQ-10');
    await test.send(decide('REQ-10', 'approve'));
    const record = await test.runToEnd('REQ-10');

    expect(record.state).toBe('succeeded');
    expect(allocationsIn(record)?.[0]?.prefixes[0]).toMatch(/\/20$/);
    await test.settle();
    expect(await eventTypes('REQ-10')).toEqual([
      'request.submitted',
      'request.planned',
      'approval.requested',
      'approval.granted',
      'allocation.started',
      'allocation.verifying',
      'allocation.succeeded',
    ]);
  });

  it('ends rejected, with the reason, when an approver rejects it', async () => {
    await test.send(large('REQ-11', 'vnet-rejected'));
    await awaitApproval('REQ-11');
    await test.send(decide('REQ-11', 'reject'));
    const record = await test.runToEnd('REQ-11');

    expect(record.state).toBe('rejected');
    expect(record.error?.message).toContain('use the shared VNet');
  });

  it('ends cancelled when it is cancelled while it waits', async () => {
    await test.send(large('REQ-12', 'vnet-cancelled'));
    await awaitApproval('REQ-12');
    await test.send(decide('REQ-12', 'cancel', requester));
    expect((await test.runToEnd('REQ-12')).state).toBe('cancelled');
  });

  it('ends expired when nobody decides within the time limit', { timeout: 120_000 }, async () => {
    await test.send(large('REQ-13', 'vnet-expired'));
    await awaitApproval('REQ-13');
    const record = await test.runToEnd('REQ-13');

    expect(record.state).toBe('expired');
    const waitedMs = Date.parse(record.updatedAt) - Date.parse(record.plan?.madeAt ?? '');
    expect(waitedMs).toBeGreaterThanOrEqual(72 * 3600 * 1000);
    expect(waitedMs).toBeLessThan(72 * 3600 * 1000 + 60_000);
  });

  it('cannot be approved by its own requester, whatever the mail address', async () => {
    await test.send(large('REQ-14', 'vnet-self'));
    await awaitApproval('REQ-14');
    await test.send(
      decide('REQ-14', 'approve', { ...requester, name: 'Somebody else', email: 'x@y.example' }),
    );
    await test.runUntil('the rejected decision', async () => {
      await test.settle();
      return test.platform.broker.counts('vnet-requests-rejected').active === 1;
    });
    const [rejected] = await test.rejected();

    expect(rejected?.applicationProperties?.['rejectReason']).toBe('Unauthorized');
    expect((await test.ledger.getRequest('REQ-14'))?.state).toBe('awaiting-approval');
    await test.send(decide('REQ-14', 'cancel'));
    await test.runToEnd('REQ-14');
  });

  it('can be decided although the wake-up of the workflow was lost', async () => {
    await test.send(large('REQ-15', 'vnet-late'));
    await awaitApproval('REQ-15');
    const record = await test.ledger.getRequest('REQ-15');
    await test.ledger.recordDecision({
      id: 'decision-behind-its-back',
      requestId: 'REQ-15',
      decision: 'approve',
      by: approver,
      channel: 'queue',
      stage: 'network-platform',
      planHash: record?.plan?.planHash ?? '',
      at: new Date().toISOString(),
    });
    expect((await test.runToEnd('REQ-15')).state).toBe('succeeded');
  });
});

describe('two requests for the same VNet', () => {
  it('end with one VNet: the later one is refused, naming the other or the VNet', async () => {
    await test.send(small('REQ-20', 'vnet-same'));
    await test.send(small('REQ-21', 'vnet-same'));
    const records = [await test.runToEnd('REQ-20'), await test.runToEnd('REQ-21')];

    expect(records.filter(({ state }) => state === 'succeeded')).toHaveLength(1);
    const refused = records.find(({ state }) => state === 'failed');
    expect(['VirtualNetworkBusy', 'VirtualNetworkExists', 'PrerequisitesNotMet']).toContain(
      refused?.error?.code,
    );
    const owners = await test.lookUp.associations('corp-centralus');
    expect([...owners.keys()].filter((id) => id.endsWith('/vnet-same'))).toHaveLength(1);
  });
});
