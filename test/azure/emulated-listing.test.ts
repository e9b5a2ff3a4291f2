import { afterAll, beforeAll, expect, it } from 'vitest';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import { entriesOf } from '../../src/model/pool-entries.ts';
import { mapPool } from '../../src/model/pool-map.ts';
import { addressCountOf } from '../../src/model/prefixes.ts';
import { arm, ids, scopes, startTestAzure, tokenOf } from '../local/azure/support/test-azure.ts';
import { azureOf, target, unwrap } from './on-emulated-azure.ts';

let emulated: EmulatedAzure;
let azure: ReturnType<typeof azureOf>;

beforeAll(async () => {
  emulated = await startTestAzure();
  azure = azureOf(emulated);
});
afterAll(() => emulated.close());

const put = async (path: string, body: object) => {
  const token = await tokenOf(emulated, ids.tenantA, ids.administratorA);
  const { status } = await arm(emulated, 'PUT', path, { token, body });
  expect([200, 201]).toContain(status);
};

it('what a pool tells makes a map in which nothing is counted twice and nothing is missing', async () => {
  const { virtualNetworkId: _, ...at } = target('vnet-map');
  unwrap(
    await azure.createVirtualNetwork({
      requestId: 'RITM1',
      operation: 'allocate',
      target: { ...at, virtualNetworkId: target('vnet-map').virtualNetworkId },
      allocations: [
        { poolAlias: 'pool', poolId: scopes.pool, family: 'IPv4', numberOfIpAddresses: '256' },
      ],
      subnets: [],
      tags: {},
    }),
  );
  await put(`${scopes.pool}/staticCidrs/vpn`, {
    properties: { addressPrefixes: ['10.0.128.0/17'] },
  });
  const name = scopes.pool.split('/').at(-1);
  await put(`${scopes.networkManager}/ipamPools/child`, {
    location: 'eastus',
    properties: { parentPoolName: name, addressPrefixes: ['10.0.64.0/24'] },
  });

  const usage = unwrap(await azure.getPoolUsage(scopes.pool));
  const facts = {
    usage,
    associations: unwrap(await azure.listPoolAssociations(scopes.pool)),
    staticCidrs: unwrap(await azure.listStaticCidrs(scopes.pool)),
  };
  const map = mapPool(usage.addressPrefixes, entriesOf(facts));
  const held = map.filter(({ kind }) => kind !== 'free');
  expect(held.map(({ prefix, kind, holder }) => [prefix, kind, holder?.split('/').at(-1)])).toEqual(
    [
      ['10.0.0.0/24', 'allocated', 'vnet-map'],
      ['10.0.64.0/24', 'allocated', 'child'],
      ['10.0.128.0/17', 'reserved', 'vpn'],
    ],
  );
  const free = map.filter(({ kind }) => kind === 'free');
  const count = free.reduce((sum, { prefix }) => sum + addressCountOf(prefix), 0n);
  expect(String(count)).toBe(usage.numberOfAvailableIpAddresses);
});

it('the VNets of a resource group are listed with the pools that they have prefixes of', async () => {
  const list = (group?: string) => azure.listVirtualNetworks(ids.tenantB, ids.subscriptionB, group);
  // The role is that of the group.
  expect(await list()).toMatchObject({ ok: false, error: { code: 'PermissionMissing' } });
  const listed = unwrap(await list('rg-app'));
  expect(listed).toMatchObject([
    {
      name: 'vnet-map',
      resourceGroup: 'rg-app',
      location: 'eastus',
      addressPrefixes: ['10.0.0.0/24'],
    },
  ]);
  expect(listed[0]?.poolIds.map((id) => id.toLowerCase())).toEqual([scopes.pool.toLowerCase()]);
});
