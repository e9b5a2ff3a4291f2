import type { Azure } from '../../src/azure/azure.ts';
import type { AzureReads } from '../../src/azure/azure-reads.ts';
import { createAzure } from '../../src/azure/create-azure.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import { landscapeSchema } from '../../src/model/landscape.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import type { VirtualNetworkTarget } from '../../src/model/plan.ts';
import { ids, scopes } from '../local/azure/support/test-azure.ts';

/** The calls of the workflow against an emulated Azure, as an application that it knows. */
export function azureOf(
  at: EmulatedAzure,
  application: { readonly clientId: string; readonly clientSecret: string } = ids.application,
  managementTenantId = ids.tenantA,
): Azure & AzureReads {
  const landscape = landscapeSchema.parse({
    managementTenant: {
      tenantId: managementTenantId,
      subscriptionId: ids.subscriptionA,
      resourceGroup: 'rg-ipam',
      networkManager: 'nm',
    },
    application: {
      clientId: application.clientId,
      homeTenantId: ids.tenantA,
      credential: { type: 'clientSecret', setting: 'SECRET' },
    },
    pools: [{ alias: 'pool', id: scopes.pool, location: 'eastus', family: 'IPv4' }],
    managedTenants: [
      {
        alias: 'b',
        tenantId: ids.tenantB,
        subscriptions: [{ subscriptionId: ids.subscriptionB }],
      },
    ],
    policy: { rules: [] },
  });
  return createAzure({
    landscape,
    settings: { SECRET: application.clientSecret },
    endpoints: {
      resourceManager: at.resourceManager,
      authority: at.authority,
      disableInstanceDiscovery: true,
    },
  });
}

/** A VNet of the managed tenant. */
export const target = (name: string): VirtualNetworkTarget => ({
  tenantAlias: 'b',
  tenantId: ids.tenantB,
  subscriptionId: ids.subscriptionB,
  resourceGroup: 'rg-app',
  virtualNetwork: name,
  virtualNetworkId: `${scopes.groupB}/providers/Microsoft.Network/virtualNetworks/${name}`,
  location: 'eastus',
});

export function unwrap<T>(outcome: Outcome<T>): T {
  if (!outcome.ok) throw new Error(JSON.stringify(outcome.error, undefined, 2));
  return outcome.value;
}
