import { describe, expect, it } from 'vitest';
import { confirmUndoneAssociation } from '../../src/activities/associate/confirm-undone-association.ts';
import { trackUpdate } from '../../src/activities/associate/track-update.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds } from '../model/samples.ts';
import {
  type AssociationBench,
  associated,
  dropByHand,
  exactly,
  startAssociation,
} from './association-bench.ts';
import { refused, stepInput, virtualNetworkId } from './workbench.ts';

describe('the compensation of an association', () => {
  const confirm = ({ dependencies }: AssociationBench) =>
    confirmUndoneAssociation(stepInput, dependencies);

  /** An association that is being taken back. */
  async function undone() {
    const bench = await associated();
    await bench.become('compensating');
    return bench;
  }

  it('puts the VNet back exactly as it was, in one PUT', async () => {
    const bench = await undone();
    expect(await confirm(bench)).toMatchObject({ value: { done: false } });
    expect(await bench.undo()).toEqual(success({}));
    expect(bench.azure.writes).toHaveLength(1);
    expect(exactly(bench.azure.document)).toEqual(exactly(bench.before));
    expect(bench.azure.associations.get(poolIds.ipv4)).toEqual([]);
    expect(await confirm(bench)).toMatchObject({ value: { done: true } });
    expect((await bench.timeline()).join('\n')).toContain('put vnet-payments back as it was');
  });

  it('keeps what others have changed meanwhile', async () => {
    const bench = await undone();
    const { wire } = bench.azure;
    wire['tags'] = { owner: 'somebody else' };
    wire['properties'].subnets.push({
      name: 'later',
      properties: {
        addressPrefixes: ['10.0.0.64/27'],
        ipamPoolPrefixAllocations: [{ pool: { id: poolIds.ipv4 }, numberOfIpAddresses: '32' }],
      },
    });
    await bench.undo();
    expect(bench.azure.virtualNetwork?.tags).toEqual({ owner: 'somebody else' });
    expect(bench.azure.virtualNetwork?.subnets.at(-1)).toMatchObject({
      name: 'later',
      addressPrefixes: ['10.0.0.64/27'],
      allocations: [],
    });
    expect(await confirm(bench)).toMatchObject({ value: { done: true } });
  });

  it.each([
    ['beside the planned ones', ['10.0.0.0/25', '10.0.3.0/25'], ['10.0.0.0/25', '10.0.3.0/25']],
    ['merged with the planned ones', ['10.0.0.0/24'], ['10.0.0.0/24']],
  ])('gives back what the pool gave beyond the plan: %s', async (_what, own, given) => {
    const bench = await associated();
    const { addressSpace } = bench.azure.wire['properties'];
    addressSpace.addressPrefixes = [...own, '192.168.0.0/24'];
    addressSpace.ipamPoolPrefixAllocations[0].allocatedAddressPrefixes = given;
    await bench.become('compensating');
    expect(await bench.undo()).toEqual(success({}));
    expect(bench.azure.virtualNetwork?.allocations).toEqual([]);
    expect([...(bench.azure.virtualNetwork?.addressPrefixes ?? [])].sort()).toEqual([
      '10.0.0.0/25',
      '192.168.0.0/24',
    ]);
  });

  it('is not sent twice, and looks at no operation of an earlier run', async () => {
    const bench = await undone();
    await bench.undo();
    bench.azure.writes.length = 0;
    bench.azure.pollOperation = async () => refused('OperationFailed');
    expect(await bench.undo()).toEqual(success({}));
    expect(bench.azure.writes).toEqual([]);
    const track = { ...stepInput, of: 'undo-association' as const };
    expect(await trackUpdate(track, bench.dependencies)).toMatchObject({ value: { done: true } });
  });

  it('is sent again when its operation failed: the VNet is without the association, but Failed', async () => {
    const bench = await undone();
    await bench.undo();
    bench.azure.writes.length = 0;
    bench.azure.wire['properties'].provisioningState = 'Failed';
    expect(await bench.undo()).toEqual(success({}));
    expect(bench.azure.writes).toHaveLength(1);
  });

  it('that runs again while its PUT is under way waits for it all the same', async () => {
    const bench = await undone();
    await bench.undo();
    bench.azure.wire['properties'].provisioningState = 'Updating';
    bench.azure.pollOperation = async () => success({ status: 'running', retryAfterSeconds: 10 });
    expect(await bench.undo()).toEqual(success({}));
    const track = { ...stepInput, of: 'undo-association' as const };
    expect(await trackUpdate(track, bench.dependencies)).toMatchObject({ value: { done: false } });
  });

  it.each<[string, (bench: AssociationBench) => void, string]>([
    [
      'is gone',
      ({ azure }) => {
        azure.virtualNetwork = null;
      },
      'is gone',
    ],
    [
      'is another one',
      ({ azure }) => {
        azure.wire['properties'].resourceGuid = 'guid-2';
      },
      'it stays as it is',
    ],
  ])('has nothing to do for a VNet that %s', async (_what, change, words) => {
    const bench = await undone();
    change(bench);
    expect(await bench.undo()).toEqual(success({}));
    expect(bench.azure.writes).toEqual([]);
    expect((await bench.timeline()).at(-1)).toContain(words);
  });

  it('restores the form of subnets also when somebody has dropped the allocations', async () => {
    const bench = await undone();
    dropByHand(bench);
    await bench.undo();
    expect(exactly(bench.azure.document)).toEqual(exactly(bench.before));
    await bench.undo();
    expect(bench.azure.writes).toHaveLength(1);
    expect((await bench.timeline()).at(-1)).toContain('without the association already');
  });

  it('knows the form of subnets from every PUT that may have changed it', async () => {
    const bench = await startAssociation();
    const { updateVirtualNetwork } = bench.azure;
    bench.azure.updateVirtualNetwork = async (...call) => {
      await updateVirtualNetwork(...call);
      return refused('AzureUnavailable');
    };
    await bench.associate();
    dropByHand(bench);
    bench.azure.updateVirtualNetwork = updateVirtualNetwork;
    await bench.associate();
    expect(bench.azure.writes).toHaveLength(2);
    await bench.become('compensating');
    await bench.undo();
    expect(exactly(bench.azure.document)).toEqual(exactly(bench.before));
  });

  it('has nothing to do when the PUT was refused, or never sent', async () => {
    const bench = await startAssociation();
    bench.azure.updateVirtualNetwork = async () => refused('VirtualNetworkLocked');
    await bench.associate();
    await bench.become('compensating');
    expect(await bench.undo()).toEqual(success({}));
    expect((await bench.timeline()).at(-1)).toContain('has associated nothing');
  });

  it('looks first when the answer of the PUT was lost', async () => {
    const bench = await startAssociation();
    bench.azure.updateVirtualNetwork = async () => refused('AzureUnavailable');
    await bench.associate();
    await bench.become('compensating');
    expect(await bench.undo()).toEqual(success({}));
    expect((await bench.timeline()).at(-1)).toContain('without the association already');
  });

  it('of a run that comes late undoes nothing that others did later', async () => {
    const bench = await associated();
    for (const state of ['associating', 'compensating', 'failed'] as const) {
      await bench.become(state);
      if (state === 'compensating') continue;
      expect(await bench.undo()).toMatchObject({ error: { code: 'Unexpected' } });
    }
    expect(bench.azure.writes).toEqual([]);
  });

  it('reads again what changed while it was read, and hands on that Azure is busy', async () => {
    const bench = await undone();
    bench.azure.updateVirtualNetwork = async () => refused('PreconditionFailed');
    expect(await bench.undo()).toMatchObject({ error: { code: 'ResourceBusy' } });
    bench.azure.updateVirtualNetwork = async () => refused('ResourceBusy');
    expect(await bench.undo()).toMatchObject({ error: { code: 'ResourceBusy' } });
  });

  it.each(['Updating', 'Failed'])(
    'goes ahead with a VNet that its association left %s',
    async (provisioningState) => {
      const bench = await undone();
      bench.azure.wire['properties'].provisioningState = provisioningState;
      expect(await bench.undo()).toEqual(success({}));
      expect(bench.azure.virtualNetwork?.allocations).toEqual([]);
    },
  );

  it('is not confirmed while a pool lists the VNet, or a part of it', async () => {
    const bench = await undone();
    await bench.undo();
    bench.azure.associations.set(poolIds.ipv4, [
      { resourceId: `${virtualNetworkId}/subnets/app`, prefixes: [] },
    ]);
    expect(await confirm(bench)).toMatchObject({ value: { done: false } });
    bench.azure.virtualNetwork = null;
    expect(await confirm(bench)).toMatchObject({ value: { done: false } });
    bench.azure.listPoolAssociations = async () => refused('Throttled');
    expect(await confirm(bench)).toMatchObject({ error: { code: 'Throttled' } });
  });

  it('is not confirmed while the VNet shows the association, whatever the pool says', async () => {
    const bench = await undone();
    bench.azure.associations.clear();
    expect(await confirm(bench)).toMatchObject({ value: { done: false } });
    expect((await bench.timeline()).at(-1)).toContain('VNet still shows');
  });

  it('does not wait for what another VNet of the name holds', async () => {
    const bench = await undone();
    bench.azure.wire['properties'].resourceGuid = 'guid-2';
    expect(await confirm(bench)).toMatchObject({ value: { done: true } });
  });
});
