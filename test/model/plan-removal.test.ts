import { describe, expect, it } from 'vitest';
import { allocationsToRelease, findMisspelledPrefix } from '../../src/model/plan-removal.ts';
import { poolIds, sampleLandscape } from './samples.ts';

const { pools } = sampleLandscape();
const of = (poolId: string, ...prefixes: string[]) => ({ poolId, prefixes });
const holder = (
  allocations: readonly ReturnType<typeof of>[],
  ...subnets: readonly ReturnType<typeof of>[]
) => ({ allocations, subnets: subnets.map((one) => ({ allocations: [one] })) });

describe('what goes back to the pools', () => {
  it('is what the VNet has of each, sorted, with the count of its addresses', () => {
    const shown = holder([
      of(poolIds.ipv6, 'fd00::/56'),
      of(poolIds.ipv4, '10.0.1.0/29', '10.0.0.0/28'),
    ]);
    expect(allocationsToRelease(shown, pools.toReversed()).allocations).toEqual([
      {
        poolAlias: 'corp-centralus',
        poolId: poolIds.ipv4,
        family: 'IPv4',
        numberOfIpAddresses: '24',
        prefixes: ['10.0.0.0/28', '10.0.1.0/29'],
      },
      expect.objectContaining({
        poolAlias: 'corp6-centralus',
        numberOfIpAddresses: String(2n ** 72n),
      }),
    ]);
  });

  it('counts no prefix of a subnet twice, but those of a pool that only a subnet shows', () => {
    const shown = holder(
      [of(poolIds.ipv4, '10.0.0.0/25')],
      of(poolIds.ipv4.toUpperCase(), '10.0.0.0/27'),
      of(poolIds.ipv6, 'fd00::/64'),
    );
    expect(allocationsToRelease(shown, pools).allocations).toMatchObject([
      { prefixes: ['10.0.0.0/25'] },
      { prefixes: ['fd00::/64'] },
    ]);
  });

  it('may be an allocation without a prefix', () => {
    expect(allocationsToRelease(holder([of(poolIds.ipv4)]), pools).allocations).toMatchObject([
      { numberOfIpAddresses: '1', prefixes: [] },
    ]);
  });

  it('cannot be verified with a pool that the landscape does not list', () => {
    const shown = holder([of('/b'), of('/a')], of('/b'));
    expect(allocationsToRelease(shown, pools)).toEqual({
      allocations: [],
      unknownPoolIds: ['/a', '/b'],
    });
  });
});

it.each([
  [{ ...holder([]), addressPrefixes: ['10.0.0.1/24'] }, '10.0.0.1/24'],
  [{ ...holder([of('/a', 'x')]), addressPrefixes: [] }, 'x'],
  [{ ...holder([], of('/a', 'y')), addressPrefixes: [] }, 'y'],
  [{ ...holder([of('/a', '10.0.0.0/24')]), addressPrefixes: ['fd00::/64'] }, undefined],
])('a text that is no prefix is found wherever it stands: %j', (shown, found) => {
  expect(findMisspelledPrefix(shown)).toBe(found);
});
