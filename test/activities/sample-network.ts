import type { VirtualNetworkView } from '../../src/azure/azure.ts';
import { ownershipTag } from '../../src/model/plan.ts';
import { ids } from '../model/samples.ts';

export const requestId = 'RITM0012345';
export const virtualNetworkId = `/subscriptions/${ids.managedSubscription}/resourceGroups/rg-payments/providers/Microsoft.Network/virtualNetworks/vnet-payments`;

/** The VNet of the sample request, as Azure shows it once it is deployed. */
export const sampleNetwork = (change: Partial<VirtualNetworkView> = {}): VirtualNetworkView => ({
  id: virtualNetworkId,
  resourceGuid: 'guid-1',
  location: 'centralus',
  etag: 'the-etag',
  provisioningState: 'Succeeded',
  tags: { [ownershipTag]: requestId },
  addressPrefixes: ['10.0.0.0/25'],
  allocations: [],
  subnets: [sampleSubnet()],
  peerings: [],
  ...change,
});

export const sampleSubnet = (
  change: Partial<VirtualNetworkView['subnets'][number]> = {},
): VirtualNetworkView['subnets'][number] => ({
  name: 'app',
  addressPrefixes: ['10.0.0.0/27'],
  allocations: [],
  users: [],
  ...change,
});
