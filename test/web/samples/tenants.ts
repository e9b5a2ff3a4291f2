import type {
  Tenant,
  TenantCheck,
  VirtualNetworkPage,
} from '../../../src/model/api/tenant-views.ts';

export const fabrikamSubscription = 'b0000000-0000-4000-8000-0000000000b1';
export const northwindSubscription = 'c0000000-0000-4000-8000-0000000000c1';

export const sampleTenants = (): Tenant[] => [
  {
    alias: 'fabrikam',
    tenantId: 'b0000000-0000-4000-8000-00000000000b',
    subscriptions: [
      { subscriptionId: fabrikamSubscription },
      {
        subscriptionId: 'b0000000-0000-4000-8000-0000000000b2',
        resourceGroups: ['rg-payments', 'rg-web'],
      },
    ],
  },
  {
    alias: 'northwind',
    tenantId: 'c0000000-0000-4000-8000-00000000000c',
    subscriptions: [{ subscriptionId: northwindSubscription, resourceGroups: ['rg-shared'] }],
  },
];

export const sampleChecks = (now: number): Record<string, TenantCheck> => ({
  fabrikam: {
    alias: 'fabrikam',
    checkedAt: new Date(now).toISOString(),
    ready: true,
    findings: [
      { check: 'managed-token', status: 'passed', subject: 'tenant fabrikam' },
      { check: 'virtual-network-permission', status: 'passed', subject: fabrikamSubscription },
      { check: 'connection', status: 'passed', subject: fabrikamSubscription },
    ],
  },
  northwind: {
    alias: 'northwind',
    checkedAt: new Date(now).toISOString(),
    ready: false,
    findings: [
      { check: 'management-token', status: 'passed', subject: 'management tenant contoso' },
      { check: 'pool-permission', status: 'passed', subject: 'pool corp-centralus' },
      {
        check: 'pool-permission',
        status: 'failed',
        subject: 'pool corp-westeurope',
        error: {
          code: 'PermissionMissing',
          kind: 'operator',
          message:
            'The application lacks Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action on the pool corp-westeurope.',
          cause: 'The application lacks a permission on the scope.',
          remedy:
            'Assign the role IPAM Pool User on the pool to the application: az role assignment create --role "IPAM Pool User" --assignee a0000000-0000-4000-8000-0000000000aa --scope /subscriptions/a0000000-0000-4000-8000-0000000000a1/resourceGroups/rg-ipam/providers/Microsoft.Network/networkManagers/avnm-contoso/ipamPools/corp-westeurope',
        },
      },
      { check: 'managed-token', status: 'passed', subject: 'managed tenant northwind' },
      {
        check: 'virtual-network-permission',
        status: 'failed',
        subject: 'resource group rg-shared',
        error: {
          code: 'PermissionMissing',
          kind: 'operator',
          message:
            'The application lacks Microsoft.Network/virtualNetworks/write, Microsoft.Network/virtualNetworks/delete on the resource group rg-shared.',
          cause: 'The application lacks a permission on the scope.',
          remedy: `Assign the role Network Contributor to the application: az role assignment create --role "Network Contributor" --assignee a0000000-0000-4000-8000-0000000000aa --scope /subscriptions/${northwindSubscription}/resourceGroups/rg-shared`,
        },
      },
      {
        check: 'connection',
        status: 'unknown',
        subject: `subscription ${northwindSubscription}`,
        error: {
          code: 'ConnectionNotConnected',
          kind: 'operator',
          message: `The network manager avnm-contoso is not connected with the subscription ${northwindSubscription} of northwind: 'to-northwind' is Pending.`,
          cause: 'The cross-tenant connection is not in state Connected.',
          remedy:
            'Create (or renew) the network manager connection in the subscription of the managed tenant, with exactly the same scope.',
        },
      },
    ],
  },
});

export const sampleVirtualNetworks = (): Record<string, VirtualNetworkPage['virtualNetworks']> => ({
  fabrikam: [
    {
      id: `/subscriptions/${fabrikamSubscription}/resourceGroups/rg-web/providers/Microsoft.Network/virtualNetworks/vnet-branch`,
      name: 'vnet-branch',
      subscriptionId: fabrikamSubscription,
      resourceGroup: 'rg-web',
      location: 'centralus',
      addressPrefixes: ['10.3.0.0/24'],
      pools: [],
    },
    {
      id: `/subscriptions/${fabrikamSubscription}/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments`,
      name: 'vnet-payments',
      subscriptionId: fabrikamSubscription,
      resourceGroup: 'rg-payments',
      location: 'centralus',
      addressPrefixes: ['10.0.0.0/24'],
      pools: ['corp-centralus'],
      requestId: 'RITM0012301',
    },
  ],
  northwind: [],
});
