import { describe, expect, it } from 'vitest';
import { nameLeftovers } from '../../src/activities/records/name-leftovers.ts';
import { detachPeerings } from '../../src/activities/remove/detach-peerings.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds, sampleAssociateRequest } from '../model/samples.ts';
import { managedNetwork, peeredNetwork, startRemoval } from './removal-bench.ts';
import {
  refused,
  sampleNetwork,
  startWorkbench,
  startWorkbenchOf,
  stepInput,
  virtualNetworkId,
} from './workbench.ts';

const dualStack = {
  allocations: [
    { pool: 'corp-centralus', numberOfIpAddresses: 100 },
    { pool: 'corp6-centralus', prefixLength: 56 },
  ],
  subnets: [],
};

it('what is left is named as both tenants show it: the VNet, and what each pool holds for it', async () => {
  const { azure, dependencies, plan } = await startWorkbench(dualStack);
  await plan();
  expect(await nameLeftovers(stepInput, dependencies)).toEqual(success([]));

  azure.virtualNetwork = sampleNetwork();
  azure.associations.set(poolIds.ipv6, [
    { resourceId: virtualNetworkId.toUpperCase(), prefixes: ['fd00::/56'] },
    { resourceId: `${virtualNetworkId}-2`, prefixes: ['fd01::/56'] },
  ]);
  expect(await nameLeftovers(stepInput, dependencies)).toEqual(
    success([
      expect.stringContaining(virtualNetworkId),
      'the allocation fd00::/56 of the pool corp6-centralus for it',
    ]),
  );
});

it('what cannot be looked at is named as what may be left', async () => {
  const { azure, dependencies, plan } = await startWorkbench(dualStack);
  await plan();
  azure.getVirtualNetwork = async () => refused('PermissionMissing');
  azure.listPoolAssociations = async () => refused('PermissionMissing');
  const named = await nameLeftovers(stepInput, dependencies);
  expect(named).toMatchObject({
    value: [
      expect.stringContaining(`perhaps the VNet ${virtualNetworkId}`),
      expect.stringContaining('perhaps an allocation of the pool corp-centralus'),
      expect.stringContaining('perhaps an allocation of the pool corp6-centralus'),
    ],
  });
});

describe('of an association', () => {
  it('each side that still shows it is named', async () => {
    const { azure, dependencies, plan } = await startWorkbenchOf(sampleAssociateRequest());
    azure.virtualNetwork = sampleNetwork();
    await plan();
    expect(await nameLeftovers(stepInput, dependencies)).toEqual(success([]));

    azure.virtualNetwork = managedNetwork();
    azure.associations.set(poolIds.ipv4, [
      { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
    ]);
    expect(await nameLeftovers(stepInput, dependencies)).toEqual(
      success([
        `the VNet ${virtualNetworkId} shows the allocation 10.0.0.0/25 of the pool corp-centralus`,
        `the pool corp-centralus lists the allocation 10.0.0.0/25 for ${virtualNetworkId}`,
      ]),
    );
    azure.virtualNetwork = null;
    azure.listPoolAssociations = async () => refused('PermissionMissing');
    expect(await nameLeftovers(stepInput, dependencies)).toMatchObject({
      value: [expect.stringContaining('perhaps an allocation of the pool corp-centralus')],
    });
  });
});

describe('of a disassociation', () => {
  const start = async () => {
    const bench = await startRemoval({ mode: 'disassociate' });
    await bench.plan();
    return { ...bench, named: () => nameLeftovers(stepInput, bench.dependencies) };
  };
  const association = `the association of the VNet ${virtualNetworkId} with the pool corp-centralus (10.0.0.0/25)`;

  it('the association that is missing is named', async () => {
    const { azure, named } = await start();
    expect(await named()).toEqual(success([]));
    azure.virtualNetwork = managedNetwork({ allocations: [], subnets: [] });
    expect(await named()).toEqual(success([`${association} is missing`]));
  });

  it('one that only the VNet shows is named as such', async () => {
    const { azure, named } = await start();
    azure.associations.clear();
    expect(await named()).toEqual(
      success([`${association} is shown by the VNet, but not by the pool`]),
    );
  });

  it('a VNet that is gone, or another one, misses none', async () => {
    const { azure, named } = await start();
    azure.virtualNetwork = managedNetwork({ resourceGuid: 'guid-2', allocations: [], subnets: [] });
    expect(await named()).toEqual(success([]));
    azure.virtualNetwork = null;
    expect(await named()).toEqual(success([]));
  });

  it.each(['getVirtualNetwork', 'listPoolAssociations'] as const)(
    'what cannot be looked at is named as what may be missing: %s',
    async (method) => {
      const { azure, named } = await start();
      azure[method] = async () => refused('PermissionMissing');
      expect(await named()).toEqual(
        success([expect.stringContaining(`perhaps ${association} is missing`)]),
      );
    },
  );
});

it('of a deletion, peerings that may be missing are named where the VNet cannot be looked at', async () => {
  const { azure, begin, dependencies } = await startRemoval({ detachPeerings: true });
  azure.virtualNetwork = peeredNetwork();
  const { planHash } = await begin();
  await detachPeerings({ ...stepInput, planHash }, dependencies);
  azure.getVirtualNetwork = async () => refused('PermissionMissing');
  expect(await nameLeftovers(stepInput, dependencies)).toEqual(
    success([
      expect.stringMatching(/^perhaps the peering 'to-hub' .* is missing/),
      expect.stringMatching(/^perhaps the peering 'TO-BACKUP' .* is missing/),
    ]),
  );
});
