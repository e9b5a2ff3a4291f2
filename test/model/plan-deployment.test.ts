import { describe, expect, test } from 'vitest';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { ids, poolIds, sampleBody, sampleLandscape, sampleRequest } from './samples.ts';

const landscape = sampleLandscape();
const slash64 = String(1n << 64n);

const plan = (change: object = {}) => planDeployment(sampleRequest(change), landscape);

const target = (change: object) => ({
  target: { ...(sampleBody()['target'] as object), ...change },
});

function errorOf(change: object) {
  const outcome = plan(change);
  if (outcome.ok) {
    throw new Error('the request was planned');
  }
  return outcome.error;
}

describe('the plan of a deployment', () => {
  test('names tenant, pool, sizes, subnets and tags, the ownership tag included', () => {
    expect(plan()).toEqual({
      ok: true,
      value: {
        requestId: 'RITM0012345',
        operation: 'allocate',
        target: {
          tenantAlias: 'fabrikam',
          tenantId: ids.managedTenant,
          subscriptionId: ids.managedSubscription,
          resourceGroup: 'rg-payments',
          virtualNetwork: 'vnet-payments',
          virtualNetworkId: `/subscriptions/${ids.managedSubscription}/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments`,
          location: 'centralus',
        },
        allocations: [
          {
            poolAlias: 'corp-centralus',
            poolId: poolIds.ipv4,
            family: 'IPv4',
            numberOfIpAddresses: '100',
          },
        ],
        subnets: [
          {
            name: 'app',
            allocations: [
              {
                poolAlias: 'corp-centralus',
                poolId: poolIds.ipv4,
                family: 'IPv4',
                numberOfIpAddresses: '32',
              },
            ],
          },
        ],
        tags: { costCentre: '1234', 'vnet-vending-request': 'RITM0012345' },
      },
    });
  });

  test('a tenant may be named by its id, and a resource group in any case', () => {
    const outcome = plan(
      target({ tenant: ids.managedTenant.toUpperCase(), resourceGroup: 'RG-Payments' }),
    );
    expect(outcome.ok && outcome.value.target).toMatchObject({
      tenantAlias: 'fabrikam',
      resourceGroup: 'RG-Payments',
    });
  });

  test('a subscription without a list of resource groups offers all of them', () => {
    const anywhere = { subscriptionId: ids.otherSubscription, resourceGroup: 'rg-any' };
    expect(plan(target(anywhere)).ok).toBe(true);
  });

  test('both families, with a subnet in both, and prefix lengths become counts', () => {
    const outcome = plan({
      allocations: [
        { pool: 'corp-centralus', prefixLength: 24 },
        { pool: 'corp6-centralus', prefixLength: 56 },
      ],
      subnets: [
        {
          name: 'dual',
          allocations: [
            { pool: 'corp-centralus', prefixLength: 25 },
            { pool: 'corp6-centralus', numberOfIpAddresses: slash64 },
          ],
        },
        { name: 'six', pool: 'corp6-centralus', prefixLength: 64 },
      ],
    });
    expect(outcome.ok && outcome.value.allocations.map((a) => a.numberOfIpAddresses)).toEqual([
      '256',
      String(1n << 72n),
    ]);
    expect(
      outcome.ok &&
        outcome.value.subnets.map((s) => s.allocations.map((a) => a.numberOfIpAddresses)),
    ).toEqual([['128', slash64], [slash64]]);
  });

  test.each([
    ['UnknownTenant', target({ tenant: 'contoso' }), /'contoso' is not in the landscape.*fabrikam/],
    ['TargetNotAllowed', target({ subscriptionId: ids.requester }), /does not offer the subscr/],
    ['TargetNotAllowed', target({ resourceGroup: 'rg-other' }), /'rg-other'.*only rg-payments/],
    [
      'UnknownPool',
      { allocations: [{ pool: 'corp', prefixLength: 24 }], subnets: [] },
      /'corp' is not in the landscape, which has corp-centralus/,
    ],
    ['RegionMismatch', target({ location: 'westeurope' }), /in westeurope, but .* in centralus/],
    [
      'RequestInvalid',
      {
        allocations: [
          { pool: 'corp-centralus', prefixLength: 24 },
          { pool: 'other-centralus', prefixLength: 24 },
        ],
      },
      /both IPv4; a VNet takes at most one pool of each family/,
    ],
    [
      'RequestInvalid',
      { allocations: [{ pool: 'corp-centralus', prefixLength: 64 }], subnets: [] },
      /asks for \/64, but IPv4 has prefix lengths up to 32/,
    ],
    [
      'RequestInvalid',
      { allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: 7 }], subnets: [] },
      /asks for 7 addresses; an IPv4 allocation holds 8 \(\/29\) to/,
    ],
    [
      'RequestInvalid',
      { allocations: [{ pool: 'corp-centralus', prefixLength: 1 }], subnets: [] },
      /asks for 2147483648 addresses/,
    ],
    [
      'RequestInvalid',
      { allocations: [{ pool: 'corp6-centralus', numberOfIpAddresses: 256 }], subnets: [] },
      /an IPv6 allocation is a multiple of 18446744073709551616/,
    ],
    [
      'RequestInvalid',
      {
        allocations: [{ pool: 'corp6-centralus', prefixLength: 60 }],
        subnets: [{ name: 'six', prefixLength: 63 }],
      },
      /'six' asks for 36893488147419103232 IPv6 addresses; an IPv6 subnet is exactly a \/64/,
    ],
    ['RequestInvalid', { subnets: [{ name: 'tiny', prefixLength: 30 }] }, /'tiny' asks for 4/],
    [
      'RequestInvalid',
      {
        subnets: [
          { name: 'a', numberOfIpAddresses: 64 },
          { name: 'b', numberOfIpAddresses: 37 },
        ],
      },
      /ask for 101 addresses together, but the VNet for 100 only/,
    ],
    [
      'RequestInvalid',
      { tags: { 'VNet-Vending-Request': 'x' } },
      /the tag 'vnet-vending-request' is set by the workflow/,
    ],
    ['RequestInvalid', { tags: { env: 'a', ENV: 'b' } }, /tags ENV differ .* only in case/],
  ])('%s: %j', (code, change, words) => {
    const error = errorOf(change);
    expect(error.code).toBe(code);
    expect(error.message).toMatch(words);
    expect(error.details).toEqual({ codes: code });
  });

  test('a subnet takes at most one pool of a family', () => {
    const error = errorOf({
      subnets: [
        {
          name: 'twice',
          allocations: [
            { pool: 'corp-centralus', prefixLength: 29 },
            { pool: 'corp-centralus', prefixLength: 29 },
          ],
        },
      ],
    });
    expect(error.message).toMatch(/'twice' has two allocations of one family/);
  });

  test('the VNet may be filled by its subnets to the last address', () => {
    expect(plan({ subnets: [{ name: 'all', numberOfIpAddresses: 100 }] }).ok).toBe(true);
  });

  test.each([
    ['the smallest VNet and subnet', 'corp-centralus', 29, 29],
    ['the largest IPv4 VNet', 'corp-centralus', 2, 3],
    ['an IPv6 VNet of one subnet', 'corp6-centralus', 64, 64],
    ['a large IPv6 VNet', 'corp6-centralus', 48, 64],
  ])('%s can be planned', (_, pool, prefixLength, subnetLength) => {
    const subnets = [{ name: 'app', prefixLength: subnetLength }];
    expect(plan({ allocations: [{ pool, prefixLength }], subnets }).ok).toBe(true);
  });

  test('one prefix length beyond either bound of a VNet cannot', () => {
    for (const prefixLength of [1, 30, 32]) {
      const change = { allocations: [{ pool: 'corp-centralus', prefixLength }], subnets: [] };
      expect(errorOf(change).code).toBe('RequestInvalid');
    }
  });

  test('the resource group may be any of several', () => {
    const subscriptions = [
      { subscriptionId: ids.managedSubscription, resourceGroups: ['rg-a', 'rg-payments', 'rg-b'] },
    ];
    const tenant = { alias: 'fabrikam', tenantId: ids.managedTenant, subscriptions };
    const several = sampleLandscape({ managedTenants: [tenant] });
    expect(planDeployment(sampleRequest(), several).ok).toBe(true);
  });

  test('the ownership tag is found among others', () => {
    const error = errorOf({ tags: { a: '1', 'vnet-vending-request': 'x', b: '2' } });
    expect(error.message).toMatch(/set by the workflow/);
  });

  test('all faults are told at once', () => {
    const error = errorOf({
      ...target({ tenant: 'contoso', location: 'westeurope' }),
      allocations: [
        { pool: 'nowhere', prefixLength: 24 },
        { pool: 'corp-centralus', numberOfIpAddresses: 7 },
      ],
      subnets: [{ name: 'big', pool: 'corp-centralus', prefixLength: 24 }],
      tags: { 'vnet-vending-request': 'mine' },
    });
    expect(error.details).toEqual({
      codes: 'UnknownTenant, UnknownPool, RegionMismatch, RequestInvalid',
    });
    for (const words of [
      'contoso',
      'nowhere',
      'westeurope',
      '7 addresses',
      '256 addresses',
      'tag',
    ]) {
      expect(error.message).toContain(words);
    }
  });
});
