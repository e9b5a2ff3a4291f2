import { describe, expect, it } from 'vitest';
import { trackUpdate } from '../../src/activities/associate/track-update.ts';
import { confirmUndoneDisassociation } from '../../src/activities/remove/confirm-undone-disassociation.ts';
import { disassociateVirtualNetwork } from '../../src/activities/remove/disassociate-virtual-network.ts';
import { undoDisassociation } from '../../src/activities/remove/undo-disassociation.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds, sampleRemoveRequest } from '../model/samples.ts';
import { dropByHand, exactly } from './association-bench.ts';
import {
  type AzureInMemory,
  refused,
  requestId,
  sampleNetwork,
  sampleSubnet,
  startWorkbenchOf,
  stepInput,
  virtualNetworkId,
} from './workbench.ts';

const allocationOf = (numberOfIpAddresses: string, prefix: string) => [
  { poolId: poolIds.ipv4, numberOfIpAddresses, prefixes: [prefix] },
];

/** A VNet with an association, one of whose subnets takes its prefix of the pool as well. */
function associated(azure: AzureInMemory): void {
  azure.virtualNetwork = sampleNetwork({
    allocations: allocationOf('128', '10.0.0.0/25'),
    subnets: [
      sampleSubnet({ allocations: allocationOf('32', '10.0.0.0/27') }),
      sampleSubnet({ name: 'plain', addressPrefixes: ['10.0.0.32/27'] }),
    ],
  });
  azure.wire['fromTheFuture'] = { deep: [1] };
  azure.associations.set(poolIds.ipv4, [
    { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
  ]);
}

/** The sample disassociation, approved and under way. */
async function start() {
  const bench = await startWorkbenchOf(sampleRemoveRequest({ mode: 'disassociate' }));
  associated(bench.azure);
  const before = structuredClone(bench.azure.document);
  const planHash = await bench.plan();
  await bench.become('removing');
  const input = { ...stepInput, step: 'disassociate', planHash };
  const disassociate = () => disassociateVirtualNetwork(input, bench.dependencies);
  const undo = () => undoDisassociation({ ...stepInput, step: 'undo' }, bench.dependencies);
  const confirm = () => confirmUndoneDisassociation(stepInput, bench.dependencies);
  return { ...bench, before, disassociate, undo, confirm };
}

/** The same, once Azure has accepted it and it is being taken back. */
async function compensating() {
  const bench = await start();
  expect(await bench.disassociate()).toMatchObject({ ok: true });
  bench.azure.writes.length = 0;
  await bench.become('compensating');
  return bench;
}

describe('a disassociation', () => {
  it('is one PUT that keeps the prefixes and drops all allocations, and nothing else', async () => {
    const { azure, before, disassociate, timeline } = await start();
    expect(await disassociate()).toEqual(success({}));
    expect(azure.writes).toEqual(['PUT the-etag']);
    expect(azure.virtualNetwork).toMatchObject({
      addressPrefixes: ['10.0.0.0/25'],
      allocations: [],
      subnets: [
        { addressPrefixes: ['10.0.0.0/27'], allocations: [] },
        { addressPrefixes: ['10.0.0.32/27'], allocations: [] },
      ],
    });
    const rest = structuredClone(before);
    delete rest?.['properties'].addressSpace.ipamPoolPrefixAllocations;
    delete rest?.['properties'].subnets[0].properties.ipamPoolPrefixAllocations;
    expect(exactly(azure.document)).toEqual(exactly(rest));
    expect((await timeline()).at(-1)).toContain('accepted to drop the association');
  });

  it('leaves in the ledger, before the PUT, what it drops', async () => {
    const { azure, disassociate, ledger } = await start();
    let known: Readonly<Record<string, string>> | undefined;
    azure.updateVirtualNetwork = async () => {
      known = await ledger.getStepState(requestId, 'disassociate');
      throw new Error('the process dies');
    };
    await expect(disassociate()).rejects.toThrow();
    expect(known).toMatchObject({ outcome: 'unknown' });
    expect(JSON.parse(known?.['dropped'] ?? '')).toMatchObject({
      virtualNetwork: [{ numberOfIpAddresses: '128', pool: { id: poolIds.ipv4 } }],
      subnets: [{ name: 'app', allocations: [{ numberOfIpAddresses: '32' }] }],
    });
  });

  it('is not sent twice, and keeps what it dropped', async () => {
    const { azure, become, before, disassociate, undo } = await start();
    await disassociate();
    expect(await disassociate()).toEqual(success({}));
    expect(azure.writes).toHaveLength(1);
    await become('compensating');
    await undo();
    expect(exactly(azure.document)).toEqual(exactly(before));
  });

  it('is found done when the answer was lost', async () => {
    const { azure, disassociate } = await start();
    const { updateVirtualNetwork } = azure;
    azure.updateVirtualNetwork = async (...call) => {
      await updateVirtualNetwork(...call);
      return refused('AzureUnavailable');
    };
    expect(await disassociate()).toMatchObject({ error: { code: 'AzureUnavailable' } });
    expect(await disassociate()).toEqual(success({}));
    expect(azure.writes).toHaveLength(1);
  });

  it('that somebody else has made already succeeds and says so', async () => {
    const bench = await start();
    dropByHand(bench);
    delete bench.azure.wire['properties'].subnets[0].properties.ipamPoolPrefixAllocations;
    expect(await bench.disassociate()).toEqual(success({}));
    expect(bench.azure.writes).toEqual([]);
    expect((await bench.timeline()).at(-1)).toContain('nothing to drop');
    await bench.become('compensating');
    expect(await bench.undo()).toEqual(success({}));
    expect(await bench.confirm()).toMatchObject({ value: { done: true } });
    expect(bench.azure.writes).toEqual([]);
  });

  it.each<[string, (azure: AzureInMemory) => void]>([
    [
      'gone',
      (azure) => {
        azure.virtualNetwork = null;
      },
    ],
    [
      'another one',
      (azure) => {
        azure.wire['properties'].resourceGuid = 'guid-2';
      },
    ],
    [
      'one with more of the pool',
      (azure) => {
        azure.wire[
          'properties'
        ].addressSpace.ipamPoolPrefixAllocations[0].allocatedAddressPrefixes.push('10.5.0.0/24');
      },
    ],
    [
      'one with another pool',
      (azure) => {
        azure.wire['properties'].addressSpace.ipamPoolPrefixAllocations.push({
          pool: { id: poolIds.ipv6 },
        });
      },
    ],
  ])('is not begun for a VNet that is %s now', async (_what, change) => {
    const { azure, disassociate } = await start();
    change(azure);
    expect(await disassociate()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
    expect(azure.writes).toEqual([]);
  });

  it('is not begun for a request that is over, cancelled, or planned otherwise', async () => {
    const late = await start();
    await late.become('compensating');
    expect(await late.disassociate()).toMatchObject({ error: { code: 'Unexpected' } });
    const cancelled = await start();
    await cancelled.decide('cancel');
    expect(await cancelled.disassociate()).toMatchObject({ error: { code: 'Cancelled' } });
    const other = await start();
    const input = { ...stepInput, planHash: 'another' };
    expect(await disassociateVirtualNetwork(input, other.dependencies)).toMatchObject({
      error: { code: 'PlanChanged' },
    });
    for (const { azure } of [late, cancelled, other]) expect(azure.writes).toEqual([]);
  });

  it('waits for a VNet that somebody is changing, and reads again what changed', async () => {
    const { azure, disassociate } = await start();
    azure.wire['properties'].provisioningState = 'Updating';
    expect(await disassociate()).toMatchObject({ error: { code: 'ResourceBusy' } });
    azure.wire['properties'].provisioningState = 'Succeeded';
    azure.updateVirtualNetwork = async () => refused('PreconditionFailed');
    expect(await disassociate()).toMatchObject({ error: { code: 'ResourceBusy' } });
  });
});

it('a VNet that a disassociation made anew, because it was deleted meanwhile, is for people to judge', async () => {
  const { azure, become, dependencies, disassociate, undo } = await start();
  const { updateVirtualNetwork } = azure;
  azure.updateVirtualNetwork = async (...call) => {
    const put = await updateVirtualNetwork(...call);
    azure.wire['properties'].resourceGuid = 'guid-made';
    return put.ok ? success({ ...put.value, resourceGuid: 'guid-made' }) : put;
  };
  expect(await disassociate()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
  await become('compensating');
  azure.writes.length = 0;
  expect(await undo()).toMatchObject({
    error: { code: 'VirtualNetworkChanged', message: expect.stringContaining('made it anew') },
  });
  const resumed = { ...stepInput, step: 'undo', resumption: 1 };
  expect(await undoDisassociation(resumed, dependencies)).toEqual(success({}));
  expect(azure.writes).toEqual([]);
});

describe('the compensation of a disassociation', () => {
  it('associates the same prefixes again, and keeps what others changed', async () => {
    const { azure, before, confirm, timeline, undo } = await compensating();
    azure.wire['tags'] = { owner: 'somebody else' };
    expect(await undo()).toEqual(success({}));
    expect(azure.writes).toHaveLength(1);
    expect(exactly(azure.document)).toEqual(
      exactly({ ...before, tags: { owner: 'somebody else' } }),
    );
    expect(azure.associations.get(poolIds.ipv4)).toEqual([
      { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
    ]);
    expect(await confirm()).toMatchObject({ value: { done: true } });
    expect((await timeline()).join('\n')).toContain('associate 10.0.0.0/25 again');
  });

  it('has nothing to do for a VNet that has the association still', async () => {
    const { azure, become, confirm, disassociate, timeline, undo } = await start();
    azure.updateVirtualNetwork = async () => refused('AzureUnavailable');
    await disassociate();
    await become('compensating');
    expect(await undo()).toEqual(success({}));
    expect((await timeline()).at(-1)).toContain('has the association');
    expect(await confirm()).toMatchObject({ value: { done: true } });
  });

  it.each(['Updating', 'Failed'])(
    'goes ahead with a VNet that the disassociation left %s',
    async (provisioningState) => {
      const { azure, undo } = await compensating();
      azure.wire['properties'].provisioningState = provisioningState;
      expect(await undo()).toEqual(success({}));
      expect(azure.virtualNetwork?.allocations).toHaveLength(1);
    },
  );

  it('is not sent twice, and looks at no operation of an earlier run', async () => {
    const { azure, dependencies, undo } = await compensating();
    await undo();
    expect(await undo()).toEqual(success({}));
    expect(azure.writes).toHaveLength(1);
    azure.pollOperation = async () => refused('OperationFailed');
    const track = { ...stepInput, of: 'undo-disassociation' as const };
    expect(await trackUpdate(track, dependencies)).toMatchObject({ value: { done: true } });
  });

  it('is sent again when its operation failed: the VNet has the association, but is Failed', async () => {
    const { azure, undo } = await compensating();
    await undo();
    azure.writes.length = 0;
    azure.wire['properties'].provisioningState = 'Failed';
    expect(await undo()).toEqual(success({}));
    expect(azure.writes).toHaveLength(1);
  });

  it('that runs again while its PUT is under way waits for it all the same', async () => {
    const { azure, dependencies, undo } = await compensating();
    await undo();
    azure.wire['properties'].provisioningState = 'Updating';
    azure.pollOperation = async () => success({ status: 'running', retryAfterSeconds: 10 });
    expect(await undo()).toEqual(success({}));
    const track = { ...stepInput, of: 'undo-disassociation' as const };
    expect(await trackUpdate(track, dependencies)).toMatchObject({ value: { done: false } });
  });

  it.each<[string, (azure: AzureInMemory) => void, string]>([
    [
      'is gone',
      (azure) => {
        azure.virtualNetwork = null;
      },
      'is gone',
    ],
    [
      'is another one',
      (azure) => {
        azure.wire['properties'].resourceGuid = 'guid-2';
      },
      'it stays as it is',
    ],
  ])('has nothing to do for a VNet that %s', async (_what, change, words) => {
    const { azure, confirm, timeline, undo } = await compensating();
    change(azure);
    expect(await undo()).toEqual(success({}));
    expect((await timeline()).at(-1)).toContain(words);
    expect(await confirm()).toMatchObject({ value: { done: true } });
    expect(azure.writes).toEqual([]);
  });

  it('never lets the pool give other prefixes to a VNet that has lost its own', async () => {
    const { azure, undo } = await compensating();
    azure.wire['properties'].addressSpace.addressPrefixes = ['192.168.0.0/24'];
    expect(await undo()).toMatchObject({
      error: {
        code: 'VirtualNetworkChanged',
        kind: 'operator',
        message: expect.stringContaining('10.0.0.0/25 cannot be associated again'),
      },
    });
    expect(azure.writes).toEqual([]);
  });

  it('names who has got the space meanwhile: only a person can cure that', async () => {
    const { azure, undo } = await compensating();
    const usage = await azure.getPoolUsage(poolIds.ipv4);
    if (!usage.ok) throw new Error('unreachable');
    azure.getPoolUsage = async () => success({ ...usage.value, availableAddressPrefixes: [] });
    azure.associations.set(poolIds.ipv4, [{ resourceId: 'other', prefixes: ['10.0.0.64/26'] }]);
    azure.updateVirtualNetwork = async () => refused('AzureRefused');
    expect(await undo()).toMatchObject({
      error: {
        code: 'PrefixNotFree',
        kind: 'operator',
        message: expect.stringContaining('belongs to other'),
      },
    });
  });

  it('has nothing to do when the PUT was refused', async () => {
    const { azure, become, disassociate, timeline, undo } = await start();
    azure.updateVirtualNetwork = async () => refused('VirtualNetworkLocked');
    await disassociate();
    await become('compensating');
    expect(await undo()).toEqual(success({}));
    expect((await timeline()).at(-1)).toContain('has dropped nothing');
  });

  it('of a run that comes late undoes nothing', async () => {
    const { azure, become, undo } = await compensating();
    await become('failed');
    expect(await undo()).toMatchObject({ error: { code: 'Unexpected' } });
    expect(azure.writes).toEqual([]);
  });

  it.each<ErrorCode>(['Throttled', 'AzureUnavailable'])(
    'hands on what passes: %s',
    async (code) => {
      const { azure, confirm, undo } = await compensating();
      azure.readVirtualNetwork = async () => refused(code);
      expect(await undo()).toMatchObject({ error: { code } });
      azure.getVirtualNetwork = async () => refused(code);
      expect(await confirm()).toMatchObject({ error: { code } });
    },
  );

  it('is confirmed only when the pool lists the VNet again, with the same prefixes', async () => {
    const { azure, confirm, timeline, undo } = await compensating();
    await undo();
    azure.associations.clear();
    expect(await confirm()).toEqual(
      success({ done: false, waitsFor: expect.stringContaining('does not list the VNet') }),
    );
    expect((await timeline()).at(-1)).toContain('does not list the VNet');
    azure.associations.set(poolIds.ipv4, [
      { resourceId: virtualNetworkId, prefixes: ['10.0.9.0/25'] },
    ]);
    expect(await confirm()).toMatchObject({
      error: { code: 'AllocationInvalid', kind: 'operator' },
    });
  });

  it('tells that somebody has dropped it once more', async () => {
    const bench = await compensating();
    await bench.undo();
    dropByHand(bench);
    expect(await bench.confirm()).toMatchObject({
      error: { code: 'VirtualNetworkChanged', kind: 'operator' },
    });
  });
});
