import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import {
  createExistingNetwork,
  documentOf,
  exactly,
  peer,
  unchangedPart,
} from '../support/existing-network.ts';
import {
  associateRequest,
  decision,
  enters,
  eventTypes,
  removeRequest,
  runApproved,
  timelineOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;
let serial = 0;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
});
afterEach(async () => {
  await test.control.clearFaults();
});

/** A fresh VNet with prefixes of its own inside the pool. */
async function existing(): Promise<{ name: string; id: string; prefix: string }> {
  serial += 1;
  const name = `vnet-branch-${serial}`;
  const prefix = `10.2.${serial}.0/24`;
  return { name, prefix, id: await createExistingNetwork(test, name, prefix) };
}

const poolHolds = async (id: string) =>
  (await test.lookUp.associations('corp-centralus')).get(id.toLowerCase());

const putOf = (name: string) => ({ method: 'PUT', path: `/virtualNetworks/${name}$` });

describe('an existing VNet that joins a pool', () => {
  it('is listed by the pool with its own prefixes, and loses nothing', async () => {
    const { name, id, prefix } = await existing();
    const other = await existing();
    await peer(test, name, other.name);
    const before = await documentOf(test, id);
    const record = await runApproved(test, associateRequest(test, 'ASSOC-1', name));

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    expect(record.result).toEqual({
      virtualNetworkId: expect.stringMatching(new RegExp(`/${name}$`)),
      allocations: [expect.objectContaining({ poolAlias: 'corp-centralus', prefixes: [prefix] })],
    });
    expect(await poolHolds(id)).toEqual([prefix]);
    expect(unchangedPart(await documentOf(test, id))).toEqual(unchangedPart(before));
    expect(await eventTypes(test, 'ASSOC-1')).toEqual([
      'request.submitted',
      'request.planned',
      'approval.requested',
      'approval.granted',
      'association.started',
      'association.verifying',
      'association.succeeded',
    ]);
  });

  it('leaves the pool again by a disassociation, with its prefixes', async () => {
    const { name, id, prefix } = await existing();
    const before = await documentOf(test, id);
    await runApproved(test, associateRequest(test, 'ASSOC-2', name));
    const record = await runApproved(
      test,
      removeRequest(test, 'ASSOC-2-OUT', name, 'disassociate'),
    );

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    expect(record.result).toMatchObject({
      mode: 'disassociate',
      alreadyGone: false,
      released: [{ poolAlias: 'corp-centralus', prefixes: [prefix] }],
    });
    expect(await poolHolds(id)).toBeUndefined();
    expect(unchangedPart(await documentOf(test, id))).toEqual(unchangedPart(before));
    expect(await eventTypes(test, 'ASSOC-2-OUT')).toContain('removal.succeeded');
  });

  it('is told everything that hinders it at once', async () => {
    const outside = `vnet-outside-${++serial}`;
    const id = await createExistingNetwork(test, outside, '192.168.7.0/24');
    await test.control.change({ network: { change: 'lock', id, name: 'keep', level: 'ReadOnly' } });
    const request = associateRequest(test, 'ASSOC-3', outside, {
      target: { ...associateRequest(test, 'ASSOC-3', outside).target, location: 'westeurope' },
    });
    await test.send(request);
    const record = await test.runToEnd('ASSOC-3');

    const failed = (record.plan?.findings ?? []).filter(({ status }) => status === 'failed');
    expect([record.state, record.error?.code]).toEqual(['failed', 'PrerequisitesNotMet']);
    expect(failed.map(({ error }) => error?.code).sort()).toEqual(
      expect.arrayContaining(['PrefixNotInPool', 'RegionMismatch', 'VirtualNetworkLocked']),
    );
    for (const { error } of failed) expect(error?.remedy).not.toBe('');
  });

  it('is refused what another VNet holds, and a VNet that does not exist', async () => {
    const first = await existing();
    await runApproved(test, associateRequest(test, 'ASSOC-4', first.name));
    const same = `vnet-same-${++serial}`;
    await createExistingNetwork(test, same, first.prefix);
    await test.send(associateRequest(test, 'ASSOC-5', same));
    const taken = await test.runToEnd('ASSOC-5');
    expect(taken.plan?.findings.find(({ error }) => error?.code === 'PrefixNotFree')).toBeDefined();
    expect(JSON.stringify(taken.error)).toContain(first.name);

    await test.send(associateRequest(test, 'ASSOC-6', 'vnet-nowhere'));
    const missing = await test.runToEnd('ASSOC-6');
    expect([missing.state, missing.error?.code]).toEqual(['failed', 'VirtualNetworkMissing']);
  });

  it('ends as a plan when it was a dry run', async () => {
    const { name, id } = await existing();
    const before = await documentOf(test, id);
    await test.send(associateRequest(test, 'ASSOC-7', name, { dryRun: true }));
    expect((await test.runToEnd('ASSOC-7')).state).toBe('planned');
    expect(await documentOf(test, id)).toEqual(before);
  });
});

describe('an association that cannot be brought to its end', () => {
  it('puts the VNet back as it was when the operation fails', async () => {
    const { name, id } = await existing();
    const before = await documentOf(test, id);
    await test.control.addFault({
      match: { ...putOf(name), times: 1 },
      effect: { failOperation: { code: 'InternalServerError', message: 'A host went down.' } },
    });
    const record = await runApproved(test, associateRequest(test, 'UNDO-1', name));

    expect([record.state, record.error?.code]).toEqual(['failed', 'OperationFailed']);
    expect(exactly(await documentOf(test, id))).toEqual(exactly(before));
    expect(await poolHolds(id)).toBeUndefined();
    expect(await eventTypes(test, 'UNDO-1')).toContain('association.compensated');
    expect((await timelineOf(test, 'UNDO-1')).join('\n')).toContain('compensate-associate');
  });

  it('puts the VNet back when it is cancelled while both sides are looked at', async () => {
    const { name, id } = await existing();
    const before = await documentOf(test, id);
    await test.control.addFault({
      match: { ...putOf(name), times: 1 },
      effect: { delayAssociationMs: 86_400_000 },
    });
    const running = associateRequest(test, 'UNDO-2', name);
    await test.send(running);
    await enters(test, 'UNDO-2', 'awaiting-approval');
    await test.send(decision('UNDO-2', 'approve'));
    await enters(test, 'UNDO-2', 'verifying');
    await test.send(decision('UNDO-2', 'cancel'));
    const record = await test.runToEnd('UNDO-2');

    expect(record.state).toBe('cancelled');
    expect(exactly(await documentOf(test, id))).toEqual(exactly(before));
    expect(await poolHolds(id)).toBeUndefined();
  });

  it('associates the same prefixes again when a disassociation fails', async () => {
    const { name, id, prefix } = await existing();
    await runApproved(test, associateRequest(test, 'UNDO-3', name));
    const associated = await documentOf(test, id);
    await test.control.addFault({
      match: { ...putOf(name), times: 1 },
      effect: { failOperation: { code: 'InternalServerError', message: 'A host went down.' } },
    });
    const record = await runApproved(test, removeRequest(test, 'UNDO-4', name, 'disassociate'));

    expect([record.state, record.error?.code]).toEqual(['failed', 'OperationFailed']);
    expect(await poolHolds(id)).toEqual([prefix]);
    expect(exactly(await documentOf(test, id))).toEqual(exactly(associated));
    expect(await eventTypes(test, 'UNDO-4')).toContain('removal.compensated');
  });
});

describe('somebody else who changes the VNet meanwhile', () => {
  it('keeps the change: a PUT between reading and writing is read again', async () => {
    const { name, id } = await existing();
    await test.control.addFault({
      match: { ...putOf(name), times: 1 },
      effect: { status: 409, code: 'AnotherOperationInProgress' },
    });
    await test.send(associateRequest(test, 'DRIFT-1', name));
    await enters(test, 'DRIFT-1', 'awaiting-approval');
    await test.send(decision('DRIFT-1', 'approve'));
    await enters(test, 'DRIFT-1', 'associating');
    await test.control.change({
      network: { change: 'patchVirtualNetwork', id, tags: { owner: 'somebody else' } },
    });
    const record = await test.runToEnd('DRIFT-1');

    expect(record.state).toBe('succeeded');
    expect((await documentOf(test, id))?.['tags']).toEqual({ owner: 'somebody else' });
  });

  it('is told when the association is dropped again while it is verified', async () => {
    const { name, id } = await existing();
    await test.control.addFault({
      match: { method: 'POST', path: '/listAssociatedResources$', times: 5 },
      effect: { status: 500, code: 'InternalServerError' },
    });
    await test.control.clearFaults();
    await test.control.addFault({
      match: { ...putOf(name), times: 1 },
      effect: { delayAssociationMs: 86_400_000 },
    });
    await test.send(associateRequest(test, 'DRIFT-2', name));
    await enters(test, 'DRIFT-2', 'awaiting-approval');
    await test.send(decision('DRIFT-2', 'approve'));
    await enters(test, 'DRIFT-2', 'verifying');
    await test.control.change({ network: { change: 'disassociate', id } });
    const record = await test.runToEnd('DRIFT-2');

    expect([record.state, record.error?.code]).toEqual(['failed', 'VirtualNetworkChanged']);
    expect((await timelineOf(test, 'DRIFT-2')).join('\n')).toMatch(/await-association failed/);
    expect(await poolHolds(id)).toBeUndefined();
  });

  it('takes over with a VNet of the same name: that one is not touched unless it is approved, too', async () => {
    const { name, id, prefix } = await existing();
    await test.send(associateRequest(test, 'DRIFT-3', name));
    await enters(test, 'DRIFT-3', 'awaiting-approval');
    await test.control.change({
      network: { change: 'replaceVirtualNetwork', id, addressPrefixes: [prefix] },
    });
    const replaced = await documentOf(test, id);
    await test.send(decision('DRIFT-3', 'approve'));
    await test.runUntil(
      'another plan to be asked for',
      async () => (await test.ledger.getRequest('DRIFT-3'))?.plan?.version === 2,
    );
    await test.settle();
    expect((await test.ledger.getRequest('DRIFT-3'))?.state).toBe('awaiting-approval');
    expect(await documentOf(test, id)).toEqual(replaced);

    await test.send(decision('DRIFT-3', 'reject'));
    expect((await test.runToEnd('DRIFT-3')).state).toBe('rejected');
    expect(await documentOf(test, id)).toEqual(replaced);
  });
});
