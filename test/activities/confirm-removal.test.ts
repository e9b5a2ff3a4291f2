import { describe, expect, it } from 'vitest';
import { confirmRemoval } from '../../src/activities/remove/confirm-removal.ts';
import type { PoolAssociation, VirtualNetworkView } from '../../src/azure/azure.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds } from '../model/samples.ts';
import { managedNetwork, startRemoval } from './removal-bench.ts';
import { refused, sampleSubnet, stepInput, virtualNetworkId } from './workbench.ts';

const prefix = '10.0.0.0/25';
const ours: PoolAssociation = { resourceId: virtualNetworkId, prefixes: [prefix] };

/** A removal whose steps are done, and what both sides show then. */
async function verifying(
  request: object,
  shown: {
    network?: VirtualNetworkView | null;
    listed?: readonly PoolAssociation[];
    free?: readonly string[];
  } = {},
  planned: VirtualNetworkView | null = managedNetwork(),
) {
  const bench = await startRemoval(request);
  const { azure, become, begin, dependencies } = bench;
  azure.virtualNetwork = planned;
  await begin();
  await become('verifying');
  const show = ({ network = null, listed = [], free = ['10.0.0.0/16'] }: typeof shown): void => {
    azure.virtualNetwork = network;
    azure.associations.set(poolIds.ipv4, listed);
    const { getPoolUsage } = azure;
    azure.getPoolUsage = async (poolId) => {
      const usage = await getPoolUsage(poolId);
      return usage.ok ? success({ ...usage.value, availableAddressPrefixes: free }) : usage;
    };
  };
  show(shown);
  const confirm = () => confirmRemoval({ ...stepInput, step: 'confirm-removal' }, dependencies);
  return { ...bench, confirm, show };
}

const released = [{ poolAlias: 'corp-centralus', poolId: poolIds.ipv4, prefixes: [prefix] }];
const isWaiting = { ok: true, value: { done: false } };
const isDone = { ok: true, value: { done: true } };

describe('a deletion', () => {
  it('is confirmed when the VNet is gone and the pool has its space back', async () => {
    const { confirm, timeline } = await verifying({});
    expect(await confirm()).toEqual(
      success({
        done: true,
        value: { virtualNetworkId, mode: 'delete', alreadyGone: false, released },
      }),
    );
    expect((await timeline()).at(-1)).toBe(
      'confirm-removal succeeded: Nothing is left in either tenant.',
    );
  });

  it.each([
    ['the VNet is still there', { network: managedNetwork() }, 'still shows the VNet'],
    ['the pool lists it', { listed: [ours] }, 'corp-centralus still lists the VNet'],
    [
      'the pool lists a subnet of it',
      { listed: [{ resourceId: `${virtualNetworkId}/subnets/app`.toUpperCase(), prefixes: [] }] },
      'still lists the VNet',
    ],
    [
      'the pool does not have the space back',
      { free: ['10.0.1.0/24'] },
      'does not show 10.0.0.0/25 as free yet',
    ],
    ['the pool has half of the space back', { free: ['10.0.0.0/26'] }, 'as free yet'],
  ])('is waited for while %s, and the timeline says so once', async (_what, shown, words) => {
    const { confirm, timeline } = await verifying({}, shown);
    expect(await confirm()).toMatchObject(isWaiting);
    await confirm();
    const told = (await timeline()).filter((line) => line.startsWith('confirm-removal waiting'));
    expect(told).toEqual([expect.stringContaining(words)]);
  });

  it('is confirmed when the space was given to somebody else meanwhile', async () => {
    const other = { resourceId: `${virtualNetworkId}-2`, prefixes: ['10.0.0.0/26'] };
    const { confirm } = await verifying({}, { listed: [other], free: ['10.0.0.64/26'] });
    expect(await confirm()).toMatchObject(isDone);
  });

  it('is not hindered by a cancellation, which is told as too late', async () => {
    const { confirm, decide, timeline } = await verifying({});
    await decide('cancel');
    expect(await confirm()).toMatchObject(isDone);
    expect(await timeline()).toContainEqual(expect.stringContaining('too late'));
  });

  it.each(['listPoolAssociations', 'getPoolUsage', 'getVirtualNetwork'] as const)(
    'is not confirmed without a look: %s',
    async (method) => {
      const { azure, confirm } = await verifying({});
      azure[method] = async () => refused('PermissionMissing');
      expect(await confirm()).toMatchObject({ ok: false, error: { code: 'PermissionMissing' } });
      azure[method] = async () => refused('AzureUnavailable');
      expect(await confirm()).toMatchObject({ ok: false, error: { kind: 'retryable' } });
    },
  );
});

describe('space that a pool lists for another id', () => {
  const entry = {
    resourceId: virtualNetworkId.replace('rg-payments', 'rg-before'),
    prefixes: [prefix],
  };

  it('has been given away when it was not listed for that id before', async () => {
    const { confirm } = await verifying({}, { listed: [entry], free: [] });
    expect(await confirm()).toMatchObject(isDone);
  });

  it('is not free when it was listed for that id before the removal', async () => {
    const bench = await startRemoval({ mode: 'disassociate' });
    const { azure, become, begin, dependencies } = bench;
    azure.associations.set(poolIds.ipv4, [entry]);
    await begin();
    await become('verifying');
    azure.virtualNetwork = managedNetwork({ allocations: [], subnets: [sampleSubnet()] });
    const confirm = () => confirmRemoval({ ...stepInput, step: 'confirm-removal' }, dependencies);
    expect(await confirm()).toMatchObject({
      value: { done: false, waitsFor: expect.stringContaining(`for ${entry.resourceId}`) },
    });
    azure.associations.set(poolIds.ipv4, [{ ...entry, prefixes: ['10.0.9.0/25'] }]);
    expect(await confirm()).toMatchObject(isDone);
  });
});

describe('a VNet that somebody created in the place of the deleted one', () => {
  const successor = (prefixes?: readonly string[]) =>
    managedNetwork({
      resourceGuid: 'guid-2',
      tags: {},
      subnets: [],
      allocations: prefixes ? [{ poolId: poolIds.ipv4, numberOfIpAddresses: '128', prefixes }] : [],
    });
  const listedWith = (...prefixes: string[]) => ({ resourceId: virtualNetworkId, prefixes });

  it('does not hinder a deletion, and is told', async () => {
    const { confirm, timeline } = await verifying({}, { network: successor() });
    expect(await confirm()).toMatchObject(isDone);
    expect(await timeline()).toContainEqual(expect.stringContaining('another VNet'));
  });

  it.each([
    ['other prefixes', '10.0.2.0/25', ['10.0.0.0/25']],
    ['the very prefixes that were released', prefix, ['10.0.1.0/24']],
  ])('may have %s of the same pool', async (_what, given, free) => {
    const { confirm } = await verifying(
      {},
      { network: successor([given]), listed: [listedWith(given)], free },
    );
    expect(await confirm()).toMatchObject(isDone);
  });

  it.each([
    ['it has no association', successor(), [ours]],
    ['it shows no prefix yet', successor([]), [ours]],
    ['it has other prefixes', successor(['10.0.2.0/25']), [listedWith('10.0.2.0/25', prefix)]],
  ])('is not taken for the holder of what the old one had: %s', async (_what, network, listed) => {
    const { confirm } = await verifying({}, { network, listed, free: [prefix] });
    expect(await confirm()).toMatchObject(isWaiting);
  });
});

describe('a disassociation', () => {
  const mode = { mode: 'disassociate' };
  const left = (change: Partial<VirtualNetworkView> = {}) =>
    managedNetwork({ allocations: [], subnets: [sampleSubnet()], ...change });

  it('is confirmed when the VNet keeps its prefixes without association, and the pool let go', async () => {
    const { confirm } = await verifying(mode, { network: left() });
    expect(await confirm()).toMatchObject({
      value: { done: true, value: { mode: 'disassociate', alreadyGone: false, released } },
    });
  });

  it.each([
    ['the VNet', managedNetwork({ subnets: [] })],
    ['a subnet', managedNetwork({ allocations: [] })],
  ])(
    'fails when %s shows an allocation again, but not while that may change',
    async (_what, network) => {
      const { confirm, show } = await verifying(mode, {
        network: { ...network, provisioningState: 'Updating' },
      });
      expect(await confirm()).toMatchObject(isWaiting);
      show({ network });
      expect(await confirm()).toMatchObject({
        error: { code: 'VirtualNetworkChanged', message: expect.stringContaining('again') },
      });
    },
  );

  it.each([
    ['is gone', null],
    ['is another one', left({ resourceGuid: 'guid-2' })],
    ['has lost its prefixes', left({ addressPrefixes: ['10.0.0.0/26'] })],
  ])('fails when the VNet %s', async (_what, network) => {
    const { confirm } = await verifying(mode, { network });
    expect(await confirm()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
  });

  it('allows prefixes that were added meanwhile', async () => {
    const network = left({ addressPrefixes: [prefix, '192.168.0.0/24'] });
    expect(await (await verifying(mode, { network })).confirm()).toMatchObject(isDone);
  });

  it('waits for the pool that lists the VNet', async () => {
    const { confirm } = await verifying(mode, { network: left(), listed: [ours] });
    expect(await confirm()).toMatchObject(isWaiting);
  });

  it.each([{ listed: [ours] }, {}])('can be cancelled up to its end: %j', async (shown) => {
    const { confirm, decide } = await verifying(mode, { network: left(), ...shown });
    await decide('cancel');
    expect(await confirm()).toMatchObject({ value: { done: false, cancelRequested: true } });
  });
});

describe('a removal that had nothing to remove', () => {
  it('is confirmed as such when the pool has let go', async () => {
    const { confirm, show } = await verifying({}, { listed: [ours], free: [] }, null);
    expect(await confirm()).toMatchObject(isWaiting);
    show({});
    expect(await confirm()).toMatchObject({
      value: { done: true, value: { alreadyGone: true, released } },
    });
  });

  it('of a VNet without association is not hindered by what became of it', async () => {
    const plain = managedNetwork({ allocations: [], subnets: [sampleSubnet()] });
    const { confirm, show } = await verifying({ mode: 'disassociate' }, { network: plain }, plain);
    expect(await confirm()).toMatchObject({ value: { done: true, value: { alreadyGone: true } } });
    show({ network: null });
    expect(await confirm()).toMatchObject(isDone);
  });

  it('fails when somebody has associated the VNet since', async () => {
    const plain = managedNetwork({ allocations: [], subnets: [sampleSubnet()] });
    const shown = { network: managedNetwork(), listed: [ours] };
    const { confirm } = await verifying({ mode: 'disassociate' }, shown, plain);
    expect(await confirm()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
  });
});

describe('a pool that the VNet joined after the plan was made', () => {
  const otherPool = poolIds.ipv4.replace('corp-centralus', 'other-centralus');
  const kinds: readonly [string, object, VirtualNetworkView | null][] = [
    ['deletion', {}, null],
    [
      'disassociation',
      { mode: 'disassociate' },
      managedNetwork({ allocations: [], subnets: [sampleSubnet()] }),
    ],
  ];

  it.each(kinds)('is waited for when somebody else did the %s', async (_what, request, network) => {
    const { azure, confirm, timeline } = await verifying(request, { network });
    azure.associations.set(otherPool, [{ ...ours, prefixes: ['10.9.0.0/25'] }]);
    expect(await confirm()).toMatchObject(isWaiting);
    expect((await timeline()).at(-1)).toContain('other-centralus still lists the VNet');
    azure.associations.delete(otherPool);
    expect(await confirm()).toMatchObject(isDone);
  });

  it('is not asked after a DELETE of ours, which was for the VNet as it was planned', async () => {
    const { azure, confirm, ledger } = await verifying({});
    await ledger.putStepState(stepInput.requestId, 'remove', { sent: 'true' });
    const { listPoolAssociations } = azure;
    const asked: string[] = [];
    azure.listPoolAssociations = async (poolId) => {
      asked.push(poolId);
      return await listPoolAssociations(poolId);
    };
    expect(await confirm()).toMatchObject(isDone);
    expect(asked).toEqual([poolIds.ipv4]);
  });

  it.each([
    ['is gone', 'NotFound', isDone],
    ['cannot be asked', 'PermissionMissing', { error: { code: 'PermissionMissing' } }],
  ] as const)('that %s is taken for what it is', async (_what, code, expected) => {
    const { azure, confirm } = await verifying({});
    const { listPoolAssociations } = azure;
    azure.listPoolAssociations = async (poolId) =>
      poolId === otherPool ? refused(code) : await listPoolAssociations(poolId);
    expect(await confirm()).toMatchObject(expected);
  });

  it('belongs to a VNet that somebody has created in the place of the one that is gone', async () => {
    const allocations = [
      { poolId: otherPool, numberOfIpAddresses: '128', prefixes: ['10.9.0.0/25'] },
    ];
    const network = managedNetwork({ resourceGuid: 'guid-2', allocations });
    const { azure, confirm } = await verifying({}, { network });
    azure.associations.set(otherPool, [{ ...ours, prefixes: ['10.9.0.0/25'] }]);
    expect(await confirm()).toMatchObject(isDone);
  });
});
