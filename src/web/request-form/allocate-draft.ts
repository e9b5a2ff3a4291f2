import type { PoolSummary } from '../../model/api/pool-views.ts';
import type { Tenant } from '../../model/api/tenant-views.ts';
import { parseCount, prefixLengthFor } from '../sizes.ts';
import { type CommonDraft, commonBody, emptyCommonDraft } from './common-draft.ts';

export interface SubnetDraft {
  /** Tells rows apart while they come and go. */
  readonly key: number;
  readonly name: string;
  /** Of IPv4, as typed. */
  readonly addresses: string;
  /** Whether it has a /64 too, where the VNet has both families. */
  readonly hasIpv6: boolean;
}

export interface TagDraft {
  readonly key: number;
  readonly name: string;
  readonly value: string;
}

/** What somebody has typed into the form for a new VNet. */
export interface AllocateDraft extends CommonDraft {
  readonly tenant: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
  readonly location: string;
  /** Alias of the IPv4 pool; empty for none. */
  readonly ipv4Pool: string;
  /** As typed. */
  readonly ipv4Addresses: string;
  readonly ipv6Pool: string;
  readonly ipv6Length: number;
  readonly subnets: readonly SubnetDraft[];
  readonly tags: readonly TagDraft[];
}

export const emptyAllocateDraft = (): AllocateDraft => ({
  ...emptyCommonDraft(),
  tenant: '',
  subscriptionId: '',
  resourceGroup: '',
  virtualNetwork: '',
  location: '',
  ipv4Pool: '',
  ipv4Addresses: '256',
  ipv6Pool: '',
  ipv6Length: 56,
  subnets: [],
  tags: [],
});

/** What the form offers: from `GET /api/tenants` and `GET /api/pools`. */
export interface Offer {
  readonly tenants: readonly Tenant[];
  readonly pools: readonly PoolSummary[];
  readonly requiredTags: readonly string[];
}

/** Regions in which there are pools. */
export const regionsOf = ({ pools }: Offer): readonly string[] =>
  [...new Set(pools.map(({ location }) => location))].sort();

export const poolsIn = (
  { pools }: Offer,
  location: string,
  family: PoolSummary['family'],
): readonly PoolSummary[] =>
  pools.filter((pool) => pool.location === location && pool.family === family);

export const onlyOne = <T>(list: readonly T[] | undefined): T | undefined =>
  list?.length === 1 ? list[0] : undefined;

/** Another tenant: what belongs to the one before goes, and what has no alternative is chosen. */
export function chooseTenant(draft: AllocateDraft, alias: string, offer: Offer): AllocateDraft {
  const tenant = offer.tenants.find((candidate) => candidate.alias === alias);
  const only = onlyOne(tenant?.subscriptions);
  return chooseSubscription({ ...draft, tenant: alias }, only?.subscriptionId ?? '', offer);
}

export function chooseSubscription(
  draft: AllocateDraft,
  subscriptionId: string,
  offer: Offer,
): AllocateDraft {
  const groups = resourceGroupsOf(offer, draft.tenant, subscriptionId);
  const isStillOffered = groups === undefined || groups.includes(draft.resourceGroup);
  return {
    ...draft,
    subscriptionId,
    resourceGroup: onlyOne(groups) ?? (isStillOffered ? draft.resourceGroup : ''),
  };
}

/** The resource groups that a request may name; any if undefined. */
export function resourceGroupsOf(
  { tenants }: Offer,
  alias: string,
  subscriptionId: string,
): readonly string[] | undefined {
  return tenants
    .find((tenant) => tenant.alias === alias)
    ?.subscriptions.find((candidate) => candidate.subscriptionId === subscriptionId)
    ?.resourceGroups;
}

/** Another region: its first pool of IPv4 is chosen; IPv6 is for who wants it. */
export function chooseRegion(draft: AllocateDraft, location: string, offer: Offer): AllocateDraft {
  const [first] = poolsIn(offer, location, 'IPv4');
  return { ...draft, location, ipv4Pool: first?.alias ?? '', ipv6Pool: '' };
}

/** The pool of a link: it and its region are chosen, unless somebody has chosen a region before. */
export function choosePool(draft: AllocateDraft, alias: string, offer: Offer): AllocateDraft {
  const pool = offer.pools.find((candidate) => candidate.alias === alias);
  if (pool === undefined || draft.location !== '') return draft;
  const chosen = chooseRegion(draft, pool.location, offer);
  return pool.family === 'IPv4' ? { ...chosen, ipv4Pool: alias } : { ...chosen, ipv6Pool: alias };
}

/** The prefix length of what was typed; undefined where it is no number. */
export function ipv4LengthOf(addresses: string): number | undefined {
  const count = parseCount(addresses);
  return count === undefined || count > 1n << 32n ? undefined : prefixLengthFor('IPv4', count);
}

/**
 * The request. Sizes are sent as prefix lengths: what the form said one would get is then what is asked for,
 * however the pool rounds counts.
 */
export function allocateBody(draft: AllocateDraft): Record<string, unknown> {
  const hasBoth = draft.ipv4Pool !== '' && draft.ipv6Pool !== '';
  const ipv4 = { pool: draft.ipv4Pool, prefixLength: ipv4LengthOf(draft.ipv4Addresses) };
  const ipv6 = { pool: draft.ipv6Pool, prefixLength: draft.ipv6Length };
  const subnets = draft.subnets.map(({ name, addresses, hasIpv6 }) => {
    const length = ipv4LengthOf(addresses);
    if (draft.ipv4Pool === '') return { name, prefixLength: 64 };
    if (!hasBoth || !hasIpv6) return { name, prefixLength: length };
    return {
      name,
      allocations: [
        { pool: draft.ipv4Pool, prefixLength: length },
        { pool: draft.ipv6Pool, prefixLength: 64 },
      ],
    };
  });
  return {
    ...commonBody(draft),
    operation: 'allocate',
    target: {
      tenant: draft.tenant,
      subscriptionId: draft.subscriptionId,
      resourceGroup: draft.resourceGroup,
      virtualNetwork: draft.virtualNetwork,
      location: draft.location,
    },
    allocations: [ipv4, ipv6].filter(({ pool }) => pool !== ''),
    subnets,
    tags: Object.fromEntries(
      draft.tags
        .filter(({ name, value }) => name.trim() !== '' || value.trim() !== '')
        .map(({ name, value }) => [name.trim(), value.trim()]),
    ),
  };
}
