import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { createExistingNetwork, documentOf, exactly, peer } from '../support/existing-network.ts';
import {
  approveInTurn,
  approver,
  decision,
  enters,
  eventTypes,
  nothing,
  operator,
  otherApprover,
  removeRequest,
  requester,
  runApproved,
  smallRequest,
  timelineOf,
  traceOf,
  virtualNetworkIdOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;

beforeAll(async () => {
  const { landscape, emulatedAzure } = readLandscapeFile();
  // Bounds so tight that waiting for what never comes takes few looks.
  const bounds = { ...landscape.bounds, releaseSeconds: 120, retrySeconds: 60 };
  test = await TestPlatform.start({
    landscapeFile: { landscape: { ...landscape, bounds }, emulatedAzure },
  });
});
afterAll(async () => {
  await test?.close();
});
afterEach(async () => {
  await test.control.clearFaults();
});

/** A VNet that a request created; answers the usage of the pool before it. */
async function allocated(id: string): Promise<{ before: string; name: string }> {
  const before = await test.lookUp.allocated('corp-centralus');
  await test.send(smallRequest(test, id));
  expect((await test.runToEnd(id)).state).toBe('succeeded');
  return { before, name: `vnet-${id.toLowerCase()}` };
}

const deleteOf = (name: string) => ({ method: 'DELETE', path: `/virtualNetworks/${name}$` });

const failedCodes = (record: {
  plan?: { findings: readonly { status: string; error?: { code: string } }[] };
}) =>
  (record.plan?.findings ?? [])
    .filter(({ status }) => status === 'failed')
    .map(({ error }) => error?.code)
    .sort();

describe('a VNet that is deleted on request', () => {
  it('waits for an approval, then is gone in both tenants, and the pool is as before', async () => {
    const { before, name } = await allocated('DEL-1');
    await test.send(removeRequest(test, 'DEL-1-OUT', name));
    await enters(test, 'DEL-1-OUT', 'awaiting-approval');
    expect((await traceOf(test, 'DEL-1')).virtualNetwork).toBeDefined();
    await test.send(decision('DEL-1-OUT', 'approve'));
    const record = await test.runToEnd('DEL-1-OUT');

    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    expect(record.result).toMatchObject({ mode: 'delete', alreadyGone: false });
    expect(await traceOf(test, 'DEL-1')).toEqual(nothing);
    expect(await test.lookUp.allocated('corp-centralus')).toBe(before);
    expect(await eventTypes(test, 'DEL-1-OUT')).toEqual([
      'request.submitted',
      'request.planned',
      'approval.requested',
      'approval.granted',
      'removal.started',
      'removal.verifying',
      'removal.succeeded',
    ]);
  });

  it('that is gone already succeeds without an approval, and says so', async () => {
    const { name } = await allocated('DEL-2');
    await runApproved(test, removeRequest(test, 'DEL-2-OUT', name));
    await test.send(removeRequest(test, 'DEL-2-AGAIN', name));
    const record = await test.runToEnd('DEL-2-AGAIN');

    expect(record.state).toBe('succeeded');
    expect(record.result).toMatchObject({ alreadyGone: true, released: [] });
    expect((await timelineOf(test, 'DEL-2-AGAIN')).at(-1)).toContain('nothing to remove');
  });

  it('is removed without an approval where a rule of the policy says so, and only there', async () => {
    const { landscape, emulatedAzure } = readLandscapeFile();
    const rule = {
      name: 'sandbox-removals',
      operations: ['remove' as const],
      effect: 'auto-approve' as const,
      reason: 'whoever may ask may remove',
    };
    const policy = { ...landscape.policy, rules: [...landscape.policy.rules, rule] };
    const own = await TestPlatform.start({
      landscapeFile: { landscape: { ...landscape, policy }, emulatedAzure },
    });
    try {
      await own.send(smallRequest(own, 'AUTO-1'));
      await own.runToEnd('AUTO-1');
      await own.send(removeRequest(own, 'AUTO-1-OUT', 'vnet-auto-1'));
      expect((await own.runToEnd('AUTO-1-OUT')).state).toBe('succeeded');
      expect(await traceOf(own, 'AUTO-1')).toEqual(nothing);
    } finally {
      await own.close();
    }
  });

  it('keeps its VNet when the request is rejected', async () => {
    const { name } = await allocated('DEL-3');
    await test.send(removeRequest(test, 'DEL-3-OUT', name));
    await enters(test, 'DEL-3-OUT', 'awaiting-approval');
    await test.send(decision('DEL-3-OUT', 'reject'));
    expect((await test.runToEnd('DEL-3-OUT')).state).toBe('rejected');
    expect((await traceOf(test, 'DEL-3')).virtualNetwork).toBeDefined();
  });
});

describe('what hinders a deletion is named, each obstacle', () => {
  it('what is connected to the VNet, what locks it, whom it is peered with', async () => {
    const { name } = await allocated('OBST-1');
    const id = virtualNetworkIdOf('OBST-1');
    const other = await allocated('OBST-2');
    await peer(test, name, other.name);
    const nic = id.replace(/virtualNetworks.*/, 'networkInterfaces/nic-till-7/ipConfigurations/a');
    await test.control.change({
      network: [
        { change: 'useSubnet', id: `${id}/subnets/app`, ipConfigurations: [nic] },
        { change: 'lock', id, name: 'keep', level: 'CanNotDelete' },
      ],
    });
    await test.send(removeRequest(test, 'OBST-1-OUT', name));
    const record = await test.runToEnd('OBST-1-OUT');

    expect([record.state, record.error?.code]).toEqual(['failed', 'PrerequisitesNotMet']);
    expect(failedCodes(record)).toEqual([
      'VirtualNetworkInUse',
      'VirtualNetworkLocked',
      'VirtualNetworkPeered',
    ]);
    for (const named of ['nic-till-7', 'keep', other.name]) {
      expect(record.error?.message).toContain(named);
    }
    expect((await traceOf(test, 'OBST-1')).virtualNetwork).toBeDefined();
  });

  it('a VNet that no request created is refused; only an operator sets that aside', async () => {
    const id = await createExistingNetwork(test, 'vnet-by-hand', '10.3.0.0/24');
    await test.send(removeRequest(test, 'HAND-1', 'vnet-by-hand'));
    expect(failedCodes(await test.runToEnd('HAND-1'))).toEqual(['VirtualNetworkNotOwned']);

    const override = removeRequest(test, 'HAND-2', 'vnet-by-hand', 'delete', { override: true });
    await test.send(override);
    await enters(test, 'HAND-2', 'awaiting-approval');
    // The approval that every removal needs is not enough.
    await approveInTurn(test, 'HAND-2', [approver]);
    await test.send({ ...decision('HAND-2', 'approve'), by: otherApprover });
    await test.settle();
    const [refused] = await test.rejected();
    expect(refused?.applicationProperties?.['rejectReason']).toBe('Unauthorized');
    expect(await documentOf(test, id)).toBeDefined();

    await test.send({ ...decision('HAND-2', 'approve'), by: operator });
    const record = await test.runToEnd('HAND-2');
    expect(record.state).toBe('succeeded');
    expect(await documentOf(test, id)).toBeUndefined();
    expect(record.plan?.change).toMatchObject({ overrides: ['ownership'] });
    expect(await test.ledger.listDecisions('HAND-2')).toMatchObject([
      { decision: 'approve', stage: 'network-platform', by: approver },
      { decision: 'approve', stage: 'operators', by: operator },
    ]);
  });

  it('a forged tag is no proof: the ledger must say the same', async () => {
    await createExistingNetwork(test, 'vnet-forged', '10.3.1.0/24');
    await allocated('FORGE-1');
    await test.control.change({
      network: {
        change: 'patchVirtualNetwork',
        id: virtualNetworkIdOf('').replace(/[^/]+$/, 'vnet-forged'),
        tags: { 'vnet-vending-request': 'FORGE-1' },
      },
    });
    await test.send(removeRequest(test, 'FORGE-2', 'vnet-forged'));
    expect(failedCodes(await test.runToEnd('FORGE-2'))).toContain('VirtualNetworkNotOwned');
  });

  it('a VNet that somebody took out of the pool has left the managed state', async () => {
    const { name } = await allocated('LEFT-1');
    await test.control.change({
      network: { change: 'disassociate', id: virtualNetworkIdOf('LEFT-1') },
    });
    await test.send(removeRequest(test, 'LEFT-1-OUT', name));
    expect(failedCodes(await test.runToEnd('LEFT-1-OUT'))).toEqual(['VirtualNetworkNotManaged']);
  });
});

describe('the peerings of a VNet that is to be deleted', () => {
  it('are taken off on our side when asked to', async () => {
    const { name } = await allocated('PEER-1');
    const other = await allocated('PEER-2');
    await peer(test, name, other.name);
    const record = await runApproved(
      test,
      removeRequest(test, 'PEER-1-OUT', name, 'delete', { detachPeerings: true }),
    );
    expect(record.error).toBeUndefined();
    expect(record.state).toBe('succeeded');
    expect(await traceOf(test, 'PEER-1')).toEqual(nothing);
  });

  it('are put back when Azure refuses the deletion, or named with what to do', async () => {
    const { name } = await allocated('PEER-3');
    const other = await allocated('PEER-4');
    await peer(test, name, other.name);
    await test.control.addFault({
      match: deleteOf(name),
      effect: { status: 400, code: 'InUseSubnetCannotBeDeleted' },
    });
    const record = await runApproved(
      test,
      removeRequest(test, 'PEER-3-OUT', name, 'delete', { detachPeerings: true }),
    );
    // Azure does not let one side alone come back while the other one is Disconnected.
    expect(record.state).toBe('compensation-failed');
    expect(record.leftovers?.join()).toContain(`to-${other.name}`);
    expect(record.error?.remedy).toContain('resume');

    // The other side takes its half off, so that ours can be made again.
    const { client, resourceGroup } = test.lookUp.managedTenant('fabrikam');
    const taken = client.virtualNetworkPeerings.delete(resourceGroup, other.name, `to-${name}`);
    await test.runUntil('the other half to be gone', async () => {
      test.clock.advance(1_000);
      const document = await documentOf(test, virtualNetworkIdOf('PEER-4'));
      return JSON.stringify(document?.['properties']).includes('"virtualNetworkPeerings":[]');
    });
    await taken;
    await test.send({
      id: 'CHG-1',
      operation: 'resume',
      request: 'PEER-3-OUT',
      by: operator,
      reason: 'the other half is gone',
    });
    await enters(test, 'PEER-3-OUT', 'failed');
    const shown = JSON.stringify(await documentOf(test, virtualNetworkIdOf('PEER-3')));
    expect(shown).toContain(`"name":"to-${other.name}"`);
    expect(shown).toContain('"allowForwardedTraffic":true');
  });
});

describe('a deletion that does not come to a plain end', () => {
  it('is told as unverified when the pool does not let go', async () => {
    const { name } = await allocated('SLOW-1');
    await test.control.addFault({
      match: deleteOf(name),
      effect: { delayAssociationMs: 86_400_000 },
    });
    const record = await runApproved(test, removeRequest(test, 'SLOW-1-OUT', name));

    expect([record.state, record.error?.code]).toEqual([
      'removed-release-unverified',
      'ReleaseNotConfirmed',
    ]);
    expect(record.error?.remedy).toContain('new id');
    expect(await eventTypes(test, 'SLOW-1-OUT')).toContain('removal.release-unverified');

    // As the remedy says: the same removal again, once the pool has let go.
    test.clock.advance(86_400_000);
    await test.send(removeRequest(test, 'SLOW-1-AGAIN', name));
    const again = await test.runToEnd('SLOW-1-AGAIN');
    expect([again.state, again.result]).toEqual([
      'succeeded',
      expect.objectContaining({ alreadyGone: true }),
    ]);
  });

  it('leaves everything as it was when the operation fails', async () => {
    const { name } = await allocated('FAIL-1');
    const before = await documentOf(test, virtualNetworkIdOf('FAIL-1'));
    await test.control.addFault({
      match: { ...deleteOf(name), times: 1 },
      effect: { failOperation: { code: 'InternalServerError', message: 'A host went down.' } },
    });
    const record = await runApproved(test, removeRequest(test, 'FAIL-1-OUT', name));
    expect([record.state, record.error?.code]).toEqual(['failed', 'OperationFailed']);
    expect(exactly(await documentOf(test, virtualNetworkIdOf('FAIL-1')))).toEqual(exactly(before));
  });

  it('does not touch a VNet that was put in its place while it waited', async () => {
    const { name } = await allocated('SWAP-1');
    const id = virtualNetworkIdOf('SWAP-1');
    await test.send(removeRequest(test, 'SWAP-1-OUT', name));
    await enters(test, 'SWAP-1-OUT', 'awaiting-approval');
    await test.control.change({
      network: { change: 'replaceVirtualNetwork', id, addressPrefixes: ['10.3.2.0/24'] },
    });
    await test.send(decision('SWAP-1-OUT', 'approve'));
    const record = await test.runToEnd('SWAP-1-OUT');
    expect([record.state, record.error?.code]).toEqual(['failed', 'PrerequisitesNotMet']);
    expect(record.error?.message).toContain('Nothing proves that a request created the VNet');
    expect(await documentOf(test, id)).toBeDefined();
  });

  it('is for a person other than the requester to approve', async () => {
    const { name } = await allocated('FOUR-1');
    await test.send(removeRequest(test, 'FOUR-1-OUT', name));
    await enters(test, 'FOUR-1-OUT', 'awaiting-approval');
    await test.send({ ...decision('FOUR-1-OUT', 'approve'), by: requester });
    await test.settle();
    expect((await test.rejected()).at(-1)?.applicationProperties?.['rejectReason']).toBe(
      'Unauthorized',
    );
    expect((await test.ledger.getRequest('FOUR-1-OUT'))?.state).toBe('awaiting-approval');
  });
});
