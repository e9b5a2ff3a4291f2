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
  const networks: VirtualNetworkPage['virtualNetworks'] = [];
  for (const { subscriptionId, resourceGroups } of subscriptions) {
    const listed = await azure.listVirtualNetworks(tenantId, subscriptionId);
    if (!listed.ok) return listed;
    for (const network of listed.value) {
      const { id, name, resourceGroup, location, addressPrefixes, poolIds, tags } = network;
      if (resourceGroups && !resourceGroups.some((one) => isSameId(one, resourceGroup))) continue;
      const requestId = requestIdSchema.safeParse(tags[ownershipTag]);
      networks.push({
        id,
        name,
        subscriptionId,
        resourceGroup,
        location,
        addressPrefixes: [...addressPrefixes],
        pools: poolIds.map((poolId) => aliasOf(poolId, landscape)),
        ...(requestId.success ? { requestId: requestId.data } : {}),
      });
    }
  }
  return success(networks);
}

const aliasOf = (poolId: string, { pools }: Landscape): string =>
  pools.find(({ id }) => isSameId(id, poolId))?.alias ?? poolId;
