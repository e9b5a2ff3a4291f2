import type { VirtualNetworkView } from '../azure/azure.ts';
import { type Outcome, success } from '../model/outcome.ts';
import { isWithin } from '../model/resource-ids.ts';
import { type Activity, changeOf } from './step.ts';

/**
 * What a compensation that failed left behind, as both tenants show it now: the VNet, and what each pool
 * holds for it. What cannot be looked at is named as well, because it may be there.
 */
export const nameLeftovers: Activity<'nameLeftovers'> = async (input, dependencies) => {
  const { azure } = dependencies;
  const { target, allocations } = await changeOf(dependencies, input.requestId);
  const id = target.virtualNetworkId;
  const leftovers = virtualNetworkIn(id, await azure.getVirtualNetwork(target));
  for (const { poolId, poolAlias } of allocations) {
    const associations = await azure.listPoolAssociations(poolId);
    if (!associations.ok) {
      leftovers.push(
        `perhaps an allocation of the pool ${poolAlias} for it: ${associations.error.message}`,
      );
      continue;
    }
    const prefixes = associations.value
      .filter(({ resourceId }) => isWithin(resourceId, id))
      .flatMap((association) => association.prefixes);
    if (prefixes.length > 0) {
      leftovers.push(`the allocation ${prefixes.join(', ')} of the pool ${poolAlias} for it`);
    }
  }
  return success(leftovers);
};

function virtualNetworkIn(id: string, found: Outcome<VirtualNetworkView | null>): string[] {
  if (!found.ok) return [`perhaps the VNet ${id}: ${found.error.message}`];
  return found.value ? [`the VNet ${id}`] : [];
}
