import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest';
import { vnetv } from '../cli/support/start-vnetv.ts';
import { AzureCli, missing } from './azure-cli.ts';
import { EmulatedAzureProcess } from './emulated-azure.ts';

describe('vnetv setup beside the Azure CLI', { timeout: 240_000 }, () => {
  const folder = mkdtempSync(join(tmpdir(), 'vnet-vending-setup-cli-'));
  const landscapeFile = join(folder, 'landscape.json');
  let azure: EmulatedAzureProcess;
  let az: AzureCli;

  beforeAll(async () => {
    if (missing !== undefined) return;
    azure = await EmulatedAzureProcess.start(folder);
    az = await AzureCli.connect(folder);
    for (const { tenantId, clientId, clientSecret } of azure.ready.administrators) {
      await az.signIn(tenantId, clientId, clientSecret);
    }
  }, 60_000);
  beforeEach((context) => {
    if (missing !== undefined) context.skip(missing);
  });
  afterAll(async () => {
    await azure?.stop();
    rmSync(folder, { recursive: true });
  });

  /** Places in the tenants of the emulated Azure where nothing is yet. */
  function writeLandscape() {
    const { landscape } = azure.ready;
    const [managed] = landscape.managedTenants;
    if (managed === undefined) throw new Error('The landscape is empty.');
    const group = `/subscriptions/${landscape.managementSubscriptionId}/resourceGroups/rg-by-setup`;
    const manager = `${group}/providers/Microsoft.Network/networkManagers/nm-by-setup`;
    const pool = `${manager}/ipamPools/corp`;
    const written = {
      managementTenant: {
        tenantId: landscape.managementTenantId,
        subscriptionId: landscape.managementSubscriptionId,
        resourceGroup: 'rg-by-setup',
        networkManager: 'nm-by-setup',
      },
      application: {
        clientId: '00000000-0000-0000-0000-000000000000',
        homeTenantId: landscape.managementTenantId,
      },
      pools: [{ alias: 'corp', id: pool, location: 'centralus', family: 'IPv4' }],
      managedTenants: [
        {
          alias: 'fabrikam',
          tenantId: managed.tenantId,
          subscriptions: [{ subscriptionId: managed.subscriptionId }],
        },
      ],
      policy: { rules: [] },
    };
    writeFileSync(landscapeFile, JSON.stringify(written));
    return { managed, managementTenantId: landscape.managementTenantId, manager, pool };
  }

  const setup = (...more: readonly string[]) => {
    const { resourceManager, authority, graph, caFile } = azure.ready.azure;
    return vnetv(['setup', '--landscape', landscapeFile, '--json', ...more], {
      env: {
        ...(az.environment as Record<string, string>),
        VNETV_RESOURCE_MANAGER: resourceManager,
        VNETV_AUTHORITY: authority,
        VNETV_GRAPH: graph,
        NODE_EXTRA_CA_CERTS: caFile,
      },
    });
  };

  test('speaks for whom az is signed in as in each tenant; az sees what it made, and that it is gone', async () => {
    const { managed, managementTenantId, manager, pool } = writeLandscape();
    const made = await setup('--pool', 'corp=10.200.0.0/16', '--application-name', 'by-setup');
    expect([made.code, made.stderr]).toEqual([0, expect.stringContaining('made: pool corp')]);
    const { clientId } = JSON.parse(readFileSync(landscapeFile, 'utf8')).application;

    const places = [
      [
        managementTenantId,
        pool.split('/')[2],
        pool,
        `VNet Vending (management tenant) ${pool.split('/')[2]}`,
      ],
      [
        managed.tenantId,
        managed.subscriptionId,
        `/subscriptions/${managed.subscriptionId}`,
        `VNet Vending (managed tenant) ${managed.subscriptionId}`,
      ],
    ] as const;
    for (const [tenantId, subscriptionId = '', scope, roleName] of places) {
      await az.run('account', 'set', '--subscription', subscriptionId);
      const principal = await az.run('ad', 'sp', 'show', '--id', clientId);
      expect(principal).toMatchObject({
        appId: clientId,
        appOwnerOrganizationId: managementTenantId,
      });
      const filter = encodeURIComponent(`principalId eq '${principal.id}'`);
      const { value } = await az.rest(
        'get',
        `${scope}/providers/Microsoft.Authorization/roleAssignments?$filter=${filter}&api-version=2022-04-01`,
      );
      const assignment = value.find(
        ({ properties }: { properties: { scope: string } }) => properties.scope === scope,
      );
      const role = await az.rest(
        'get',
        `${assignment?.properties.roleDefinitionId}?api-version=2022-04-01`,
      );
      expect([tenantId, role.properties.roleName]).toEqual([tenantId, roleName]);
    }
    const connections = await az.rest(
      'get',
      `/subscriptions/${managed.subscriptionId}/providers/Microsoft.Network/networkManagerConnections?api-version=2024-05-01`,
    );
    expect(connections.value.map((one: { properties: object }) => one.properties)).toContainEqual(
      expect.objectContaining({ networkManagerId: manager, connectionState: 'Connected' }),
    );
    await az.run('account', 'set', '--subscription', pool.split('/')[2] ?? '');
    expect(await az.run('ad', 'app', 'show', '--id', clientId)).toMatchObject({
      displayName: 'by-setup',
      signInAudience: 'AzureADMultipleOrgs',
    });
    expect(await az.rest('get', `${pool}?api-version=2024-05-01`)).toMatchObject({
      properties: { addressPrefixes: ['10.200.0.0/16'], provisioningState: 'Succeeded' },
    });

    const undone = await setup('--undo', '--yes');
    expect(undone.code).toBe(0);
    await expect(az.rest('get', `${pool}?api-version=2024-05-01`)).rejects.toThrow('NotFound');
    expect(await az.run('ad', 'app', 'list', '--display-name', 'by-setup')).toEqual([]);
  });
});
