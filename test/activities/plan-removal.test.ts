import { describe, expect, it } from 'vitest';
import { prerequisitesNotMet } from '../../src/activities/findings.ts';
import { computePlan } from '../../src/activities/plan-request.ts';
import { recheckPlan } from '../../src/activities/recheck-plan.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import {
  type Finding,
  overridableChecks,
  ownershipTag,
  type Plan,
  type PrerequisiteCheck,
  type Removal,
} from '../../src/model/plan.ts';
import { poolIds, sampleBody } from '../model/samples.ts';
import {
  creatorId,
  hubId,
  managedNetwork,
  peeredNetwork,
  type RemovalBench,
  recordCreator,
  startRemoval,
} from './removal-bench.ts';
import { refused, requestId, sampleSubnet, stepInput, virtualNetworkId } from './workbench.ts';

type Change = (bench: RemovalBench) => unknown;

async function planned(request: object = {}, change: Change = () => {}) {
  const bench = await startRemoval(request);
  await change(bench);
  const plan = await computePlan(bench.dependencies, requestId);
  if (!plan.ok) throw new Error(plan.error.code, { cause: plan.error });
  const { change: removal } = plan.value;
  if (removal.operation !== 'remove') throw new Error('unreachable');
  return { plan: plan.value, removal, bench };
}

const told = ({ findings }: Plan): readonly string[] =>
  findings.filter(({ status }) => status !== 'passed').map((one) => `${one.check}: ${one.status}`);

const errorOf = ({ findings }: Plan, check: PrerequisiteCheck) =>
  findings.find((finding: Finding) => finding.check === check)?.error;

const nic = `/subscriptions/s/resourceGroups/rg-apps/providers/Microsoft.Network/networkInterfaces/nic-1/ipConfigurations/one`;
const inUse = () =>
  managedNetwork({ subnets: [sampleSubnet({ users: [{ kind: 'ipConfiguration', id: nic }] })] });
const lock = (scope: string, level: 'CanNotDelete' | 'ReadOnly' = 'CanNotDelete') => ({
  name: `keep-${level}`,
  id: `${scope}/providers/Microsoft.Authorization/locks/keep-${level}`,
  level,
});

describe('the removal of a VNet that a request created', () => {
  it('is planned with what goes back to which pool, and by whom the VNet was created', async () => {
    const { plan, removal } = await planned();
    expect(told(plan)).toEqual([]);
    expect(removal).toEqual({
      requestId,
      operation: 'remove',
      mode: 'delete',
      target: expect.objectContaining({ virtualNetworkId, location: 'centralus' }),
      resourceGuid: 'guid-1',
      allocations: [
        {
          poolAlias: 'corp-centralus',
          poolId: poolIds.ipv4,
          family: 'IPv4',
          numberOfIpAddresses: '128',
          prefixes: ['10.0.0.0/25'],
        },
      ],
      createdBy: creatorId,
      detachedPeerings: [],
      overrides: [],
    } satisfies Removal);
  });

  it('takes its region from the VNet, and refuses another one', async () => {
    const { tenant, subscriptionId, resourceGroup, virtualNetwork } = sampleBody()[
      'target'
    ] as Record<string, string>;
    const target = { tenant, subscriptionId, resourceGroup, virtualNetwork };
    expect((await planned({ target })).removal.target.location).toBe('centralus');
    const other = { ...target, location: 'westeurope' };
    await expect(planned({ target: other })).rejects.toThrow('RequestInvalid');
  });

  it('has the same hash in whatever order Azure answers', async () => {
    const six = { poolId: poolIds.ipv6, numberOfIpAddresses: '2', prefixes: ['fd00::/64'] };
    const two = {
      poolId: poolIds.ipv4.toUpperCase(),
      numberOfIpAddresses: '16',
      prefixes: ['10.0.1.0/29', '10.0.0.0/29'],
    };
    const peerings = peeredNetwork().peerings;
    const hashOf = async (reverse: boolean): Promise<string> => {
      const order = <T>(list: readonly T[]) => (reverse ? list.toReversed() : list);
      const allocations = order([{ ...two, prefixes: order(two.prefixes) }, six]);
      const { plan, removal } = await planned({ detachPeerings: true, override: true }, (bench) => {
        bench.azure.virtualNetwork = managedNetwork({ allocations, peerings: order(peerings) });
      });
      expect(removal.allocations.map(({ prefixes }) => prefixes)).toEqual([
        ['10.0.0.0/29', '10.0.1.0/29'],
        ['fd00::/64'],
      ]);
      return plan.planHash;
    };
    expect(await hashOf(true)).toBe(await hashOf(false));
  });

  it.each(['Updating', 'Deleting'])('waits while the VNet is %s', async (provisioningState) => {
    const planning = planned({}, ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ provisioningState });
    });
    await expect(planning).rejects.toMatchObject({
      cause: { code: 'ResourceBusy', kind: 'retryable' },
    });
  });

  it('is possible for a VNet whose last operation failed', async () => {
    const { plan } = await planned({}, ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ provisioningState: 'Failed' });
    });
    expect(told(plan)).toEqual([]);
  });

  it('is tried again when Azure shows a prefix that is none', async () => {
    const planning = planned({}, ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ addressPrefixes: ['10.0.0.0/255'] });
    });
    await expect(planning).rejects.toThrow('AzureAnswerInvalid');
  });
});

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

describe('peerings', () => {
  it('that are to be taken off are planned, sorted, and need the permission', async () => {
    const denied = 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete';
    const { plan, removal } = await planned({ detachPeerings: true }, ({ azure }) => {
      azure.virtualNetwork = peeredNetwork();
      azure.listPermissions = async () => success([{ actions: ['*'], notActions: [denied] }]);
    });
    expect(removal.detachedPeerings).toEqual(['TO-BACKUP', 'to-hub']);
    expect(told(plan)).toEqual(['virtual-network-permission: failed']);
  });
});

describe('what Azure does not let us look at', () => {
  it('is unknown: locks, and what the pool lists', async () => {
    const { plan } = await planned({}, ({ azure }) => {
      azure.listLocks = async () => refused('PermissionMissing');
      azure.listPoolAssociations = async () => refused('PermissionMissing');
    });
    expect([...told(plan)].sort()).toEqual(['locks: unknown', 'managed-state: unknown']);
  });

  it('is not set aside by an override', async () => {
    const { removal } = await planned({ override: true }, ({ azure }) => {
      azure.listPoolAssociations = async () => refused('ServicePrincipalMissing');
    });
    expect(removal.overrides).toEqual([]);
  });

  it.each(['getVirtualNetwork', 'listLocks', 'listPoolAssociations'] as const)(
    'for now is no finding, the step is tried again: %s',
    async (method) => {
      const planning = planned({}, ({ azure }) => {
        azure[method] = async () => refused('AzureUnavailable');
      });
      await expect(planning).rejects.toThrow('AzureUnavailable');
    },
  );

  it('as the VNet itself stops the request, with all that is wrong with the tenants', async () => {
    const planning = planned({}, ({ azure }) => {
      azure.getVirtualNetwork = async () => refused('ServicePrincipalMissing');
      azure.checkToken = async () => refused('ServicePrincipalMissing');
    });
    await expect(planning).rejects.toMatchObject({
      cause: { code: 'PrerequisitesNotMet', message: expect.stringContaining('2 prerequisites') },
    });
  });
});

describe('a removal with nothing to remove', () => {
  const gone: Change = ({ azure }) => {
    azure.virtualNetwork = null;
  };

  it('plans what the pools still list for the VNet, so that the release is verified', async () => {
    const { plan, removal } = await planned({}, gone);
    expect(told(plan)).toEqual([]);
    expect(removal).not.toHaveProperty('resourceGuid');
    expect(removal.allocations).toEqual([
      expect.objectContaining({ poolAlias: 'corp-centralus', prefixes: ['10.0.0.0/25'] }),
    ]);
    expect(plan.policy).toMatchObject({ effect: 'auto-approve', rule: 'nothing-to-remove' });
  });

  it('looks at every pool where nobody says the region of the VNet', async () => {
    const { location: _, ...target } = sampleBody()['target'] as Record<string, string>;
    const inWestEurope: Change = ({ azure }) => {
      azure.virtualNetwork = null;
      azure.associations.clear();
      azure.associations.set(poolIds.ipv4.replace('corp-centralus', 'corp-westeurope'), [
        { resourceId: virtualNetworkId.toUpperCase(), prefixes: ['10.8.0.0/24'] },
      ]);
    };
    const { removal } = await planned({ target }, inWestEurope);
    expect(removal.target.location).toBe('westeurope');
    expect(removal.allocations).toMatchObject([{ poolAlias: 'corp-westeurope' }]);
    expect((await planned({}, inWestEurope)).removal.allocations).toEqual([]);
  });

  it('asks neither for ownership nor for permission to delete', async () => {
    const { plan } = await planned({}, ({ azure }) => {
      azure.virtualNetwork = null;
      const notActions = ['Microsoft.Network/virtualNetworks/delete'];
      azure.listPermissions = async () => success([{ actions: ['*'], notActions }]);
    });
    expect(told(plan)).toEqual([]);
  });

  it('says nothing of a pool that it may not look at, and stops', async () => {
    const { plan } = await planned({}, ({ azure }) => {
      azure.virtualNetwork = null;
      const { listPoolAssociations } = azure;
      azure.listPoolAssociations = async (poolId) =>
        poolId === poolIds.ipv6 ? refused('PermissionMissing') : listPoolAssociations(poolId);
    });
    expect(told(plan)).toEqual(['association: failed']);
  });

  it('is no plan when the management tenant cannot be asked', async () => {
    const { plan } = await planned({}, ({ azure }) => {
      azure.virtualNetwork = null;
      azure.checkToken = async (tenantId) =>
        tenantId.startsWith('aaaa')
          ? refused('ServicePrincipalMissing')
          : success({ objectId: 'us' });
    });
    expect(told(plan)).toContain('management-token: failed');
  });
});

describe('a disassociation', () => {
  const disassociate = { mode: 'disassociate' };

  it('needs no ownership, and is hindered neither by users nor by peerings', async () => {
    const { plan, removal } = await planned(disassociate, ({ azure }) => {
      azure.virtualNetwork = peeredNetwork({ ...inUse(), tags: {} });
      azure.locks = [lock(virtualNetworkId), lock(`${virtualNetworkId}/subnets/app`, 'ReadOnly')];
    });
    expect(told(plan)).toEqual([]);
    expect(removal).toMatchObject({
      mode: 'disassociate',
      resourceGuid: 'guid-1',
      allocations: [{ prefixes: ['10.0.0.0/25'] }],
    });
    expect(removal).not.toHaveProperty('createdBy');
  });

  it('is stopped by a lock that forbids writes, and by a pool that the landscape does not list', async () => {
    const { plan } = await planned(disassociate, ({ azure }) => {
      azure.locks = [lock('/subscriptions/bbbbbbbb-0000-4000-8000-000000000002', 'ReadOnly')];
      azure.virtualNetwork = managedNetwork({
        allocations: [{ poolId: '/other/pool', numberOfIpAddresses: '8', prefixes: [] }],
      });
    });
    expect([...told(plan)].sort()).toEqual(['association: failed', 'locks: failed']);
  });

  it.each(['associateResourcesToPool', 'disassociateResourcesFromPool'])(
    'needs the permission %s on the pool',
    async (action) => {
      const { plan } = await planned(disassociate, ({ azure }) => {
        const notActions = [`Microsoft.Network/networkManagers/ipamPools/${action}/action`];
        azure.listPermissions = async () => success([{ actions: ['*'], notActions }]);
      });
      expect(told(plan)).toEqual(['pool-permission: failed']);
    },
  );

  it('of a VNet without any allocation has nothing to remove', async () => {
    const { removal } = await planned(disassociate, ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ allocations: [], subnets: [sampleSubnet()] });
    });
    expect(removal).not.toHaveProperty('resourceGuid');
    expect(removal.allocations).toMatchObject([{ prefixes: ['10.0.0.0/25'] }]);
  });

  it('of a VNet with an allocation on a subnet alone has something to remove', async () => {
    const { removal } = await planned(disassociate, ({ azure }) => {
      azure.virtualNetwork = managedNetwork({ allocations: [] });
    });
    expect(removal).toMatchObject({
      resourceGuid: 'guid-1',
      allocations: [{ prefixes: ['10.0.0.0/27'] }],
    });
  });
});

describe('the check before the removal', () => {
  const recheckedAfter = async (request: object, change: Change) => {
    const bench = await startRemoval(request);
    const planHash = await bench.plan();
    await change(bench);
    return recheckPlan({ ...stepInput, planHash }, bench.dependencies);
  };

  it('passes when the VNet has gone meanwhile, or the pool has let go: less is left to do', async () => {
    const vanish: Change = ({ azure }) => {
      azure.virtualNetwork = null;
      azure.associations.clear();
    };
    expect(await recheckedAfter({}, vanish)).toEqual(success(null));
  });

  it('fails for another VNet, and for other prefixes than were planned for', async () => {
    for (const change of [
      { resourceGuid: 'guid-2' },
      {
        allocations: [
          { poolId: poolIds.ipv4, numberOfIpAddresses: '8', prefixes: ['10.0.0.0/29'] },
        ],
      },
    ]) {
      expect(
        await recheckedAfter({ mode: 'disassociate' }, ({ azure }) => {
          azure.virtualNetwork = managedNetwork(change);
        }),
      ).toMatchObject({ error: { code: 'PlanChanged' } });
    }
  });

  it('fails for a VNet that has gone although it was to stay without its association', async () => {
    const vanished = await recheckedAfter({ mode: 'disassociate' }, ({ azure }) => {
      azure.virtualNetwork = null;
    });
    expect(vanished).toMatchObject({ error: { code: 'PlanChanged' } });
  });

  it('names an obstacle that came up meanwhile', async () => {
    const rechecked = await recheckedAfter({}, ({ azure }) => {
      azure.virtualNetwork = inUse();
    });
    expect(rechecked).toMatchObject({
      error: { code: 'PrerequisitesNotMet', message: expect.stringContaining('nic-1') },
    });
  });
});
