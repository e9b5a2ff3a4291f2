import type { AzureReady } from '../ready-file.ts';

interface TargetChoice {
  readonly tenant?: string;
  readonly resourceGroup?: string | undefined;
  readonly numberOfIpAddresses?: number;
}

/** An allocation request as a ticketing system would send it. */
export const allocateMessage = (
  ready: AzureReady,
  id: string,
  virtualNetwork: string,
  choice: TargetChoice = {},
) => ({
  id,
  operation: 'allocate',
  requester: { name: 'Payments team', email: 'payments@fabrikam.example' },
  reason: 'new payments environment',
  ticket: { system: 'servicenow', id },
  target: { ...targetOf(ready, virtualNetwork, choice), location: 'centralus' },
  allocations: [{ pool: 'corp-centralus', numberOfIpAddresses: choice.numberOfIpAddresses ?? 256 }],
  subnets: [
    { name: 'app', numberOfIpAddresses: 128 },
    { name: 'data', numberOfIpAddresses: 64 },
  ],
  tags: { costCentre: '1234' },
});

/** An existing VNet joins a pool. */
export const associateMessage = (ready: AzureReady, id: string, virtualNetwork: string) => ({
  id,
  operation: 'associate',
  requester: paymentsTeam,
  reason: 'this VNet is older than the pool',
  target: targetOf(ready, virtualNetwork),
  pools: ['corp-centralus'],
});

/** A VNet goes, or its association alone. */
export const removeMessage = (
  ready: AzureReady,
  id: string,
  virtualNetwork: string,
  mode: 'delete' | 'disassociate',
) => ({
  id,
  operation: 'remove',
  mode,
  requester: paymentsTeam,
  reason: 'no longer needed',
  target: targetOf(ready, virtualNetwork),
});

/** What a ticketing system sends once an approver has decided there. */
export const approveMessage = (ready: AzureReady, request: string) => ({
  operation: 'decide',
  request,
  decision: 'approve',
  by: {
    name: 'Ben Approver',
    objectId: '44444444-4444-4444-8444-444444444444',
    tenantId: ready.landscape.managementTenantId,
  },
});

/** Somebody by object id and tenant id: an approval must show that another person gave it. */
const paymentsTeam = {
  name: 'Payments team',
  objectId: '22222222-2222-4222-8222-222222222222',
  tenantId: 'b0000000-0000-4000-8000-00000000000b',
};

function targetOf(
  ready: AzureReady,
  virtualNetwork: string,
  { tenant = 'fabrikam', resourceGroup }: TargetChoice = {},
) {
  const managed = ready.landscape.managedTenants.find(({ alias }) => alias === tenant);
  if (!managed) throw new Error(`The landscape has no managed tenant '${tenant}'.`);
  return {
    tenant,
    subscriptionId: managed.subscriptionId,
    resourceGroup: resourceGroup ?? managed.resourceGroup,
    virtualNetwork,
  };
}
