import { expect, it } from 'vitest';
import type { ObservedAllocation } from '../../src/model/verify-allocation.ts';
import { verifyAssociation } from '../../src/model/verify-association.ts';

const id = '/subscriptions/b/virtualNetworks/v';
const pool4 = '/pools/four';
const pool6 = '/pools/six';
const expected = {
  target: {
    tenantAlias: 'b',
    tenantId: 'b',
    subscriptionId: 'b',
    resourceGroup: 'rg',
    virtualNetwork: 'v',
    virtualNetworkId: id,
    location: 'centralus',
  },
  allocations: [
    {
      poolAlias: 'four',
      poolId: pool4,
      family: 'IPv4' as const,
      numberOfIpAddresses: '512',
      prefixes: ['10.0.0.0/24', '10.0.1.0/24'],
    },
    {
      poolAlias: 'six',
      poolId: pool6,
      family: 'IPv6' as const,
      numberOfIpAddresses: '18446744073709551616',
      prefixes: ['fd00::/64'],
    },
  ],
};

type Changes = {
  readonly shown4?: readonly string[];
  readonly listed4?: ObservedAllocation['pools'][number]['associations'];
  readonly pool4?: readonly string[] | null;
  readonly own?: readonly string[];
};

/** What both sides show when everything is as planned, but for the changes. */
function observed(change: Changes = {}): ObservedAllocation {
  const { shown4 = ['10.0.0.0/23'], own = ['10.0.0.0/24', '10.0.1.0/24', 'fd00::/64'] } = change;
  const { listed4 = [{ resourceId: id.toUpperCase(), prefixes: ['10.0.1.0/24', '10.0.0.0/24'] }] } =
    change;
  const space = change.pool4 === undefined ? ['10.0.0.0/16'] : change.pool4;
  return {
    virtualNetwork: {
      id,
      addressPrefixes: own,
      allocations: [
        { poolId: pool4.toUpperCase(), prefixes: shown4 },
        { poolId: pool6, prefixes: ['fd00::/64'] },
      ],
      subnets: [],
    },
    pools: [
      { poolId: pool4, associations: listed4, ...(space ? { addressPrefixes: space } : {}) },
      { poolId: pool6, associations: [{ resourceId: id, prefixes: ['fd00::/64'] }] },
    ],
  };
}

const verdictOn = (change: Changes) => {
  const verdict = verifyAssociation(expected, observed(change));
  return verdict.ok ? 'agreed' : `${verdict.error.code}: ${verdict.error.message}`;
};

it('both sides agree on exactly what was planned, however they cut and order it', () => {
  expect(verifyAssociation(expected, observed())).toEqual({
    ok: true,
    value: {
      virtualNetworkId: id,
      allocations: [
        { poolAlias: 'four', poolId: pool4, prefixes: ['10.0.0.0/24', '10.0.1.0/24'] },
        { poolAlias: 'six', poolId: pool6, prefixes: ['fd00::/64'] },
      ],
    },
  });
});

it('what else the VNet has does not matter', () => {
  expect(verdictOn({ own: ['10.0.0.0/23', '192.168.0.0/24'] })).toBe('agreed');
});

it('a pool that Azure does not let us read is not held against it', () => {
  expect(verdictOn({ pool4: null })).toBe('agreed');
});

it.each<[string, Changes]>([
  ['shows no prefix', { shown4: [] }],
  ['does not list the VNet', { listed4: [] }],
  // The list may lag behind: the other one may be gone.
  [
    'gave to other',
    {
      listed4: [
        { resourceId: id, prefixes: ['10.0.0.0/23'] },
        { resourceId: 'other', prefixes: ['10.0.1.128/25'] },
      ],
    },
  ],
])('a side that %s yet is looked at again', (words, change) => {
  expect(verdictOn(change)).toMatch(new RegExp(`^AllocationNotConfirmed: .*${words}`));
});

it.each<[string, Changes]>([
  ['was planned', { shown4: ['10.0.0.0/24'] }],
  ['lists 10.0.9.0/24', { listed4: [{ resourceId: id, prefixes: ['10.0.9.0/24'] }] }],
  ['is not inside the pool', { pool4: ['10.0.0.0/24'] }],
  ['is no prefix', { shown4: ['10.0.0.1/24'] }],
])('what time does not cure is told as such: %s', (words, change) => {
  expect(verdictOn(change)).toMatch(new RegExp(`^AllocationInvalid: .*${words}`));
});
