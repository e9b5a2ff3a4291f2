import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import {
  decision,
  enters,
  eventTypes,
  largeRequest,
  nothing,
  putOfVirtualNetwork,
  smallRequest,
  traceOf,
  virtualNetworkIdOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;
let poolId: string;

beforeAll(async () => {
  const { landscape, emulatedAzure } = readLandscapeFile();
  // Bounds so tight that waiting for what never comes takes few looks.
  const bounds = { ...landscape.bounds, releaseSeconds: 60 };
  test = await TestPlatform.start({
    landscapeFile: { landscape: { ...landscape, bounds }, emulatedAzure },
  });
  poolId = test.platform.ready.landscape.pools[0]?.id ?? '';
});
afterAll(async () => {
  await test?.close();
});
afterEach(async () => {
  await test.control.clearFaults();
});

/** The VNet is there, but its pool does not list it yet: the workflow waits for both to agree. */
async function waitForAgreement(id: string): Promise<void> {
  await test.control.addFault({
    match: putOfVirtualNetwork,
    effect: { delayAssociationMs: 86_400_000 },
  });
  await test.send(smallRequest(test, id));
  await enters(test, id, 'verifying');
}

describe('a VNet that somebody changes while the workflow runs', () => {
  it('is left alone when it lost the tag, and the request is parked: it may be ours', async () => {
    await waitForAgreement('TAG-1');
    await test.control.change({
      network: { change: 'patchVirtualNetwork', id: virtualNetworkIdOf('TAG-1'), tags: {} },
    });
    const record = await test.runToEnd('TAG-1');

    expect(record.state).toBe('compensation-failed');
    expect(record.leftovers?.join()).toContain('vnet-tag-1');
    expect((await traceOf(test, 'TAG-1')).virtualNetwork).toBeDefined();
    expect(await eventTypes(test, 'TAG-1')).toContain('allocation.compensation-failed');
  });

  it('ends the request failed, with nothing left, when it was deleted', async () => {
    await waitForAgreement('GONE-1');
    await test.control.change({
      network: { change: 'deleteVirtualNetwork', id: virtualNetworkIdOf('GONE-1') },
    });
    const record = await test.runToEnd('GONE-1');

    expect([record.state, record.error?.code]).toEqual(['failed', 'OperationFailed']);
    expect(await traceOf(test, 'GONE-1')).toEqual(nothing);
  });

  it('parks the request when it was deleted but its pool keeps the allocation', async () => {
    await waitForAgreement('KEPT-1');
    await test.control.change({
      network: {
        change: 'deleteVirtualNetwork',
        id: virtualNetworkIdOf('KEPT-1'),
        keepAllocation: true,
      },
    });
    // By now the pool lists it.
    test.clock.advance(86_400_000);
    const record = await test.runToEnd('KEPT-1');

    expect(record.state).toBe('compensation-failed');
    expect(record.leftovers).toEqual([
      expect.stringMatching(/^the allocation 10\.[\d./]+ of the pool corp-centralus for it$/),
    ]);
    expect(await traceOf(test, 'KEPT-1')).toMatchObject({
      virtualNetwork: undefined,
      association: [expect.any(String)],
    });
  });
});

describe('what changes between plan and PUT', () => {
  it('is told as an exhausted pool when the pool ran dry', async () => {
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { status: 409, code: 'AnotherOperationInProgress' },
    });
    await test.send(smallRequest(test, 'DRY-1'));
    await enters(test, 'DRY-1', 'deploying');
    await test.control.change({ network: { change: 'fillPool', pool: poolId } });
    const record = await test.runToEnd('DRY-1');
    await test.control.change({
      network: { change: 'deleteStaticCidr', pool: poolId, name: 'filler' },
    });

    expect([record.state, record.error?.code]).toEqual(['failed', 'PoolExhausted']);
    expect(record.error?.cause).toContain('IpamOperationRefused');
    expect(await traceOf(test, 'DRY-1')).toEqual(nothing);
  });

  it('stops an approved request whose role was taken away meanwhile', async () => {
    await test.send(largeRequest(test, 'ROLE-1'));
    await enters(test, 'ROLE-1', 'awaiting-approval');
    await test.control.change({ roleAssignments: { drop: [{ role: 'IPAM Pool User' }] } });
    await test.send(decision('ROLE-1', 'approve'));
    const record = await test.runToEnd('ROLE-1');

    expect([record.state, record.error?.code]).toEqual(['failed', 'PrerequisitesNotMet']);
    expect(record.error?.remedy).toContain('IPAM Pool User');
    expect(await traceOf(test, 'ROLE-1')).toEqual(nothing);
  });
});
