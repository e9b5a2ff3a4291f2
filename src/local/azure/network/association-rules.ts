import { sameId } from './arm-ids.ts';
import { refused } from './errors.ts';
import type { VirtualNetworkRecord } from './records.ts';
import type {
  WantedAllocation,
  WantedSubnet,
  WantedVirtualNetwork,
} from './virtual-network-body.ts';

function requireDistinctPools(allocations: readonly WantedAllocation[], resourceId: string): void {
  const ids = allocations.map(({ poolId }) => poolId.toLowerCase());
  const twice = allocations.find(
    ({ poolId }, index) => ids.indexOf(poolId.toLowerCase()) !== index,
  );
  if (twice !== undefined) {
    throw refused(
      'CannotHaveDuplicatePoolIds',
      `Resource ${resourceId} cannot have duplicate pool ids in its allocations: ${twice.poolId}.`,
    );
  }
}

function requireSubnetPools(
  subnet: WantedSubnet,
  wanted: WantedVirtualNetwork,
  virtualNetworkId: string,
): void {
  const subnetId = `${virtualNetworkId}/subnets/${subnet.name}`;
  requireDistinctPools(subnet.allocations, subnetId);
  if (
    subnet.hasBothPrefixMembers ||
    (subnet.prefixMember === 'addressPrefix' && subnet.allocations.length > 0)
  ) {
    throw refused(
      'NetcfgInvalidSubnet',
      `Invalid configuration on subnet ${subnetId}; cannot populate both address prefix and address prefixes.`,
    );
  }
  if (subnet.allocations.length > 0 && wanted.allocations.length === 0) {
    throw refused(
      'SubnetsCannotReferToPoolsIfVnetDoeNot',
      `Subnet ${subnetId} cannot refer to IPAM pools because virtual network ${virtualNetworkId} does not.`,
    );
  }
  const foreign = subnet.allocations.find(
    ({ poolId }) => !wanted.allocations.some((allocation) => sameId(allocation.poolId, poolId)),
  );
  if (foreign !== undefined) {
    throw refused(
      'SubnetPoolsMustBeSubsetOfVnetPools',
      `The IPAM pools of subnet ${subnetId} must be a subset of the pools of virtual network ${virtualNetworkId}; ${foreign.poolId} is not.`,
    );
  }
}

/**
 * The rules on associations that can be told from the body and the VNet alone (azure-ipam 11).
 * Prefixes beside a pool are refused, unless they are the VNet's own already.
 */
export function requireAssociationRules(
  virtualNetworkId: string,
  wanted: WantedVirtualNetwork,
  current: VirtualNetworkRecord | undefined,
): void {
  requireDistinctPools(wanted.allocations, virtualNetworkId);
  for (const subnet of wanted.subnets) requireSubnetPools(subnet, wanted, virtualNetworkId);
  if (wanted.allocations.length === 0) return;
  requireOwnPrefixes(virtualNetworkId, wanted.addressPrefixes, current?.addressPrefixes ?? []);
  for (const subnet of wanted.subnets) {
    if (subnet.allocations.length === 0) continue;
    const before = current?.subnets.find(({ name }) => sameId(name, subnet.name));
    requireOwnPrefixes(
      `${virtualNetworkId}/subnets/${subnet.name}`,
      subnet.addressPrefixes,
      before?.addressPrefixes ?? [],
    );
  }
}

function requireOwnPrefixes(
  resourceId: string,
  wanted: readonly string[],
  own: readonly string[],
): void {
  const foreign = wanted.filter((prefix) => !own.includes(prefix));
  if (foreign.length > 0) {
    throw refused(
      'CannotMixAddressPrefixAndPoolInPayload',
      `Resource ${resourceId} cannot have both address prefixes and IPAM pools in its payload; ${foreign.join(', ')} is not one of its own prefixes.`,
    );
  }
}
