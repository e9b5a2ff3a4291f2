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
      { check: 'managed-token', status: 'passed', subject: 'tenant northwind' },
      {
        check: 'virtual-network-permission',
        status: 'failed',
        subject: northwindSubscription,
        error: {
          code: 'RoleMissing',
          kind: 'operator',
          message: 'The application may not create VNets in the subscription.',
          cause: 'It has the role Reader only.',
          remedy: 'Give it Network Contributor on the subscription or resource group.',
        },
      },
      {
        check: 'connection',
        status: 'unknown',
        subject: northwindSubscription,
        error: {
          code: 'ConnectionUnknown',
          kind: 'operator',
          message: 'The connection of the other side cannot be read.',
          cause: 'Azure does not let the application look.',
          remedy: 'Look at both sides of the cross-tenant connection in the portal.',
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
