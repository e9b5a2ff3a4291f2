import { describe, expect, it } from 'vitest';
import { prerequisitesNotMet } from '../../src/activities/planning/findings.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { overridableChecks, ownershipTag, type PrerequisiteCheck } from '../../src/model/plan.ts';
import { poolIds } from '../model/samples.ts';
import {
  creatorId,
  hubId,
  managedNetwork,
  peeredNetwork,
  type RemovalBench,
  recordCreator,
} from './removal-bench.ts';
import { type Change, errorOf, inUse, lock, planned, told } from './removal-plans.ts';
import { requestId, virtualNetworkId } from './workbench.ts';

/** Obstacles of a deletion: what makes it, what the finding says. */
const obstacles: readonly {
  what: string;
  make: Change;
  check: PrerequisiteCheck;
  code: ErrorCode;
  says: readonly string[];
}[] = [
  {
    what: 'a network interface',
    make: ({ azure }) => {
      azure.virtualNetwork = inUse();
    },
    check: 'in-use',
    code: 'VirtualNetworkInUse',
    says: ["in the subnet 'app' network interface 'nic-1' (resource group rg-apps)"],
  },
  {
    what: 'peerings',
    make: ({ azure }) => {
      azure.virtualNetwork = peeredNetwork();
    },
    check: 'peerings',
    code: 'VirtualNetworkPeered',
    says: [`'to-hub' with ${hubId}`, `'TO-BACKUP' with ${hubId}-2`],
  },
  {
    what: 'a lock on the VNet',
    make: ({ azure }) => {
      azure.locks = [lock(virtualNetworkId)];
    },
    check: 'locks',
    code: 'VirtualNetworkLocked',
    says: [`'keep-CanNotDelete' (CanNotDelete) on ${virtualNetworkId}`],
  },
  {
    what: 'locks above the VNet',
    make: ({ azure }) => {
      const subscription = '/subscriptions/the-subscription';
      azure.locks = [lock(`${subscription}/resourceGroups/rg`, 'ReadOnly'), lock(subscription)];
    },
    check: 'locks',
    code: 'VirtualNetworkLocked',
    says: [
      "'keep-ReadOnly' (ReadOnly) on the resource group 'rg'",
      'on the subscription the-subscription',
    ],
  },
  {
    what: 'a pool that the landscape does not list',
    make: ({ azure }) => {
      const strange = {
        poolId: '/other/pool',
        numberOfIpAddresses: '8',
        prefixes: ['10.9.0.0/29'],
      };
      const { allocations } = managedNetwork();
      azure.virtualNetwork = managedNetwork({ tags: {}, allocations: [...allocations, strange] });
    },
    check: 'association',
    code: 'UnknownPool',
    says: ['/other/pool'],
  },
  ...(
    [
      ['without the tag', {}, 'carries no tag'],
      ['with a tag that is no request id', { [ownershipTag]: '../x' }, 'is no id of a request'],
      ['of a request that nobody knows', { [ownershipTag]: 'RITM9' }, 'does not know'],
      ['with the tag of the removal itself', { [ownershipTag]: requestId }, 'which was to remove'],
    ] as const
  ).map(([what, tags, says]) => ({
    what: `a VNet ${what}`,
    make: ({ azure }: RemovalBench) => {
      azure.virtualNetwork = managedNetwork({ tags });
    },
    check: 'ownership' as const,
    code: 'VirtualNetworkNotOwned' as const,
    says: [says],
  })),
  {
    what: 'a request that has not succeeded',
    make: async ({ azure, ledger }) => {
      await recordCreator(ledger, { id: 'RITM2', state: 'verifying' });
      azure.virtualNetwork = managedNetwork({ tags: { [ownershipTag]: 'RITM2' } });
    },
    check: 'ownership',
    code: 'VirtualNetworkNotOwned',
    says: ['has not succeeded (verifying)'],
  },
  {
    what: 'another VNet than the one that was created',
    make: ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ resourceGuid: 'guid-2' });
    },
    check: 'ownership',
    code: 'VirtualNetworkNotOwned',
    says: ['another one'],
  },
  {
    what: 'a tag that was copied to another name',
    make: async ({ azure, ledger }) => {
      const result = { virtualNetworkId: `${virtualNetworkId}-2`, allocations: [] };
      await recordCreator(ledger, { id: 'RITM2', result });
      azure.virtualNetwork = managedNetwork({ tags: { [ownershipTag]: 'RITM2' } });
    },
    check: 'ownership',
    code: 'VirtualNetworkNotOwned',
    says: ['which created', `${virtualNetworkId}-2`],
  },
  {
    what: 'an association that was released since',
    make: ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ allocations: [], subnets: [] });
    },
    check: 'managed-state',
    code: 'VirtualNetworkNotManaged',
    says: [creatorId, 'no longer associated with the pool corp-centralus'],
  },
  {
    what: 'an allocation that grew since',
    make: ({ azure }) => {
      const prefixes = ['10.0.0.0/25', '10.0.1.0/25'];
      const [allocation] = managedNetwork().allocations;
      azure.virtualNetwork = managedNetwork({
        addressPrefixes: prefixes,
        allocations: allocation ? [{ ...allocation, prefixes }] : [],
      });
    },
    check: 'managed-state',
    code: 'VirtualNetworkNotManaged',
    says: [
      'has 10.0.0.0/25, 10.0.1.0/25 of the pool corp-centralus, where it got 10.0.0.0/25',
      'beside',
    ],
  },
  {
    what: 'a pool of its own that somebody added',
    make: ({ azure }) => {
      const { allocations } = managedNetwork();
      azure.virtualNetwork = managedNetwork({
        allocations: [
          ...allocations,
          { poolId: poolIds.ipv6, numberOfIpAddresses: '1', prefixes: ['fd00::/64'] },
        ],
      });
    },
    check: 'managed-state',
    code: 'VirtualNetworkNotManaged',
    says: ['also has fd00::/64'],
  },
  {
    what: 'prefixes beside those of the pool',
    make: ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ addressPrefixes: ['10.0.0.0/25', '192.168.0.0/24'] });
    },
    check: 'managed-state',
    code: 'VirtualNetworkNotManaged',
    says: ['192.168.0.0/24 beside'],
  },
  {
    what: 'a pool that lists the VNet no longer',
    make: ({ azure }) => azure.associations.clear(),
    check: 'managed-state',
    code: 'VirtualNetworkNotManaged',
    says: ['the pool corp-centralus lists no prefix for it, where it gave 10.0.0.0/25'],
  },
];

describe('an obstacle', () => {
  it.each(obstacles)('stops the deletion, named with its remedy: $what', async (obstacle) => {
    const { plan } = await planned({}, obstacle.make);
    expect(told(plan)).toContain(`${obstacle.check}: failed`);
    const error = errorOf(plan, obstacle.check);
    expect(error?.code).toBe(obstacle.code);
    for (const words of obstacle.says) expect(error?.message).toContain(words);
    expect(prerequisitesNotMet(plan.findings)?.remedy).toContain(error?.remedy);
  });

  it.each(obstacles.filter(({ check }) => check !== 'association'))(
    'stands alone: $what',
    async ({ make, check }) => {
      expect(told((await planned({}, make)).plan)).toEqual([`${check}: failed`]);
    },
  );

  it.each(obstacles)('can be set aside only where an operator may: $what', async (obstacle) => {
    const { plan, removal } = await planned({ override: true }, obstacle.make);
    const isOverridable = overridableChecks.includes(obstacle.check);
    expect(told(plan)).toContain(`${obstacle.check}: ${isOverridable ? 'overridden' : 'failed'}`);
    expect(removal.overrides.includes(obstacle.check)).toBe(isOverridable);
    if (isOverridable) expect(plan.policy.rule).toBe('operator');
  });

  it('hides no other one: all are named at once', async () => {
    const { plan } = await planned({}, ({ azure }) => {
      azure.virtualNetwork = peeredNetwork({
        ...inUse(),
        peerings: peeredNetwork().peerings,
        tags: {},
      });
      azure.locks = [lock(virtualNetworkId)];
      azure.listPermissions = async () => success([]);
      azure.listScopeConnections = async () => success([]);
    });
    expect([...told(plan)].sort()).toEqual([
      'connection: failed',
      'in-use: failed',
      'locks: failed',
      'ownership: failed',
      'peerings: failed',
      'pool-permission: failed',
      'virtual-network-permission: failed',
    ]);
  });

  it('that does not exist is not set aside, even if asked for', async () => {
    const { plan, removal } = await planned({ override: true });
    expect(removal.overrides).toEqual([]);
    expect(plan.policy.rule).not.toBe('operator');
  });
});
