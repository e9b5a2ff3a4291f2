import { describe, expect, test } from 'vitest';
import type { PoolSummary } from '../../../src/model/api/pool-views.ts';
import { associateRequestSchema } from '../../../src/model/requests.ts';
import {
  type AssociateDraft,
  associateBody,
  checkAssociate,
  emptyAssociateDraft,
  pickNetwork,
  poolChoices,
} from '../../../src/web/request-form/associate-draft.ts';
import type { PickedVirtualNetwork } from '../../../src/web/request-form/virtual-network-picker.tsx';

const pool = (
  alias: string,
  location: string,
  family: PoolSummary['family'],
  ...addressPrefixes: string[]
): PoolSummary => ({ alias, id: `/${alias}`, location, family, addressPrefixes });

const pools = [
  pool('edge', 'centralus', 'IPv4', '192.168.0.0/16'),
  pool('corp', 'centralus', 'IPv4', '10.0.0.0/12', '10.64.0.0/12'),
  pool('corp-v6', 'centralus', 'IPv6', 'fd00:c0::/32'),
  pool('europe', 'westeurope', 'IPv4', '10.0.0.0/8'),
];

const picked = (...addressPrefixes: string[]): PickedVirtualNetwork => ({
  tenant: 'fabrikam',
  virtualNetwork: {
    id: '/subscriptions/b1/vnet-branch',
    name: 'vnet-branch',
    subscriptionId: 'b0000000-0000-4000-8000-0000000000b1',
    resourceGroup: 'rg-web',
    location: 'centralus',
    addressPrefixes,
    pools: [],
  },
});

const draftOf = (network?: PickedVirtualNetwork): AssociateDraft => ({
  ...pickNetwork(emptyAssociateDraft(), network, pools),
  reason: 'It was there before',
});

describe('the form for an association', () => {
  test('offers pools of the region and of the families that the VNet has, those that hold it first', () => {
    const choices = poolChoices(picked('10.3.0.0/24', '10.65.0.0/24'), pools, 'IPv4');
    expect(choices.map(({ pool: { alias }, outside }) => [alias, outside])).toEqual([
      ['corp', []],
      ['edge', ['10.3.0.0/24', '10.65.0.0/24']],
    ]);
    expect(poolChoices(picked('10.3.0.0/24'), pools, 'IPv6')).toEqual([]);
  });

  test('says which prefixes a pool does not hold', () => {
    const [first] = poolChoices(picked('10.3.0.0/24', '172.16.0.0/16'), pools, 'IPv4');
    expect(first).toMatchObject({ pool: { alias: 'corp' }, outside: ['172.16.0.0/16'] });
  });

  test('chooses the pools that alone hold all prefixes', () => {
    expect(draftOf(picked('10.3.0.0/24', 'fd00:c0:1::/48')).pools).toEqual({
      IPv4: 'corp',
      IPv6: 'corp-v6',
    });
    expect(draftOf(picked('172.16.0.0/16')).pools).toEqual({ IPv4: '', IPv6: '' });
    const two = [...pools, pool('other', 'centralus', 'IPv4', '10.0.0.0/8')];
    expect(pickNetwork(draftOf(), picked('10.3.0.0/24'), two).pools.IPv4).toBe('');
  });

  test('wants a VNet, a pool and a reason', () => {
    expect(Object.keys(checkAssociate(emptyAssociateDraft()))).toEqual([
      'virtualNetwork',
      'reason',
    ]);
    expect(Object.keys(checkAssociate(draftOf(picked('172.16.0.0/16'))))).toEqual(['pools']);
    expect(checkAssociate(draftOf(picked('10.3.0.0/24')))).toEqual({});
  });

  test('sends what the API understands', () => {
    const body = associateBody(draftOf(picked('10.3.0.0/24', 'fd00:c0:1::/48')));
    expect(body).toMatchObject({ operation: 'associate', pools: ['corp', 'corp-v6'] });
    expect(
      associateRequestSchema.safeParse({ ...body, requester: { name: 'Ada' } }).error,
    ).toBeUndefined();
  });
});
