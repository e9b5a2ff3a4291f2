import { describe, expect, it } from 'vitest';
import { prerequisitesNotMet } from '../../src/activities/planning/findings.ts';
import { computePlan } from '../../src/activities/planning/plan-request.ts';
import type { EffectivePermission } from '../../src/azure/azure.ts';
import type { Landscape } from '../../src/model/landscape.ts';
import { success } from '../../src/model/outcome.ts';
import type { Finding, PrerequisiteCheck } from '../../src/model/plan.ts';
import { sampleLandscape, sampleRequest } from '../model/samples.ts';
import { type AzureInMemory, refused, startWorkbench } from './workbench.ts';

/** The findings of the sample request in an Azure that was changed; fails as the step would. */
async function findingsOf(
  change: (azure: AzureInMemory) => void,
  landscape: Partial<Landscape> = {},
): Promise<readonly Finding[]> {
  const { azure, dependencies } = await startWorkbench();
  change(azure);
  const planned = await computePlan(
    { ...dependencies, landscape: sampleLandscape(landscape) },
    sampleRequest(),
  );
  if (!planned.ok) throw new Error(planned.error.code);
  return planned.value.findings;
}

const statusOf = (findings: readonly Finding[], check: PrerequisiteCheck) =>
  findings.find((finding) => finding.check === check)?.status;

const notPassed = (findings: readonly Finding[]) =>
  findings
    .filter(({ status }) => status !== 'passed')
    .map(({ check, status }) => `${check}: ${status}`);

it('a request for which everything is as it should be passes every check', async () => {
  const findings = await findingsOf(() => {});
  expect(notPassed(findings)).toEqual([]);
  expect(prerequisitesNotMet(findings)).toBeUndefined();
});

it('what stops a request is told as one error, with the remedy of each failed check', async () => {
  const findings = await findingsOf((azure) => {
    azure.getResourceGroup = async () => success(null);
    azure.listScopeConnections = async () => success([]);
  });
  const error = prerequisitesNotMet(findings);
  expect(error?.message).toContain('2 prerequisites are missing');
  expect(error?.remedy).toContain('az group create');
  expect(error?.remedy).toContain('scope connection');
});

describe('a permission that is missing alone', () => {
  const needed = {
    'pool-permission': [
      'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action',
      'Microsoft.Network/networkManagers/ipamPools/getPoolUsage/action',
      'Microsoft.Network/networkManagers/ipamPools/listAssociatedResources/action',
    ],
    'virtual-network-permission': [
      'Microsoft.Network/virtualNetworks/read',
      'Microsoft.Network/virtualNetworks/write',
      'Microsoft.Network/virtualNetworks/delete',
    ],
  } as const;

  for (const [check, actions] of Object.entries(needed)) {
    for (const missing of actions) {
      it(`is a failed finding that names it: ${missing}`, async () => {
        const granted: EffectivePermission = { actions: ['*'], notActions: [missing] };
        const findings = await findingsOf((azure) => {
          azure.listPermissions = async () => success([granted]);
        });
        expect(notPassed(findings)).toEqual([`${check}: failed`]);
        const finding = findings.find(({ status }) => status === 'failed');
        expect(finding?.error?.message).toContain(missing);
        expect(finding?.error?.remedy).toContain('az role assignment create');
      });
    }
  }
});

describe('the space of a pool', () => {
  const withFree = (numberOfAvailableIpAddresses: string) => (azure: AzureInMemory) => {
    const { getPoolUsage } = azure;
    azure.getPoolUsage = async (poolId) => {
      const usage = await getPoolUsage(poolId);
      return usage.ok ? success({ ...usage.value, numberOfAvailableIpAddresses }) : usage;
    };
  };

  // 100 addresses are asked for.
  it.each([
    ['100', 'passed'],
    ['99', 'failed'],
    // Beyond what a JavaScript number can tell apart.
    ['340282366920938463463374607431768211456', 'passed'],
  ])('of %s addresses left: %s', async (free, status) => {
    expect(statusOf(await findingsOf(withFree(free)), 'pool-capacity')).toBe(status);
  });
});

it('the space of a pool is told in counts, for who is to judge how full it gets', async () => {
  const findings = await findingsOf((azure) => {
    const { getPoolUsage } = azure;
    azure.getPoolUsage = async (poolId) => {
      const usage = await getPoolUsage(poolId);
      const counts = { totalNumberOfIpAddresses: '1000', numberOfAvailableIpAddresses: '150' };
      return usage.ok ? success({ ...usage.value, ...counts }) : usage;
    };
  });
  expect(findings.find(({ check }) => check === 'pool-capacity')?.facts).toEqual({
    totalIpAddresses: '1000',
    availableIpAddresses: '150',
    askedFor: '100',
  });
});

describe('a cross-tenant connection', () => {
  const withStates =
    (...states: ('Connected' | 'Pending' | 'Conflict' | 'Revoked' | 'Rejected')[]) =>
    (azure: AzureInMemory) => {
      azure.listScopeConnections = async () =>
        success(states.map((state, index) => ({ name: `connection-${index}`, state })));
    };

  it.each(['Pending', 'Conflict', 'Revoked', 'Rejected'] as const)(
    'that is %s does not connect, and the finding says how it is',
    async (state) => {
      const findings = await findingsOf(withStates(state));
      expect(notPassed(findings)).toEqual(['connection: failed']);
      const { error } = findings.find(({ check }) => check === 'connection') ?? {};
      expect(error?.message).toContain(`'connection-0' is ${state}`);
    },
  );

  it('that is Connected is enough, whatever others are', async () => {
    expect(notPassed(await findingsOf(withStates('Rejected', 'Connected')))).toEqual([]);
  });

  it('that is missing does not stop a request where the landscape does not require it', async () => {
    expect(notPassed(await findingsOf(withStates(), { requireConnection: false }))).toEqual([
      'connection: unknown',
    ]);
    expect(
      notPassed(await findingsOf(withStates('Connected'), { requireConnection: false })),
    ).toEqual([]);
  });
});

describe('what Azure does not let us look at', () => {
  it('is unknown, and does not stop the request', async () => {
    const findings = await findingsOf((azure) => {
      azure.getPool = async () => refused('PermissionMissing');
      azure.getPoolUsage = async () => refused('PermissionMissing');
      azure.listScopeConnections = async () => refused('PermissionMissing');
    });
    expect(notPassed(findings).sort()).toEqual([
      'connection: unknown',
      'pool-capacity: unknown',
      'pool-region: unknown',
    ]);
    expect(prerequisitesNotMet(findings)).toBeUndefined();
  });

  it('is no excuse for a token: without one the request cannot go on', async () => {
    const findings = await findingsOf((azure) => {
      azure.checkToken = async () => refused('PermissionMissing');
    });
    expect(statusOf(findings, 'management-token')).toBe('failed');
    expect(statusOf(findings, 'managed-token')).toBe('failed');
    expect(notPassed(findings)).toHaveLength(findings.length);
  });
});

it('the permissions of the subscription tell for a resource group that does not exist', async () => {
  const findings = await findingsOf((azure) => {
    azure.getResourceGroup = async () => success(null);
    azure.listPermissions = async ({ scope }) =>
      scope.includes('/resourceGroups/rg-payments')
        ? refused('ResourceGroupMissing')
        : success([{ actions: ['*'], notActions: [] }]);
  });
  expect(notPassed(findings)).toEqual(['resource-group: failed']);
});

it('an outage is no finding: the whole step is tried again', async () => {
  for (const method of ['getPool', 'getVirtualNetwork', 'checkToken'] as const) {
    const looking = findingsOf((azure) => {
      azure[method] = async () => refused('AzureUnavailable');
    });
    await expect(looking).rejects.toThrow('AzureUnavailable');
  }
});
