import { describe, expect, it } from 'vitest';
import { recheckPlan } from '../../src/activities/planning/recheck-plan.ts';
import { success } from '../../src/model/outcome.ts';
import type { Removal } from '../../src/model/plan.ts';
import { poolIds, sampleBody } from '../model/samples.ts';
import { creatorId, managedNetwork, peeredNetwork, startRemoval } from './removal-bench.ts';
import { type Change, errorOf, inUse, lock, planned, told } from './removal-plans.ts';
import { refused, requestId, sampleSubnet, stepInput, virtualNetworkId } from './workbench.ts';

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
    const { plan } = await planned({ target: { ...target, location: 'westeurope' } });
    expect(told(plan)).toEqual(['virtual-network: failed']);
    expect(errorOf(plan, 'virtual-network')?.code).toBe('RegionMismatch');
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

  it('for now is the VNet itself, whatever else is wrong: the step is tried again', async () => {
    const planning = planned({}, ({ azure }) => {
      azure.getVirtualNetwork = async () => refused('Throttled');
      azure.listScopeConnections = async () => success([]);
    });
    await expect(planning).rejects.toThrow('Throttled');
  });

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

describe('a removal of what a pool lists for another id as well', () => {
  const elsewhere = virtualNetworkId.replace('rg-payments', 'rg-before');
  const listed: Change = ({ azure }) => {
    const all = azure.associations.get(poolIds.ipv4) ?? [];
    azure.associations.set(poolIds.ipv4, [
      ...all,
      { resourceId: elsewhere, prefixes: ['10.0.0.0/26'] },
      { resourceId: `${virtualNetworkId}/subnets/app`, prefixes: ['10.0.0.0/27'] },
      { resourceId: 'a-neighbour', prefixes: ['10.0.4.0/26'] },
    ]);
  };

  it('is planned with that id, in both modes', async () => {
    for (const mode of ['delete', 'disassociate']) {
      expect((await planned({ mode }, listed)).removal.otherHolders).toEqual([elsewhere]);
    }
  });

  it('is planned without when the pool may not be asked, and waits while it cannot be', async () => {
    const { removal } = await planned({ mode: 'disassociate' }, ({ azure }) => {
      azure.listPoolAssociations = async () => refused('PermissionMissing');
    });
    expect(removal).not.toHaveProperty('otherHolders');
    const planning = planned({ mode: 'disassociate' }, ({ azure }) => {
      azure.listPoolAssociations = async () => refused('Throttled');
    });
    await expect(planning).rejects.toThrow('Throttled');
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

  it('looks at every pool, because only the request says the region of the VNet', async () => {
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
    const wrong = { target: { ...target, location: 'northeurope' } };
    expect((await planned(wrong, inWestEurope)).removal.allocations).toHaveLength(1);
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
    const planHash = await bench.planApproved();
    await change(bench);
    return recheckPlan({ ...stepInput, planHash }, bench.dependencies);
  };

  it('passes when the VNet has gone meanwhile, or the pool has let go: less is left to do', async () => {
    const vanish: Change = ({ azure }) => {
      azure.virtualNetwork = null;
      azure.associations.clear();
    };
    expect(await recheckedAfter({}, vanish)).toEqual(success({ changed: false }));
  });

  it('makes another plan for another VNet, and for other prefixes than were planned for', async () => {
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
      ).toMatchObject({ value: { changed: true, plan: { version: 2 } } });
    }
  });

  it('makes another plan for a peering that would be taken off beside those that were planned for', async () => {
    const peered = await recheckedAfter({ detachPeerings: true }, ({ azure }) => {
      azure.virtualNetwork = peeredNetwork();
    });
    expect(peered).toMatchObject({ value: { changed: true } });
  });

  it('makes another plan for a VNet that has gone although it was to stay without its association', async () => {
    const vanished = await recheckedAfter({ mode: 'disassociate' }, ({ azure }) => {
      azure.virtualNetwork = null;
    });
    expect(vanished).toMatchObject({
      value: { changed: true, plan: { removal: { alreadyGone: true } } },
    });
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
