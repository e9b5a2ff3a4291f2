import type { Azure } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { type Outcome, success } from '../../model/outcome.ts';
import type { PlannedAssociation, VirtualNetworkTarget } from '../../model/plan.ts';
import { containsAll, isPrefix, overlaps } from '../../model/prefixes.ts';
import { isWithin } from '../../model/resource-ids.ts';

/** Why a pool cannot take the prefixes of a VNet in; null when it can, or has done so already. */
export async function refusalOfPrefixes(
  azure: Azure,
  { poolAlias, poolId, family, prefixes }: PlannedAssociation,
  { virtualNetwork, virtualNetworkId }: VirtualNetworkTarget,
): Promise<Outcome<VendingError | null>> {
  if (prefixes.length === 0) {
    return success(
      vendingError(
        'PrefixNotInPool',
        `The VNet '${virtualNetwork}' has no ${family} prefix that the pool ${poolAlias} could take in.`,
        { cause: `The pool is ${family}.`, remedy: 'Name a pool of the family of the VNet.' },
      ),
    );
  }
  const usage = await azure.getPoolUsage(poolId);
  if (!usage.ok) return usage;
  const shown = prefixes.join(', ');
  if (!containsAll(usage.value.addressPrefixes, prefixes)) {
    return success(
      vendingError(
        'PrefixNotInPool',
        `Not all of ${shown} is inside the pool ${poolAlias} (${usage.value.addressPrefixes.join(', ')}).`,
      ),
    );
  }
  if (containsAll(usage.value.availableAddressPrefixes, prefixes)) return success(null);
  const listed = await azure.listPoolAssociations(poolId);
  if (!listed.ok) return listed;
  const associations = listed.value.map(({ resourceId, prefixes: held }) => ({
    resourceId,
    held: held.filter(isPrefix),
  }));
  const own = associations
    .filter(({ resourceId }) => isWithin(resourceId, virtualNetworkId))
    .flatMap(({ held }) => held);
  if (containsAll([...usage.value.availableAddressPrefixes, ...own], prefixes)) {
    return success(null);
  }
  const holders = associations
    .filter(
      ({ resourceId, held }) => !isWithin(resourceId, virtualNetworkId) && overlaps(held, prefixes),
    )
    .map(({ resourceId, held }) => `${held.join(', ')} belongs to ${resourceId}`);
  return success(
    vendingError(
      'PrefixNotFree',
      `Not all of ${shown} is free in the pool ${poolAlias}: ${holders.join('; ') || 'a child pool, a static CIDR or a reservation holds it'}.`,
    ),
  );
}

/** What IPAM refuses has no code of its own; the pool tells why. */
export async function explainRefusal(
  azure: Azure,
  allocations: readonly PlannedAssociation[],
  target: VirtualNetworkTarget,
  refusal: VendingError,
): Promise<VendingError> {
  if (refusal.code !== 'AzureRefused') return refusal;
  for (const allocation of allocations) {
    const reason = await refusalOfPrefixes(azure, allocation, target);
    if (!reason.ok || reason.value === null) continue;
    return {
      ...reason.value,
      cause: refusal.cause,
      ...(refusal.details ? { details: refusal.details } : {}),
    };
  }
  return refusal;
}
