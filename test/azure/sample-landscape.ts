import { type Landscape, landscapeSchema } from '../../src/model/landscape.ts';
import type { Deployment, VirtualNetworkTarget } from '../../src/model/plan.ts';

export const managementTenantId = 'aaaaaaaa-0000-4000-8000-000000000000';
export const managedTenantId = 'bbbbbbbb-0000-4000-8000-000000000000';
const managementSubscriptionId = 'aaaaaaaa-1111-4000-8000-000000000000';
export const managedSubscriptionId = 'bbbbbbbb-1111-4000-8000-000000000000';

export const samplePoolId = `/subscriptions/${managementSubscriptionId}/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/nm/ipamPools/corp`;

export const sampleLandscape: Landscape = landscapeSchema.parse({
  managementTenant: {
    tenantId: managementTenantId,
    subscriptionId: managementSubscriptionId,
    resourceGroup: 'rg-ipam',
    networkManager: 'nm',
  },
  application: {
    clientId: 'cccccccc-0000-4000-8000-000000000000',
    homeTenantId: managementTenantId,
    credential: { type: 'clientSecret', setting: 'APPLICATION_SECRET' },
  },
  pools: [{ alias: 'corp', id: samplePoolId, location: 'centralus', family: 'IPv4' }],
  managedTenants: [
    {
      alias: 'fabrikam',
      tenantId: managedTenantId,
      subscriptions: [{ subscriptionId: managedSubscriptionId }],
    },
  ],
  policy: { rules: [] },
});

export const sampleTarget: VirtualNetworkTarget = {
  tenantAlias: 'fabrikam',
  tenantId: managedTenantId,
  subscriptionId: managedSubscriptionId,
  resourceGroup: 'rg-payments',
  virtualNetwork: 'vnet-payments',
  virtualNetworkId: `/subscriptions/${managedSubscriptionId}/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments`,
  location: 'centralus',
};

const allocation = (numberOfIpAddresses: string) => ({
  poolAlias: 'corp',
  poolId: samplePoolId,
  family: 'IPv4' as const,
  numberOfIpAddresses,
});

export const sampleDeployment: Deployment = {
  requestId: 'RITM0012345',
  operation: 'allocate',
  target: sampleTarget,
  allocations: [allocation('256')],
  subnets: [{ name: 'app', allocations: [allocation('32')] }],
  tags: { 'vnet-vending-request': 'RITM0012345' },
};
