import { addressCount, formatCount } from '../sizes.ts';
import { type AllocateDraft, ipv4LengthOf } from './allocate-draft.ts';

export interface SubnetPart {
  readonly key: number;
  readonly name: string;
  readonly length: number;
  readonly addresses: bigint;
}

export interface SubnetFit {
  readonly fits: boolean;
  readonly total: bigint;
  readonly used: bigint;
  /** Largest first: that is how blocks are laid out without gaps. */
  readonly parts: readonly SubnetPart[];
  readonly text: string;
}

/**
 * Whether the subnets fit into the VNet. Each takes a whole block, and blocks laid out by size leave no
 * gaps, so they fit if their sum does. Undefined while the size of the VNet is no number.
 */
export function subnetFit(draft: AllocateDraft): SubnetFit | undefined {
  return draft.ipv4Pool === '' ? ipv6Fit(draft) : ipv4Fit(draft);
}

function ipv4Fit(draft: AllocateDraft): SubnetFit | undefined {
  const length = ipv4LengthOf(draft.ipv4Addresses);
  if (length === undefined) return undefined;
  const total = addressCount('IPv4', length);
  const parts = draft.subnets
    .flatMap(({ key, name, addresses }) => {
      const part = ipv4LengthOf(addresses);
      return part === undefined
        ? []
        : [{ key, name, length: part, addresses: addressCount('IPv4', part) }];
    })
    .sort((a, b) => a.length - b.length);
  const used = parts.reduce((sum, { addresses }) => sum + addresses, 0n);
  if (used > total) {
    return {
      fits: false,
      total,
      used,
      parts,
      text: `The subnets need ${formatCount(used)} addresses, but the VNet has ${formatCount(total)}. Make the VNet larger or subnets smaller.`,
    };
  }
  const ipv6 = draft.ipv6Pool === '' ? undefined : ipv6Fit(draft);
  if (ipv6 !== undefined && !ipv6.fits) return { ...ipv6, total, used, parts };
  return {
    fits: true,
    total,
    used,
    parts,
    text: `${formatCount(used)} of ${formatCount(total)} addresses in subnets, ${formatCount(total - used)} left for later ones.`,
  };
}

/** Every IPv6 subnet is a /64. */
function ipv6Fit(draft: AllocateDraft): SubnetFit {
  const total = 1n << BigInt(64 - draft.ipv6Length);
  const having =
    draft.ipv4Pool === '' ? draft.subnets : draft.subnets.filter(({ hasIpv6 }) => hasIpv6);
  const parts = having.map(({ key, name }) => ({ key, name, length: 64, addresses: 1n }));
  const used = BigInt(parts.length);
  const fits = used <= total;
  return {
    fits,
    total,
    used,
    parts,
    text: fits
      ? `${formatCount(used)} of ${formatCount(total)} blocks of /64 in subnets.`
      : `A /${draft.ipv6Length} of IPv6 has room for ${formatCount(total)} ${total === 1n ? 'subnet' : 'subnets'} of /64, but ${formatCount(used)} want one.`,
  };
}
