import type { PoolSummary } from '../../model/api/pool-views.ts';
import {
  type CommonDraft,
  checkCommon,
  commonBody,
  emptyCommonDraft,
  type Faults,
} from './common-draft.ts';
import type { PickedVirtualNetwork } from './virtual-network-picker.tsx';

/** What somebody has chosen in the form for an association. */
export interface AssociateDraft extends CommonDraft {
  readonly picked: PickedVirtualNetwork | undefined;
  readonly pools: readonly string[];
}

export const emptyAssociateDraft = (): AssociateDraft => ({
  ...emptyCommonDraft(),
  picked: undefined,
  pools: [],
});

const familyOf = (prefix: string): PoolSummary['family'] =>
  prefix.includes(':') ? 'IPv6' : 'IPv4';

/** Pools that could take the VNet: of its region, and of a family that it has prefixes of. */
export function poolsFor(
  picked: PickedVirtualNetwork,
  pools: readonly PoolSummary[],
): readonly PoolSummary[] {
  const { location, addressPrefixes } = picked.virtualNetwork;
  const families = new Set(addressPrefixes.map(familyOf));
  return pools.filter((pool) => pool.location === location && families.has(pool.family));
}

/** A VNet joins one pool of each family at most: another one of the family takes the place of the first. */
export function togglePool(
  chosen: readonly string[],
  alias: string,
  pools: readonly PoolSummary[],
): readonly string[] {
  if (chosen.includes(alias)) return chosen.filter((other) => other !== alias);
  const familyOfPool = (name: string) => pools.find((pool) => pool.alias === name)?.family;
  return [...chosen.filter((other) => familyOfPool(other) !== familyOfPool(alias)), alias];
}

export const checkAssociate = (draft: AssociateDraft): Faults => ({
  ...(draft.picked === undefined ? { virtualNetwork: 'Choose the VNet.' } : {}),
  ...(draft.picked !== undefined && draft.pools.length === 0
    ? { pools: 'Choose the pool that it is to join.' }
    : {}),
  ...checkCommon(draft),
});

export function associateBody(draft: AssociateDraft): Record<string, unknown> {
  const { picked, pools } = draft;
  return {
    ...commonBody(draft),
    operation: 'associate',
    target:
      picked === undefined
        ? undefined
        : {
            tenant: picked.tenant,
            subscriptionId: picked.virtualNetwork.subscriptionId,
            resourceGroup: picked.virtualNetwork.resourceGroup,
            virtualNetwork: picked.virtualNetwork.name,
          },
    pools,
  };
}
