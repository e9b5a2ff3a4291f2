import type { LandscapePool } from './landscape.ts';
import type { PlannedAssociation } from './plan.ts';
import { comparePrefixes, isPrefix, totalAddressCount } from './prefixes.ts';
import { isSameId } from './resource-ids.ts';

/** An allocation as a VNet or a pool shows it. */
interface ShownAllocation {
  readonly poolId: string;
  readonly prefixes: readonly string[];
}

/** What a VNet and its subnets hold of pools. */
interface AllocationHolder {
  readonly allocations: readonly ShownAllocation[];
  readonly subnets: readonly { readonly allocations: readonly ShownAllocation[] }[];
}

/** What a removal gives back, and the pools that it cannot be verified with. */
export interface AllocationsToRelease {
  readonly allocations: readonly PlannedAssociation[];
  /** Ids of pools that the landscape does not list. */
  readonly unknownPoolIds: readonly string[];
}

/**
 * What goes back to which pools when the VNet, or its association, is taken away. Independent of the
 * order in which Azure lists it.
 */
export function allocationsToRelease(
  { allocations, subnets }: AllocationHolder,
  pools: readonly LandscapePool[],
): AllocationsToRelease {
  // A subnet's prefixes are inside those of its VNet, which are what the pool gave.
  const ofSubnets = subnets
    .flatMap((subnet) => subnet.allocations)
    .filter(({ poolId }) => !allocations.some((own) => isSameId(own.poolId, poolId)));
  const shown = [...allocations, ...ofSubnets];
  const known = pools.filter(({ id }) => shown.some(({ poolId }) => isSameId(poolId, id)));
  return {
    allocations: known
      .map((pool) => releaseOf(pool, prefixesOf(shown, pool.id)))
      .sort((a, b) => (a.poolAlias < b.poolAlias ? -1 : 1)),
    unknownPoolIds: [
      ...new Set(
        shown
          .map(({ poolId }) => poolId)
          .filter((poolId) => !pools.some(({ id }) => isSameId(id, poolId))),
      ),
    ].sort(),
  };
}

/** What a pool still lists for a VNet that is gone. */
export function releaseOf(
  { alias, id, family }: LandscapePool,
  prefixes: readonly string[],
): PlannedAssociation {
  const count = totalAddressCount(prefixes);
  return {
    poolAlias: alias,
    poolId: id,
    family,
    // An association without prefixes counts like one that is as small as can be.
    numberOfIpAddresses: String(count > 0n ? count : 1n),
    prefixes: [...new Set(prefixes)].sort(comparePrefixes),
  };
}

const prefixesOf = (shown: readonly ShownAllocation[], id: string): readonly string[] =>
  shown.filter(({ poolId }) => isSameId(poolId, id)).flatMap(({ prefixes }) => prefixes);

/** A text among the prefixes of the VNet that is no prefix and would break all arithmetic. */
export const findMisspelledPrefix = (
  holder: AllocationHolder & { readonly addressPrefixes: readonly string[] },
): string | undefined =>
  [
    ...holder.addressPrefixes,
    ...[holder, ...holder.subnets].flatMap(({ allocations }) =>
      allocations.flatMap(({ prefixes }) => prefixes),
    ),
  ].find((text) => !isPrefix(text));
