import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { createExistingNetwork } from '../support/existing-network.ts';
import {
  associateRequest,
  decision,
  enters,
  nothing,
  putOfVirtualNetwork,
  removeRequest,
  smallRequest,
  traceOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
});
afterEach(async () => {
  await test.control.clearFaults();
});

const endOf = async (id: string) => {
  const { state, error } = await test.runToEnd(id);
  return [state, error?.code];
};

describe('one running request per VNet', () => {
  it('of two that race for a name one gets it, and the event of the other says why not', async () => {
    await Promise.all(
      ['RACE-1', 'RACE-2'].map((id) => test.send(smallRequest(test, id, 'vnet-race'))),
    );
    const ends = [await endOf('RACE-1'), await endOf('RACE-2')];
    const lost = ends.findIndex(([state]) => state === 'failed');

    expect(ends.map(([state]) => state).sort()).toEqual(['failed', 'succeeded']);
    expect(['VirtualNetworkBusy', 'PrerequisitesNotMet', 'VirtualNetworkExists']).toContain(
      ends[lost]?.[1],
    );
    await test.settle();
    const told = (await test.events()).find(
      ({ subject, type }) => subject === `RACE-${lost + 1}` && type.includes('allocation.failed'),
    );
    expect(JSON.stringify(told?.data)).toMatch(/is running for the VNet|was not created by/);
    expect(
      [...(await test.lookUp.associations('corp-centralus')).keys()].filter((id) =>
        id.endsWith('/vnet-race'),
      ),
    ).toHaveLength(1);
  });

  it('a removal that races the allocation is refused, and succeeds once that has ended', async () => {
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { delayAssociationMs: 120_000 },
    });
    await test.send(smallRequest(test, 'RACE-3'));
    await enters(test, 'RACE-3', 'verifying');
    await test.send(removeRequest(test, 'RACE-3-OUT', 'vnet-race-3'));
    const [state, code] = await endOf('RACE-3-OUT');
    // The VNet is not what a request made of it before that request has succeeded.
    expect([state, code]).toEqual(['failed', 'PrerequisitesNotMet']);
    expect(await endOf('RACE-3')).toEqual(['succeeded', undefined]);

    await test.send(removeRequest(test, 'RACE-3-LATER', 'vnet-race-3'));
    await enters(test, 'RACE-3-LATER', 'awaiting-approval');
    await test.send(decision('RACE-3-LATER', 'approve'));
    expect(await endOf('RACE-3-LATER')).toEqual(['succeeded', undefined]);
    expect(await traceOf(test, 'RACE-3')).toEqual(nothing);
  });

  it('of two removals that were both approved one runs, and the other is told which', async () => {
    await test.send(smallRequest(test, 'RACE-4'));
    await test.runToEnd('RACE-4');
    await test.control.addFault({
      match: { method: 'DELETE', path: '/virtualNetworks/vnet-race-4$', times: 3 },
      effect: { status: 429, code: 'TooManyRequests', headers: { 'Retry-After': '20' } },
    });
    for (const id of ['RACE-4-A', 'RACE-4-B']) {
      await test.send(removeRequest(test, id, 'vnet-race-4'));
      await enters(test, id, 'awaiting-approval');
    }
    await test.send(decision('RACE-4-A', 'approve'));
    await enters(test, 'RACE-4-A', 'removing');
    await test.send(decision('RACE-4-B', 'approve'));
    const second = await test.runToEnd('RACE-4-B');
    expect([second.state, second.error?.code]).toEqual(['failed', 'VirtualNetworkBusy']);
    expect(second.error?.message).toContain('RACE-4-A');
    expect(await endOf('RACE-4-A')).toEqual(['succeeded', undefined]);
  });

  it('an association and a deletion of one VNet do not meet', async () => {
    await createExistingNetwork(test, 'vnet-race-5', '10.4.0.0/24');
    const put = { method: 'PUT', path: '/virtualNetworks/vnet-race-5$', times: 2 };
    await test.control.addFault({
      match: put,
      effect: { status: 429, code: 'TooManyRequests', headers: { 'Retry-After': '20' } },
    });
    await test.send(associateRequest(test, 'RACE-5-IN', 'vnet-race-5'));
    await test.send(removeRequest(test, 'RACE-5-OUT', 'vnet-race-5', 'disassociate'));
    await enters(test, 'RACE-5-IN', 'awaiting-approval');
    // There is nothing to disassociate yet.
    expect(await endOf('RACE-5-OUT')).toEqual(['succeeded', undefined]);
    await test.send(decision('RACE-5-IN', 'approve'));
    await enters(test, 'RACE-5-IN', 'associating');
    await test.send(removeRequest(test, 'RACE-5-LATER', 'vnet-race-5', 'disassociate'));
    expect((await endOf('RACE-5-LATER'))[0]).toBe('failed');
    expect(await endOf('RACE-5-IN')).toEqual(['succeeded', undefined]);
  });
});
