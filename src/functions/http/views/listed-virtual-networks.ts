import type { ListedVirtualNetwork } from '../../../azure/azure-reads.ts';
import type { VirtualNetworkPage } from '../../../model/api/tenant-views.ts';
import type { Landscape, ManagedTenant } from '../../../model/landscape.ts';
import { type Outcome, success } from '../../../model/outcome.ts';
import { ownershipTag } from '../../../model/plan.ts';
import { requestIdSchema } from '../../../model/requests.ts';
import { isSameId } from '../../../model/resource-ids.ts';
import type { ApiApp } from '../../app.ts';

/** The VNets of some subscriptions of a tenant, as far as the landscape lets requests touch them. */
export async function listedVirtualNetworks(
  { azure, landscape }: Pick<ApiApp, 'azure' | 'landscape'>,
  { tenantId }: ManagedTenant,
  subscriptions: ManagedTenant['subscriptions'],
): Promise<Outcome<VirtualNetworkPage['virtualNetworks']>> {
  const scopes = subscriptions.flatMap(({ subscriptionId, resourceGroups = [undefined] }) =>
    resourceGroups.map((resourceGroup) => ({ subscriptionId, resourceGroup })),
  );
  const networks: VirtualNetworkPage['virtualNetworks'] = [];
  for (const { subscriptionId, resourceGroup } of scopes) {
    const listed = await azure.listVirtualNetworks(tenantId, subscriptionId, resourceGroup);
    if (listed.ok)
      networks.push(...listed.value.map((one) => viewOf(one, subscriptionId, landscape)));
    // A resource group that the landscape names before it is made holds no VNet.
    else if (listed.error.code !== 'ResourceGroupMissing') return listed;
  }
  return success(networks);
}

function viewOf(
  { id, name, resourceGroup, location, addressPrefixes, poolIds, tags }: ListedVirtualNetwork,
  subscriptionId: string,
  landscape: Landscape,
): VirtualNetworkPage['virtualNetworks'][number] {
  const requestId = requestIdSchema.safeParse(tags[ownershipTag]);
  return {
    id,
    name,
    subscriptionId,
    resourceGroup,
    location,
    addressPrefixes: [...addressPrefixes],
    pools: poolIds.map((poolId) => aliasOf(poolId, landscape)),
    ...(requestId.success ? { requestId: requestId.data } : {}),
  };
}

const aliasOf = (poolId: string, { pools }: Landscape): string =>
  pools.find(({ id }) => isSameId(id, poolId))?.alias ?? poolId;
