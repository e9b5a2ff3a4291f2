import {
  type AddressFamily,
  addressCountOf,
  containsAll,
  familyOf,
  overlaps,
  totalAddressCount,
} from '../../../model/prefixes.ts';
import type { AzureServices } from '../contracts.ts';
import type { AddressSpace } from './address-space-plan.ts';
import { nextBlockCount, subtract, takePrefixes } from './allocator.ts';
import { nameOf, sameId } from './arm-ids.ts';
import { ipamCallFailed, refused } from './errors.ts';
import { poolOf } from './pool-space.ts';
import type { AllocationEntry, SubnetRecord, VirtualNetworkRecord } from './records.ts';
import { isInUse, requireDelegations, requireSubnetUnused, usersOf } from './subnet-users.ts';
import type { WantedAllocation, WantedSubnet } from './virtual-network-body.ts';

/** Azure's smallest subnet: /29; for IPv6 every subnet is a /64. */
const smallestSubnet = 8n;
const ipv6Subnet = 2n ** 64n;

/** The prefixes that are in use while subnets are laid out, by subnet. */
type Layout = Map<string, readonly string[]>;

/**
 * Lays out the subnets of a VNet: plain ones as they are, those of a pool carved inside the VNet's
 * blocks of that pool, keeping what they have (azure-ipam 10).
 */
export function planSubnets(
  services: AzureServices,
  virtualNetworkId: string,
  wanted: readonly WantedSubnet[],
  space: AddressSpace,
  current: VirtualNetworkRecord | undefined,
): SubnetRecord[] {
  requireUnused(virtualNetworkId, wanted, current);
  const before = (subnet: WantedSubnet): SubnetRecord | undefined =>
    current?.subnets.find(({ name }) => sameId(name, subnet.name));
  const layout: Layout = new Map();
  // What subnets have already is taken first, so that a new one never gets it.
  for (const subnet of wanted) {
    layout.set(
      subnet.name,
      subnet.allocations.length > 0
        ? keptPrefixes(subnet, before(subnet), space)
        : subnet.addressPrefixes,
    );
  }
  return wanted.map((subnet) => {
    const old = before(subnet);
    const allocations = subnet.allocations.map((allocation) =>
      carve(services, virtualNetworkId, subnet, allocation, old, space, layout),
    );
    const addressPrefixes =
      allocations.length > 0
        ? allocations.flatMap(({ prefixes }) => prefixes)
        : subnet.addressPrefixes;
    layout.set(subnet.name, addressPrefixes);
    const record: SubnetRecord = {
      name: subnet.name,
      prefixMember: allocations.length > 0 ? 'addressPrefixes' : subnet.prefixMember,
      addressPrefixes,
      allocations,
      ...usersOf(old),
      otherProperties: subnet.otherProperties,
      otherMembers: subnet.otherMembers,
    };
    requireValid(virtualNetworkId, record, old, space, layout);
    if (old !== undefined) requireDelegations(virtualNetworkId, record, old);
    return record;
  });
}

/** A subnet in use can neither be left out nor change its prefixes. */
function requireUnused(
  virtualNetworkId: string,
  wanted: readonly WantedSubnet[],
  current: VirtualNetworkRecord | undefined,
): void {
  for (const subnet of current?.subnets ?? []) {
    if (!wanted.some(({ name }) => sameId(name, subnet.name))) {
      requireSubnetUnused(virtualNetworkId, subnet);
    }
  }
}

/** Of the prefixes that the subnet has, those inside the VNet's blocks of its pools. */
function keptPrefixes(
  subnet: WantedSubnet,
  old: SubnetRecord | undefined,
  space: AddressSpace,
): string[] {
  return subnet.allocations.flatMap((allocation) => heldBySubnet(allocation, old, space));
}

function blocksOf(space: AddressSpace, poolId: string): readonly string[] {
  return space.allocations.find((entry) => sameId(entry.poolId, poolId))?.prefixes ?? [];
}

function heldBySubnet(
  allocation: WantedAllocation,
  old: SubnetRecord | undefined,
  space: AddressSpace,
): readonly string[] {
  const blocks = blocksOf(space, allocation.poolId);
  const [block] = blocks;
  if (old === undefined || block === undefined) return [];
  const entry = old.allocations.find(({ poolId }) => sameId(poolId, allocation.poolId));
  const held = entry?.prefixes ?? old.addressPrefixes;
  return held.filter(
    (prefix) => familyOf(prefix) === familyOf(block) && containsAll(blocks, [prefix]),
  );
}

function carve(
  services: AzureServices,
  virtualNetworkId: string,
  subnet: WantedSubnet,
  allocation: WantedAllocation,
  old: SubnetRecord | undefined,
  space: AddressSpace,
  layout: Layout,
): AllocationEntry {
  const pool = poolOf(services, allocation.poolId);
  const family = pool?.family ?? 'IPv4';
  const held = heldBySubnet(allocation, old, space);
  const count = subnetCount(virtualNetworkId, subnet, allocation, held, family);
  const missing = count - totalAddressCount(held);
  const id = `${virtualNetworkId}/subnets/${subnet.name}`;
  const oldEntry = old?.allocations.find(({ poolId }) => sameId(poolId, allocation.poolId));
  if (missing < 0n && oldEntry !== undefined) {
    throw ipamCallFailed(
      services.switches.shrinkRefused,
      'BadRequest',
      `The allocation of resource ${id} from pool ${allocation.poolId} cannot be decreased from ${oldEntry.numberOfIpAddresses} to ${allocation.numberOfIpAddresses} addresses`,
    );
  }
  const free = subtract(blocksOf(space, allocation.poolId), [...layout.values()].flat());
  const added = missing <= 0n ? [] : takePrefixes(free, family, missing, 'first-fit');
  if (added === undefined) {
    throw ipamCallFailed(
      services.switches.poolExhausted,
      'BadRequest',
      `Virtual network ${nameOf(virtualNetworkId)} does not have enough free addresses of pool ${allocation.poolId} to allocate ${count} to resource ${id}`,
    );
  }
  const prefixes = [...held, ...added];
  layout.set(subnet.name, [...(layout.get(subnet.name) ?? []), ...added]);
  return {
    poolId: allocation.poolId,
    numberOfIpAddresses: allocation.numberOfIpAddresses ?? String(totalAddressCount(prefixes)),
    prefixes,
  };
}

/** Addresses that a subnet takes of a pool: a multiple of Azure's smallest subnet; a /64 for IPv6, where "0" is sent too. */
function subnetCount(
  virtualNetworkId: string,
  subnet: WantedSubnet,
  allocation: WantedAllocation,
  held: readonly string[],
  family: AddressFamily,
): bigint {
  if (allocation.numberOfIpAddresses === undefined && held.length > 0) {
    return totalAddressCount(held);
  }
  const number = BigInt(allocation.numberOfIpAddresses ?? 0);
  if (family === 'IPv6' && (number === 0n || number === ipv6Subnet)) return ipv6Subnet;
  if (family === 'IPv6' || number === 0n) {
    throw invalidSubnet(virtualNetworkId, subnet.name);
  }
  return nextBlockCount(number, smallestSubnet);
}

const invalidSubnet = (virtualNetworkId: string, name: string): Error =>
  refused(
    'NetcfgInvalidSubnet',
    `Subnet '${name}' is not valid in virtual network '${nameOf(virtualNetworkId)}'.`,
  );

function requireValid(
  virtualNetworkId: string,
  subnet: SubnetRecord,
  old: SubnetRecord | undefined,
  space: AddressSpace,
  layout: Layout,
): void {
  const network = nameOf(virtualNetworkId);
  const { addressPrefixes: prefixes, name } = subnet;
  const tooSmall = prefixes.some(
    (prefix) =>
      addressCountOf(prefix) < (familyOf(prefix) === 'IPv6' ? ipv6Subnet : smallestSubnet),
  );
  if (prefixes.length === 0 || tooSmall) throw invalidSubnet(virtualNetworkId, name);
  if (!containsAll(space.addressPrefixes, prefixes)) {
    throw refused(
      'NetcfgSubnetRangeOutsideVnet',
      `Subnet '${name}' is not valid because its IP address range is outside the IP address range of virtual network '${network}'.`,
    );
  }
  // The later of two is the one that is refused, so only those before this one count.
  const names = [...layout.keys()];
  const others = names.slice(0, names.indexOf(name)).flatMap((other) => layout.get(other) ?? []);
  if (overlaps(prefixes, others)) {
    throw refused(
      'NetcfgSubnetRangesOverlap',
      `Subnet '${name}' is not valid because its IP address range overlaps with that of an existing subnet in virtual network '${network}'.`,
    );
  }
  const lost = (old?.addressPrefixes ?? []).filter((prefix) => !containsAll(prefixes, [prefix]));
  if (old !== undefined && isInUse(old) && lost.length > 0) {
    throw refused(
      'InUsePrefixCannotBeDeleted',
      `IpPrefix ${lost.join(', ')} on Subnet ${name} has active allocations and cannot be deleted.`,
    );
  }
}
