import { describe, expect, it } from 'vitest';
import { prerequisitesNotMet } from '../../src/activities/planning/findings.ts';
import { planAssociation } from '../../src/activities/planning/plan-association.ts';
import type { VirtualNetworkView } from '../../src/azure/azure.ts';
import type { Landscape } from '../../src/model/landscape.ts';
import { success } from '../../src/model/outcome.ts';
import type { Finding } from '../../src/model/plan.ts';
import { ids, poolIds, sampleAssociateRequest, sampleLandscape } from '../model/samples.ts';
import {
  type AzureInMemory,
  refused,
  requestId,
  sampleNetwork,
  startWorkbenchOf,
  virtualNetworkId,
} from './workbench.ts';

interface Setting {
  readonly request?: object;
  readonly network?: Partial<VirtualNetworkView> | null;
  readonly azure?: (azure: AzureInMemory) => void;
  readonly landscape?: Partial<Landscape>;
  readonly sent?: Readonly<Record<string, string>>;
}

/** Plans the sample association in an Azure that holds the VNet of the setting. */
async function plan({ request, network, azure: change, landscape, sent }: Setting = {}) {
  const sample = sampleAssociateRequest(request);
  const { azure, dependencies, ledger } = await startWorkbenchOf(sample);
  azure.virtualNetwork = network === null ? null : sampleNetwork(network);
  change?.(azure);
  if (sent) await ledger.putStepState(requestId, 'associate', sent);
  return planAssociation({ ...dependencies, landscape: sampleLandscape(landscape) }, sample);
}

async function planned(setting: Setting = {}) {
  const outcome = await plan(setting);
  if (!outcome.ok) throw new Error(`${outcome.error.code}: ${outcome.error.message}`);
  return outcome.value;
}

const notPassed = (findings: readonly Finding[]) =>
  findings
    .filter(({ status }) => status !== 'passed')
    .map(({ check, status, error }) => `${check} ${status}: ${error?.code}`)
    .sort();

const findingsOf = async (setting: Setting) => notPassed((await planned(setting)).findings);

const dualStack = {
  request: { pools: ['corp-centralus', 'corp6-centralus'] },
  network: { addressPrefixes: ['fd00::/64', '10.0.1.0/24', '10.0.0.0/25'] },
  azure: (azure: AzureInMemory) => {
    const { getPool, getPoolUsage } = azure;
    azure.getPool = async (id) =>
      id === poolIds.ipv6
        ? success({ location: 'centralus', family: 'IPv6', addressPrefixes: ['fd00::/48'] })
        : getPool(id);
    azure.getPoolUsage = async (id) => {
      const usage = await getPoolUsage(id);
      const addressPrefixes = ['fd00::/48'];
      return usage.ok && id === poolIds.ipv6
        ? success({ ...usage.value, addressPrefixes, availableAddressPrefixes: addressPrefixes })
        : usage;
    };
  },
};

describe('the plan of an association', () => {
  it('names the very VNet, and for each pool the prefixes that it is to take in', async () => {
    const { change, findings, tags } = await planned(dualStack);
    expect(notPassed(findings)).toEqual([]);
    expect(tags).toEqual(sampleNetwork().tags);
    expect(change).toEqual({
      requestId,
      operation: 'associate',
      resourceGuid: 'guid-1',
      target: {
        tenantAlias: 'fabrikam',
        tenantId: ids.managedTenant,
        subscriptionId: ids.managedSubscription,
        resourceGroup: 'rg-payments',
        virtualNetwork: 'vnet-payments',
        virtualNetworkId,
        location: 'centralus',
      },
      allocations: [
        {
          poolAlias: 'corp-centralus',
          poolId: poolIds.ipv4,
          family: 'IPv4',
          numberOfIpAddresses: '384',
          prefixes: ['10.0.0.0/25', '10.0.1.0/24'],
        },
        {
          poolAlias: 'corp6-centralus',
          poolId: poolIds.ipv6,
          family: 'IPv6',
          numberOfIpAddresses: '18446744073709551616',
          prefixes: ['fd00::/64'],
        },
      ],
    });
  });

  it('takes the region of the VNet where the request says none', async () => {
    const { id: _, ...rest } = sampleAssociateRequest();
    const { location: __, ...target } = rest.target;
    const { change, findings } = await planned({ request: { target } });
    expect(change.target.location).toBe('centralus');
    expect(notPassed(findings)).toEqual([]);
  });

  it('tells the order of prefixes of the VNet apart from nothing: the plan stays the same', async () => {
    const prefixes = ['10.0.1.0/24', '10.0.0.0/25'];
    const one = await planned({ network: { addressPrefixes: prefixes } });
    const other = await planned({ network: { addressPrefixes: prefixes.toReversed() } });
    expect(one.change).toEqual(other.change);
  });

  it('looks at the actions that it needs, and at no more', async () => {
    const missing = (action: string) => ({
      azure: (azure: AzureInMemory) => {
        azure.listPermissions = async () => success([{ actions: ['*'], notActions: [action] }]);
      },
    });
    const network = 'Microsoft.Network/virtualNetworks';
    const pool = 'Microsoft.Network/networkManagers/ipamPools';
    expect(await findingsOf(missing(`${pool}/associateResourcesToPool/action`))).toEqual([
      'pool-permission failed: PermissionMissing',
    ]);
    expect(await findingsOf(missing(`${network}/write`))).toEqual([
      'virtual-network-permission failed: PermissionMissing',
    ]);
    expect(await findingsOf(missing(`${network}/delete`))).toEqual([]);
  });
});

describe('a request that names what the landscape lacks', () => {
  it.each([
    [{ pools: ['nowhere'] }, 'UnknownPool', 'nowhere'],
    [{ pools: ['corp-centralus', 'other-centralus'] }, 'RequestInvalid', 'both IPv4'],
  ])('%j is told before anything is read', async (request, code, words) => {
    const outcome = await plan({
      request,
      azure: (azure) => {
        azure.getVirtualNetwork = () => Promise.reject(new Error('must not be read'));
      },
    });
    expect(outcome).toMatchObject({ ok: false, error: { code } });
    expect(outcome.ok ? '' : outcome.error.message).toContain(words);
  });

  it('is told all of it at once', async () => {
    const target = { ...sampleAssociateRequest().target, tenant: 'nobody' };
    const outcome = await plan({ request: { target, pools: ['nowhere'] } });
    expect(outcome).toMatchObject({
      error: { code: 'UnknownTenant', details: { codes: 'UnknownTenant, UnknownPool' } },
    });
  });
});

describe('a VNet that cannot be planned with', () => {
  it('is missing', async () => {
    expect(await plan({ network: null })).toMatchObject({
      error: { code: 'VirtualNetworkMissing', kind: 'terminal' },
    });
  });

  it.each(['Updating', 'Deleting'])('is %s: the plan waits', async (provisioningState) => {
    expect(await plan({ network: { provisioningState } })).toMatchObject({
      error: { code: 'ResourceBusy', kind: 'retryable' },
    });
  });

  it('is not one whose last change failed: a PUT heals it', async () => {
    expect(await findingsOf({ network: { provisioningState: 'Failed' } })).toEqual([]);
  });

  it('shows prefixes that are none', async () => {
    expect(await plan({ network: { addressPrefixes: ['10.0.0.1/24'] } })).toMatchObject({
      error: { code: 'AzureAnswerInvalid' },
    });
  });

  it('cannot be read: the error names all that is wrong with the tenants', async () => {
    const outcome = await plan({
      azure: (azure) => {
        azure.getVirtualNetwork = async () => refused('PermissionMissing');
        azure.listPermissions = async () => success([]);
        azure.listScopeConnections = async () => success([]);
      },
    });
    expect(outcome).toMatchObject({
      error: { code: 'PrerequisitesNotMet', message: expect.stringContaining('3 prerequisites') },
    });
  });

  it('cannot be read for now: the whole step is tried again', async () => {
    const outcome = await plan({
      azure: (azure) => {
        azure.getVirtualNetwork = async () => refused('Throttled');
      },
    });
    expect(outcome).toMatchObject({ error: { code: 'Throttled' } });
  });
});

describe('the regions', () => {
  it('of request and VNet differ: a finding', async () => {
    const target = { ...sampleAssociateRequest().target, location: 'westeurope' };
    expect(await findingsOf({ request: { target } })).toEqual([
      'virtual-network failed: RegionMismatch',
    ]);
  });

  it('of pool and VNet differ, as Azure or the landscape says: a finding', async () => {
    const moved = {
      azure: (azure: AzureInMemory) => {
        azure.getPool = async () =>
          success({ location: 'westeurope', family: 'IPv4', addressPrefixes: [] });
      },
    };
    expect(await findingsOf(moved)).toEqual(['pool-region failed: RegionMismatch']);
    const unreadable = {
      request: { pools: ['corp-westeurope'] },
      azure: (azure: AzureInMemory) => {
        azure.getPool = async () => refused('PermissionMissing');
      },
    };
    expect(await findingsOf(unreadable)).toEqual(['pool-region failed: RegionMismatch']);
  });
});

describe('an association that is there already', () => {
  const allocation = (poolId: string, ...prefixes: string[]) => ({
    allocations: [{ poolId, numberOfIpAddresses: '128', prefixes }],
  });

  it.each([
    ['of the same pool', allocation(poolIds.ipv4, '10.0.0.0/25')],
    ['of another pool of the family', allocation(`${poolIds.ipv4}-2`, '10.0.0.0/25')],
    ['of a pool that has not answered yet', allocation(poolIds.ipv4)],
  ])('%s is a finding', async (_what, network) => {
    expect(await findingsOf({ network })).toEqual(['association failed: AlreadyAssociated']);
  });

  it('of the other family does not matter', async () => {
    expect(await findingsOf({ network: allocation(poolIds.ipv6, 'fd00::/64') })).toEqual([]);
  });

  it('does not matter if this request has made it, and its prefixes are its own', async () => {
    const setting: Setting = {
      network: allocation(poolIds.ipv4.toUpperCase(), '10.0.0.0/25'),
      azure: (azure) => {
        const { getPoolUsage } = azure;
        azure.getPoolUsage = async (id) => {
          const usage = await getPoolUsage(id);
          const availableAddressPrefixes = ['10.0.128.0/17'];
          return usage.ok ? success({ ...usage.value, availableAddressPrefixes }) : usage;
        };
        azure.associations.set(poolIds.ipv4, [
          { resourceId: virtualNetworkId.toUpperCase(), prefixes: ['10.0.0.0/25'] },
        ]);
      },
    };
    expect(await findingsOf({ ...setting, sent: { outcome: 'unknown' } })).toEqual([]);
    expect(await findingsOf({ ...setting, sent: { outcome: 'refused' } })).toEqual([
      'association failed: AlreadyAssociated',
    ]);
  });
});

it('what this request has associated is not held against it before the pool lists it', async () => {
  const setting: Setting = {
    network: {
      allocations: [{ poolId: poolIds.ipv4, numberOfIpAddresses: '128', prefixes: [] }],
    },
    azure: (azure) => {
      const { getPoolUsage } = azure;
      azure.getPoolUsage = async (id) => {
        const usage = await getPoolUsage(id);
        return usage.ok ? success({ ...usage.value, availableAddressPrefixes: [] }) : usage;
      };
    },
  };
  expect(await findingsOf({ ...setting, sent: { outcome: 'accepted' } })).toEqual([]);
  expect(await findingsOf(setting)).toEqual([
    'association failed: AlreadyAssociated',
    'pool-prefixes failed: PrefixNotFree',
  ]);
});

describe('the prefixes of the VNet', () => {
  const withUsage = (
    available: readonly string[],
    associations: AzureInMemory['associations'],
  ) => ({
    azure: (azure: AzureInMemory) => {
      const { getPoolUsage } = azure;
      azure.getPoolUsage = async (id) => {
        const usage = await getPoolUsage(id);
        return usage.ok ? success({ ...usage.value, availableAddressPrefixes: available }) : usage;
      };
      for (const [id, held] of associations) azure.associations.set(id, held);
    },
  });

  it('must all be inside the pool', async () => {
    const network = { addressPrefixes: ['10.0.0.0/25', '192.168.0.0/24'] };
    expect(await findingsOf({ network })).toEqual(['pool-prefixes failed: PrefixNotInPool']);
  });

  it('must exist in the family of the pool', async () => {
    const { findings } = await planned({ network: { addressPrefixes: ['fd00::/64'] } });
    expect(notPassed(findings)).toEqual(['pool-prefixes failed: PrefixNotInPool']);
    expect(prerequisitesNotMet(findings)?.message).toContain('no IPv4 prefix');
  });

  it('must be free, or the finding names who holds them', async () => {
    const holder = `${virtualNetworkId}-2`;
    const held = new Map([[poolIds.ipv4, [{ resourceId: holder, prefixes: ['10.0.0.0/26'] }]]]);
    const { findings } = await planned(withUsage(['10.0.0.64/26'], held));
    expect(notPassed(findings)).toEqual(['pool-prefixes failed: PrefixNotFree']);
    expect(prerequisitesNotMet(findings)?.message).toContain(`10.0.0.0/26 belongs to ${holder}`);
  });

  it('may be held by what has no VNet', async () => {
    const { findings } = await planned(withUsage([], new Map()));
    expect(prerequisitesNotMet(findings)?.message).toContain('static CIDR');
  });

  it('of a pool that Azure does not let us look at are unknown, and stop nothing', async () => {
    const azure = (change: AzureInMemory) => {
      change.getPoolUsage = async () => refused('PermissionMissing');
    };
    const { findings } = await planned({ azure });
    expect(notPassed(findings)).toEqual(['pool-prefixes unknown: PermissionMissing']);
    expect(prerequisitesNotMet(findings)).toBeUndefined();
  });

  it('cannot be judged in an outage: the whole step is tried again', async () => {
    const azure = (change: AzureInMemory) => {
      change.getPoolUsage = async () => refused('AzureUnavailable');
    };
    expect(await plan({ azure })).toMatchObject({ error: { code: 'AzureUnavailable' } });
  });
});

describe('a lock', () => {
  const lock = (scope: string, level: 'ReadOnly' | 'CanNotDelete') => ({
    azure: (azure: AzureInMemory) => {
      const id = `${scope}/providers/Microsoft.Authorization/locks/keep`;
      azure.locks = [{ id, name: 'keep', level }];
    },
  });
  const subscription = `/subscriptions/${ids.managedSubscription}`;

  it.each([
    ['the VNet', virtualNetworkId],
    ['the VNet, in another case', virtualNetworkId.toUpperCase()],
    ['the subscription', subscription],
  ])('with ReadOnly on %s is a finding that names it', async (_what, scope) => {
    const { findings } = await planned(lock(scope, 'ReadOnly'));
    expect(notPassed(findings)).toEqual(['locks failed: VirtualNetworkLocked']);
    expect(prerequisitesNotMet(findings)?.message).toContain(`'keep' on ${scope}`);
  });

  it.each([
    ['against deletion', virtualNetworkId, 'CanNotDelete'],
    ['of a subnet', `${virtualNetworkId}/subnets/app`, 'ReadOnly'],
  ] as const)('%s does not matter', async (_what, scope, level) => {
    expect(await findingsOf(lock(scope, level))).toEqual([]);
  });

  it('that we may not look at is unknown', async () => {
    const azure = (change: AzureInMemory) => {
      change.listLocks = async () => refused('PermissionMissing');
    };
    expect(await findingsOf({ azure })).toEqual(['locks unknown: PermissionMissing']);
  });
});
