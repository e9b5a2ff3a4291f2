import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import type { Finding } from '../../src/model/plan.ts';
import { TestPlatform, type TestPlatformOptions } from '../support/test-platform.ts';

const application = readLandscapeFile().landscape.application.clientId;
const management = 'a0000000-0000-4000-8000-00000000000a';
const fabrikam = 'b0000000-0000-4000-8000-00000000000b';
const fabrikamSubscription = '/subscriptions/b0000000-0000-4000-8000-0000000000b1';
const poolId = readLandscapeFile().landscape.pools[0]?.id ?? '';

let test: TestPlatform | undefined;

afterEach(async () => {
  await test?.close();
  test = undefined;
});

interface Case {
  readonly change?: object;
  readonly target?: { readonly tenant?: string; readonly resourceGroup?: string };
  readonly platform?: TestPlatformOptions;
  readonly numberOfIpAddresses?: number;
}

/** Sends a request into a platform that was changed behind its back; answers its findings. */
async function findingsOf({ change, target, platform, numberOfIpAddresses = 256 }: Case) {
  test = await TestPlatform.start(platform);
  if (change) await test.control.change(change);
  await test.control.clearRequests();
  await test.send({
    ...allocateMessage(test.platform.ready, 'PRE-1', 'vnet-pre', target),
    allocations: [{ pool: 'corp-centralus', numberOfIpAddresses }],
    subnets: [],
  });
  const record = await test.runToEnd('PRE-1');
  const puts = (await test.control.requests()).filter(({ method }) => method === 'PUT');
  return { record, puts, findings: record.plan?.findings ?? [] };
}

const failedOf = (findings: readonly Finding[]) =>
  findings
    .filter(({ status }) => status === 'failed')
    .map(({ check, error }) => `${check}: ${error?.code}`);

const dropRole = (role: string, scope: string) => ({
  roleAssignments: { drop: [{ role, scope }] },
});

/** Each prerequisite missing alone, with the findings that must come of it, and no others. */
const cases: Readonly<Record<string, Case & { readonly expected: readonly string[] }>> = {
  'no service principal in the managed tenant': {
    change: { servicePrincipals: { drop: [{ tenantId: fabrikam, clientId: application }] } },
    expected: ['managed-token: ServicePrincipalMissing'],
  },
  'no service principal in the management tenant': {
    change: { servicePrincipals: { drop: [{ tenantId: management, clientId: application }] } },
    expected: ['management-token: ServicePrincipalMissing'],
  },
  'an application that is not multi-tenant': {
    change: { applications: [{ clientId: application, signInAudience: 'AzureADMyOrg' }] },
    expected: ['managed-token: ApplicationNotMultiTenant'],
  },
  'a wrong secret': {
    change: { applications: [{ clientId: application, dropCredentials: true }] },
    expected: ['management-token: CredentialInvalid', 'managed-token: CredentialInvalid'],
  },
  'no role on the pool': {
    change: dropRole('IPAM Pool User', poolId),
    expected: ['pool-permission: PermissionMissing'],
  },
  'no role in the managed tenant': {
    change: dropRole('Network Contributor', fabrikamSubscription),
    expected: ['virtual-network-permission: PermissionMissing'],
  },
  'no such resource group': {
    target: { resourceGroup: 'rg-nowhere' },
    expected: ['resource-group: ResourceGroupMissing'],
  },
  'a connection that only one side made': {
    platform: {
      landscapeFile: {
        ...readLandscapeFile(),
        emulatedAzure: {
          poolPrefixes: {},
          localPeople: [],
          tenants: {
            fabrikam: {
              resourceGroups: ['rg-payments'],
              role: 'Network Contributor',
              servicePrincipal: true,
              connection: 'management-side-only',
            },
          },
        },
      },
    },
    expected: ['connection: ConnectionNotConnected'],
  },
  'a pool without the space': {
    platform: {
      landscapeFile: {
        ...readLandscapeFile(),
        emulatedAzure: {
          ...readLandscapeFile().emulatedAzure,
          poolPrefixes: { 'corp-centralus': ['10.0.0.0/25'] },
        },
      },
    },
    expected: ['pool-capacity: PoolExhausted'],
  },
};

describe('a request for which one prerequisite is missing', () => {
  for (const [what, { expected, ...missing }] of Object.entries(cases)) {
    it(`is refused with that finding and its remedy: ${what}`, async () => {
      const { record, puts, findings } = await findingsOf(missing);

      expect(failedOf(findings)).toEqual(expected);
      expect(record.state).toBe('failed');
      expect(record.error?.code).toBe('PrerequisitesNotMet');
      for (const { error } of findings.filter(({ status }) => status === 'failed')) {
        expect(error?.remedy).toMatch(/\w{3}/);
      }
      expect(puts).toEqual([]);
    });
  }

  it('is refused when the name is taken by a VNet that it did not create', async () => {
    test = await TestPlatform.start();
    await test.send(allocateMessage(test.platform.ready, 'PRE-0', 'vnet-pre'));
    await test.runToEnd('PRE-0');
    await test.send(allocateMessage(test.platform.ready, 'PRE-1', 'vnet-pre'));
    const record = await test.runToEnd('PRE-1');

    expect(failedOf(record.plan?.findings ?? [])).toEqual([
      'virtual-network-name: VirtualNetworkExists',
    ]);
    expect((await test.lookUp.virtualNetworks('fabrikam')).size).toBe(1);
  });

  it('is refused when the pool is in another region than the landscape says', async () => {
    const dataDirectory = mkdtempSync(join(tmpdir(), 'vnet-vending-region-'));
    const before = await TestPlatform.start({ dataDirectory });
    await before.close();
    const landscapeFile = readLandscapeFile();
    const moved = {
      ...landscapeFile,
      landscape: {
        ...landscapeFile.landscape,
        pools: landscapeFile.landscape.pools.map((pool) => ({ ...pool, location: 'westus' })),
      },
    };
    test = await TestPlatform.start({ dataDirectory, landscapeFile: moved });
    const message = allocateMessage(test.platform.ready, 'PRE-1', 'vnet-pre');
    await test.send({ ...message, target: { ...message.target, location: 'westus' } });
    const record = await test.runToEnd('PRE-1');
    rmSync(dataDirectory, { recursive: true, force: true });

    expect(failedOf(record.plan?.findings ?? [])).toEqual(['pool-region: RegionMismatch']);
  });
});

describe('a request for which everything is missing', () => {
  it('is refused once, with every finding of both tenants', async () => {
    const { record, puts, findings } = await findingsOf({
      change: dropRole('IPAM Pool User', poolId),
      target: { tenant: 'northwind', resourceGroup: 'rg-nowhere' },
      numberOfIpAddresses: 512,
      platform: {
        landscapeFile: {
          ...readLandscapeFile(),
          emulatedAzure: {
            ...readLandscapeFile().emulatedAzure,
            poolPrefixes: { 'corp-centralus': ['10.0.0.0/25'] },
          },
        },
      },
    });

    // The Reader role on the network manager does not let the application ask for the usage.
    expect(failedOf(findings).sort()).toEqual([
      'connection: ConnectionNotConnected',
      'pool-permission: PermissionMissing',
      'resource-group: ResourceGroupMissing',
      'virtual-network-permission: PermissionMissing',
    ]);
    expect(findings.find(({ check }) => check === 'pool-capacity')?.status).toBe('unknown');
    for (const { error } of findings.filter(({ status }) => status === 'failed')) {
      expect(record.error?.remedy).toContain(error?.remedy);
    }
    expect(puts).toEqual([]);
  });
});

describe('a prerequisite that Azure does not let us look at', () => {
  it('is told as unknown and does not stop the request', async () => {
    const { record, findings } = await findingsOf({
      change: {
        switches: { permissionsNeedAuthorizationRead: true },
        ...dropRole('Reader', poolId.replace(/\/ipamPools\/.*/, '')),
      },
    });

    expect(findings.find(({ check }) => check === 'pool-permission')?.status).toBe('unknown');
    expect(record.state).toBe('succeeded');
  });
});
