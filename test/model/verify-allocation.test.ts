import fc from 'fast-check';
import { describe, expect, test } from 'vitest';
import type { Deployment } from '../../src/model/plan.ts';
import { planDeployment } from '../../src/model/plan-deployment.ts';
import { type ObservedAllocation, verifyAllocation } from '../../src/model/verify-allocation.ts';
import { poolIds, sampleLandscape, sampleRequest } from './samples.ts';

function deploymentOf(change: object = {}): Deployment {
  const outcome = planDeployment(sampleRequest(change), sampleLandscape());
  if (!outcome.ok) {
    throw new Error(outcome.error.message);
  }
  return outcome.value;
}

const deployment = deploymentOf();
const vnetId = deployment.target.virtualNetworkId;
const otherId = vnetId.replace('vnet-payments', 'vnet-payments-2');

type VirtualNetwork = ObservedAllocation['virtualNetwork'];
type Pool = ObservedAllocation['pools'][number];

/** What both sides show when all is well: 100 addresses as /26 + /27 + /30, two other VNets in the pool. */
const given = ['10.0.1.0/26', '10.0.1.64/27', '10.0.9.0/30'];

const observe = (
  virtualNetwork: Partial<VirtualNetwork> = {},
  pool: Partial<Pool> = {},
): ObservedAllocation => ({
  virtualNetwork: {
    id: vnetId,
    addressPrefixes: given,
    allocations: [{ poolId: poolIds.ipv4.toUpperCase(), prefixes: given }],
    subnets: [{ name: 'app', addressPrefixes: ['10.0.1.0/27'] }],
    ...virtualNetwork,
  },
  pools: [
    {
      poolId: poolIds.ipv4,
      addressPrefixes: ['10.0.0.0/16'],
      associations: [
        { resourceId: otherId, prefixes: ['10.0.0.0/24'] },
        { resourceId: vnetId.toUpperCase(), prefixes: [...given].reverse() },
        { resourceId: `${vnetId}/subnets/app`, prefixes: ['10.0.1.0/27'] },
      ],
      ...pool,
    },
  ],
});

const codeOf = (observed: ObservedAllocation, planned = deployment): string => {
  const outcome = verifyAllocation(planned, observed);
  return outcome.ok ? 'ok' : `${outcome.error.code}: ${outcome.error.message}`;
};

const associated = (prefixes: string[], others: Pool['associations'] = []): Partial<Pool> => ({
  associations: [{ resourceId: vnetId, prefixes }, ...others],
});

describe('the verification of an allocation', () => {
  test('succeeds with the prefixes that VNet and pool agree on', () => {
    expect(verifyAllocation(deployment, observe())).toEqual({
      ok: true,
      value: {
        virtualNetworkId: vnetId,
        allocations: [{ poolAlias: 'corp-centralus', poolId: poolIds.ipv4, prefixes: given }],
      },
    });
  });

  test('the same space in other blocks or another order is the same', () => {
    const halves = ['10.0.1.32/27', '10.0.1.0/27', '10.0.1.64/27', '10.0.9.0/30'];
    expect(codeOf(observe({ addressPrefixes: halves }, associated(halves)))).toBe('ok');
  });

  test('a pool whose prefixes we may not read is checked by its associations alone', () => {
    const { poolId, associations } = observe().pools[0] as Pool;
    expect(codeOf({ ...observe(), pools: [{ poolId, associations }] })).toBe('ok');
  });

  test('both families are verified, each against its own pool', () => {
    const both = deploymentOf({
      allocations: [
        { pool: 'corp-centralus', numberOfIpAddresses: 100 },
        { pool: 'corp6-centralus', prefixLength: 64 },
      ],
    });
    const six = ['fd00:0:0:1::/64'];
    const observed = (prefixes6: string[]): ObservedAllocation => ({
      virtualNetwork: {
        ...observe().virtualNetwork,
        addressPrefixes: [...given, ...prefixes6],
        allocations: [
          { poolId: poolIds.ipv4, prefixes: given },
          { poolId: poolIds.ipv6, prefixes: prefixes6 },
        ],
      },
      pools: [
        ...observe().pools,
        {
          poolId: poolIds.ipv6,
          addressPrefixes: ['fd00::/48'],
          associations: [{ resourceId: vnetId, prefixes: prefixes6 }],
        },
      ],
    });
    expect(codeOf(observed(six), both)).toBe('ok');
    expect(codeOf(observed(['10.9.0.0/24', ...six]), both)).toMatch(/is IPv6, but the VNet shows/);
    expect(codeOf(observed(['10.9.0.0/24']), both)).toMatch(/is IPv6, but the VNet shows 10\.9/);
    expect(codeOf(observe(), both)).toMatch(/NotConfirmed.*no prefix of the pool 'corp6-central/);
  });

  test.each<[string, ObservedAllocation, RegExp]>([
    ['no allocation', observe({ allocations: [] }), /the VNet shows no prefix of the pool/],
    [
      'an allocation without prefixes',
      observe({ allocations: [{ poolId: poolIds.ipv4, prefixes: [] }] }),
      /shows no prefix/,
    ],
    ['no address prefixes', observe({ addressPrefixes: [] }), /shows no address prefixes/],
    ['a pool that does not list it', observe({}, { associations: [] }), /does not list the VNet/],
    ['a listing without prefixes', observe({}, associated([])), /does not list the VNet with a/],
    ['a pool that was not read', { ...observe(), pools: [] }, /was not looked at/],
    ['no subnet', observe({ subnets: [] }), /no IPv4 prefix of the subnet 'app'/],
    [
      'an overlap, which may be a VNet that is gone by now',
      observe({}, associated(given, [{ resourceId: otherId, prefixes: ['10.0.8.0/23'] }])),
      /overlaps 10\.0\.8\.0\/23, which the pool 'corp-centralus' gave to .*vnet-payments-2/,
    ],
  ])('%s: not confirmed yet', (_, observed, words) => {
    expect(codeOf(observed)).toMatch(/^AllocationNotConfirmed: /);
    expect(codeOf(observed)).toMatch(words);
  });

  test.each<[string, ObservedAllocation, RegExp]>([
    [
      'too small',
      observe(
        {
          addressPrefixes: ['10.0.1.0/26'],
          allocations: [{ poolId: poolIds.ipv4, prefixes: ['10.0.1.0/26'] }],
        },
        associated(['10.0.1.0/26']),
      ),
      /was to have 100 addresses of 'corp-centralus', but has 64/,
    ],
    [
      'outside the pool',
      observe({}, { addressPrefixes: ['10.0.0.0/21'] }),
      /is not inside the pool 'corp-centralus' \(10\.0\.0\.0\/21\)/,
    ],
    [
      'another prefix in the pool',
      observe({}, associated(['10.0.2.0/25'])),
      /but the pool 'corp-centralus' lists 10\.0\.2\.0\/25 for it/,
    ],
    [
      'a second entry in the pool (a known fault of Azure)',
      observe({}, associated(given, [{ resourceId: vnetId, prefixes: ['10.0.4.0/24'] }])),
      /lists .*10\.0\.4\.0\/24 for it/,
    ],
    [
      'prefixes of no pool',
      observe({ addressPrefixes: [...given, '192.168.0.0/24'] }),
      /but was given/,
    ],
    [
      'a pool nobody asked for',
      observe({
        allocations: [
          { poolId: poolIds.ipv4, prefixes: given },
          { poolId: poolIds.ipv6, prefixes: ['fd00::/64'] },
        ],
      }),
      /also has fd00::\/64 of .*which nobody asked for/,
    ],
    [
      'a subnet that is too small',
      observe({ subnets: [{ name: 'APP', addressPrefixes: ['10.0.1.0/28'] }] }),
      /'app' was to have 32 IPv4 addresses/,
    ],
    [
      'a subnet outside the VNet',
      observe({ subnets: [{ name: 'app', addressPrefixes: ['10.0.2.0/27'] }] }),
      /'app' \(10\.0\.2\.0\/27\) is not inside the VNet/,
    ],
    [
      'a text that is no prefix',
      observe({}, { addressPrefixes: ['10.0.0.0/16', 'any'] }),
      /Azure shows 'any', which is no prefix/,
    ],
  ])('%s: invalid', (_, observed, words) => {
    expect(codeOf(observed)).toMatch(/^AllocationInvalid: /);
    expect(codeOf(observed)).toMatch(words);
  });

  test('subnets that overlap each other are invalid', () => {
    const planned = deploymentOf({
      subnets: [
        { name: 'a', numberOfIpAddresses: 16 },
        { name: 'b', numberOfIpAddresses: 16 },
      ],
    });
    const observed = observe({
      subnets: [
        { name: 'a', addressPrefixes: ['10.0.1.0/27'] },
        { name: 'b', addressPrefixes: ['10.0.1.16/28'] },
      ],
    });
    expect(codeOf(observed, planned)).toMatch(
      /'b' \(10\.0\.1\.16\/28\) overlaps an earlier subnet/,
    );
  });

  test('whatever another VNet holds: it is accepted when it is elsewhere, and found when it is not', () => {
    fc.assert(
      fc.property(fc.nat(2 ** 16 - 1), fc.integer({ min: 16, max: 32 }), (offset, length) => {
        const start = (offset >> (32 - length)) << (32 - length);
        const other = `10.0.${start >> 8}.${start & 255}/${length}`;
        const end = start + 2 ** (32 - length);
        const meets = [
          [256, 256 + 96],
          [9 * 256, 9 * 256 + 4],
        ].some(([first = 0, after = 0]) => start < after && first < end);
        const verdict = codeOf(
          observe({}, associated(given, [{ resourceId: otherId, prefixes: [other] }])),
        );
        expect(verdict.startsWith('AllocationNotConfirmed')).toBe(meets);
      }),
      { numRuns: 1_000 },
    );
  });
});
