import { randomUUID } from 'node:crypto';
import { expect, test } from 'vitest';
import { azureCli, hasAzureCli } from './support/azure-cli.ts';
import { ids, scopes, startTestAzure } from './support/test-azure.ts';

const ipamPoolUser = '7b3e853f-ad5d-4fb5-a7b8-56a3581c7037';
const networkContributor = '4d97b98b-1d4f-4787-a291-c67834d212e7';

/** Skipped, and reported so, where there is no `az`: `apt-get install azure-cli` brings it. */
test.skipIf(!hasAzureCli)(
  'the unmodified Azure CLI goes through the tutorial: onboard an application, then take a prefix across tenants',
  { timeout: 180_000 },
  async () => {
    const azure = await startTestAzure();
    const az = await azureCli(azure);
    const login = (clientId: string, secret: string, tenant: string) =>
      az('login', '--service-principal', '-u', clientId, '-p', secret, '--tenant', tenant);

    const { administratorA, administratorB } = ids;
    expect(await login(administratorA.clientId, administratorA.clientSecret, ids.tenantA)).toEqual([
      expect.objectContaining({ id: ids.subscriptionA, tenantId: ids.tenantA, state: 'Enabled' }),
    ]);
    const { appId } = (await az('ad', 'app', 'create', '--display-name', 'ipam')) as {
      appId: string;
    };
    const { password } = (await az('ad', 'app', 'credential', 'reset', '--id', appId)) as {
      password: string;
    };
    await az('ad', 'app', 'update', '--id', appId, '--set', 'signInAudience=AzureADMultipleOrgs');
    const inA = (await az('ad', 'sp', 'create', '--id', appId)) as { id: string };
    const assign = (scope: string, roleId: string, principalId: string) => {
      const roleDefinitionId = `/providers/Microsoft.Authorization/roleDefinitions/${roleId}`;
      const properties = { roleDefinitionId, principalId, principalType: 'ServicePrincipal' };
      const url = `${scope}/providers/Microsoft.Authorization/roleAssignments/${randomUUID()}?api-version=2022-04-01`;
      return az('rest', '-m', 'put', '-u', url, '-b', JSON.stringify({ properties }));
    };
    await assign(scopes.pool, ipamPoolUser, inA.id);

    await login(administratorB.clientId, administratorB.clientSecret, ids.tenantB);
    const inB = (await az('ad', 'sp', 'create', '--id', appId)) as { id: string };
    await assign(scopes.groupB, networkContributor, inB.id);

    await login(appId, password, ids.tenantB);
    await az(
      ...['login', '--service-principal', '-u', appId, '-p', password, '--tenant', ids.tenantA],
      '--allow-no-subscriptions',
    );
    const resource = 'https://management.azure.com/';
    const { accessToken } = (await az(
      ...['account', 'get-access-token', '--resource', resource, '--tenant', ids.tenantA],
    )) as { accessToken: string };
    const allocation = { numberOfIpAddresses: '256', pool: { id: scopes.pool } };
    await az('account', 'set', '--subscription', ids.subscriptionB);
    const virtualNetwork = await az(
      ...['rest', '--method', 'put'],
      ...[
        '--url',
        `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/v?api-version=2022-07-01`,
      ],
      ...['--headers', `x-ms-authorization-auxiliary=Bearer ${accessToken}`],
      '--body',
      JSON.stringify({
        location: 'eastus',
        properties: { addressSpace: { ipamPoolPrefixAllocations: [allocation] } },
      }),
    );
    expect(virtualNetwork).toMatchObject({
      properties: { addressSpace: { addressPrefixes: ['10.0.0.0/24'] } },
    });
    await azure.close();
  },
);
