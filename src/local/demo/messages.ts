import type { AzureReady } from '../ready-file.ts';

/** An allocation request as a ticketing system would send it. */
export function allocateMessage(
  ready: AzureReady,
  id: string,
  virtualNetwork: string,
  { tenant = 'fabrikam', resourceGroup }: { tenant?: string; resourceGroup?: string } = {},
) {
  const managed = ready.landscape.managedTenants.find(({ alias }) => alias === tenant);
  if (!managed) throw new Error(`The landscape has no managed tenant '${tenant}'.`);
  return {
    id,
    operation: 'allocate',
    requester: { name: 'Payments team', email: 'payments@fabrikam.example' },
    reason: 'new payments environment',
    ticket: { system: 'servicenow', id },
    target: {
      tenant,
      subscriptionId: managed.subscriptionId,
      resourceGroup: resourceGroup ?? managed.resourceGroup,
      virtualNetwork,
      location: 'centralus',
    },
    allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: 256 }],
    subnets: [
      { name: 'app', numberOfIpAddresses: 128 },
      { name: 'data', numberOfIpAddresses: 64 },
    ],
    tags: { costCentre: '1234' },
  };
}
