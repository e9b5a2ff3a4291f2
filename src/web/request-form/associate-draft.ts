import type { PoolSummary } from '../../model/api/pool-views.ts';
import { contains } from '../pools/prefix.ts';
import { readPrefix } from '../pools/read-prefix.ts';
import {
  type CommonDraft,
  checkCommon,
  commonBody,
  emptyCommonDraft,
  type Faults,
} from './common-draft.ts';
import type { PickedVirtualNetwork } from './virtual-network-picker.tsx';

type Family = PoolSummary['family'];

/** What somebody has chosen in the form for an association. */
export interface AssociateDraft extends CommonDraft {
  readonly picked: PickedVirtualNetwork | undefined;
  /** Aliases of pools; empty for none. */
  readonly pools: Readonly<Record<Family, string>>;
}

export const emptyAssociateDraft = (): AssociateDraft => ({
  ...emptyCommonDraft(),
  picked: undefined,
  pools: { IPv4: '', IPv6: '' },
});

export interface PoolChoice {
  readonly pool: PoolSummary;
  /** Prefixes of the VNet that lie outside of the pool: Azure takes a VNet in only with all of a family. */
  readonly outside: readonly string[];
}

const prefixesOf = ({ virtualNetwork }: PickedVirtualNetwork, family: Family): readonly string[] =>
  virtualNetwork.addressPrefixes.filter((prefix) => readPrefix(prefix)?.family === family);

/** The pools of the VNet's region and of a family that it has; those that hold all its prefixes first. */
export function poolChoices(
  picked: PickedVirtualNetwork,
  pools: readonly PoolSummary[],
  family: Family,
): readonly PoolChoice[] {
  const own = prefixesOf(picked, family);
  if (own.length === 0) return [];
  return pools
    .filter((pool) => pool.family === family && pool.location === picked.virtualNetwork.location)
    .map((pool) => ({ pool, outside: own.filter((prefix) => !isInside(prefix, pool)) }))
    .sort((a, b) => a.outside.length - b.outside.length);
}

function isInside(text: string, { addressPrefixes }: PoolSummary): boolean {
  const inner = readPrefix(text);
  return addressPrefixes.some((each) => {
    const outer = readPrefix(each);
    return inner !== undefined && outer !== undefined && contains(outer, inner);
  });
}

/** Another VNet: where one pool of its region holds all its prefixes, it is chosen. */
export function pickNetwork(
  draft: AssociateDraft,
  picked: PickedVirtualNetwork | undefined,
  pools: readonly PoolSummary[],
): AssociateDraft {
  const only = (family: Family): string => {
    const fitting =
      picked === undefined
        ? []
        : poolChoices(picked, pools, family).filter(({ outside }) => outside.length === 0);
    return fitting.length === 1 ? (fitting[0]?.pool.alias ?? '') : '';
  };
  return { ...draft, picked, pools: { IPv4: only('IPv4'), IPv6: only('IPv6') } };
}

const chosenPools = ({ pools }: AssociateDraft): string[] =>
  [pools.IPv4, pools.IPv6].filter((alias) => alias !== '');

export const checkAssociate = (draft: AssociateDraft): Faults => ({
  ...(draft.picked === undefined ? { virtualNetwork: 'Choose the VNet.' } : {}),
  ...(draft.picked !== undefined && chosenPools(draft).length === 0
    ? { pools: 'Choose a pool that the VNet is to belong to.' }
    : {}),
  ...checkCommon(draft),
});

export function associateBody(draft: AssociateDraft): Record<string, unknown> {
  const { tenant, virtualNetwork } = draft.picked ?? {};
  return {
    ...commonBody(draft),
    operation: 'associate',
    target: {
      tenant,
      subscriptionId: virtualNetwork?.subscriptionId,
      resourceGroup: virtualNetwork?.resourceGroup,
      virtualNetwork: virtualNetwork?.name,
      location: virtualNetwork?.location,
    },
    pools: chosenPools(draft),
  };
}
