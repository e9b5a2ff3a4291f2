import { expect, it } from 'vitest';
import { nameLeftovers } from '../../src/activities/name-leftovers.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds } from '../model/samples.ts';
import {
  refused,
  sampleNetwork,
  startWorkbench,
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
