import { describe, expect, test } from 'vitest';
import {
  findVirtualNetworks,
  type ListedVirtualNetwork,
} from '../../../src/web/tenants/find-virtual-networks.ts';

const network = (
  name: string,
  addressPrefixes: string[],
  more: Partial<ListedVirtualNetwork> = {},
): ListedVirtualNetwork => ({
  id: `/x/${name}`,
  name,
  subscriptionId: 's1',
  resourceGroup: 'rg-web',
  location: 'centralus',
  addressPrefixes,
  pools: [],
  ...more,
});

const networks = [
  network('vnet-web', ['10.1.0.0/24', 'fd00:1::/48']),
  network('vnet-data', ['10.2.0.0/16'], { resourceGroup: 'rg-Data', pools: ['corp-centralus'] }),
  network('VNET-branch', ['10.1.4.0/22'], { location: 'westeurope', requestId: 'RITM0012301' }),
];
const found = (text: string): string[] =>
  findVirtualNetworks(networks, text).map(({ name }) => name);

describe('looking for a VNet', () => {
  test('nothing typed shows all, by name', () => {
    expect(found('')).toEqual(['VNET-branch', 'vnet-data', 'vnet-web']);
  });

  test('name, group, region, prefix, pool and request are looked at, whatever their case', () => {
    expect(found('BRANCH')).toEqual(['VNET-branch']);
    expect(found('rg-data')).toEqual(['vnet-data']);
    expect(found('europe')).toEqual(['VNET-branch']);
    expect(found('10.1.')).toEqual(['VNET-branch', 'vnet-web']);
    expect(found('corp-')).toEqual(['vnet-data']);
    expect(found('ritm')).toEqual(['VNET-branch']);
    expect(found('nobody')).toEqual([]);
  });

  test('several words must all be there', () => {
    expect(found('vnet  centralus')).toEqual(['vnet-data', 'vnet-web']);
    expect(found('data westeurope')).toEqual([]);
  });

  test('an address finds the VNet that it lies in', () => {
    expect(found('10.1.7.9')).toEqual(['VNET-branch']);
    expect(found('fd00:1::5')).toEqual(['vnet-web']);
    expect(found('10.9.0.1')).toEqual([]);
  });
});
