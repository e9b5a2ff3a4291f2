import type { Azure } from '../../azure/azure.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { PlannedAssociation, VirtualNetworkTarget } from '../../model/plan.ts';
import { isPrefix, overlaps } from '../../model/prefixes.ts';
import { isWithin } from '../../model/resource-ids.ts';

/**
 * Ids, other than that of the VNet, for which pools list what the VNet has of them: what Azure leaves behind
 * when a VNet is moved, for instance. A pool that cannot be asked tells none; the checks of the pool say why.
 */
export async function otherHolders(
  azure: Azure,
  { virtualNetworkId }: VirtualNetworkTarget,
  allocations: readonly PlannedAssociation[],
): Promise<Outcome<readonly string[]>> {
  const holders = new Set<string>();
  for (const { poolId, prefixes } of allocations) {
    const listed = await azure.listPoolAssociations(poolId);
    if (!listed.ok) {
      if (listed.error.kind === 'retryable') return failure(listed.error);
      continue;
    }
    for (const { resourceId, prefixes: held } of listed.value) {
      const isOther = !isWithin(resourceId, virtualNetworkId);
      if (isOther && overlaps(held.filter(isPrefix), prefixes)) holders.add(resourceId);
    }
  }
  return success([...holders].sort());
}
