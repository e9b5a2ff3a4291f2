import type { Landscape, LandscapePool } from './landscape.ts';
import { failure, type Outcome, success } from './outcome.ts';
import {
  type Deployment,
  ownershipTag,
  type PlannedAllocation,
  type PlannedSubnet,
} from './plan.ts';
import { type Fault, planTarget, requestError } from './plan-target.ts';
import { type AddressFamily, addressCountOfPrefixLength } from './prefixes.ts';
import type { AllocateRequest } from './requests.ts';

interface Size {
  readonly numberOfIpAddresses?: string | undefined;
  readonly prefixLength?: number | undefined;
}

type RequestedAllocation = Size & { readonly pool: string };

const bitsOf = { IPv4: 32, IPv6: 128 } as const;
const ipv6SubnetLength = 64;
const ipv6SubnetAddresses = addressCountOfPrefixLength('IPv6', ipv6SubnetLength);
/** Azure takes VNets of /2 to /29 and subnets down to /29 (azure-ipam 10). */
const ipv4Addresses = { least: 8n, most: addressCountOfPrefixLength('IPv4', 2) };

/**
 * What is going to be deployed for a request, from the request and the landscape alone. The error
 * names every fault of the request at once, so that one correction is enough.
 */
export function planDeployment(
  request: AllocateRequest,
  landscape: Landscape,
): Outcome<Deployment> {
  const faults: Fault[] = [];
  const target = planTarget(request.target, landscape, faults);
  const allocations = planAllocations(request, landscape, faults);
  const subnets = planSubnets(request, landscape, faults);
  checkSubnetsFit(allocations, subnets, faults);
  checkTags(request, faults);

  const first = faults[0];
  if (first !== undefined || target === undefined) {
    return failure(requestError(request.id, first?.code ?? 'UnknownTenant', faults));
  }
  return success({
    requestId: request.id,
    operation: 'allocate',
    target,
    allocations,
    subnets,
    tags: { ...request.tags, [ownershipTag]: request.id },
  });
}

function planAllocations(
  request: AllocateRequest,
  landscape: Landscape,
  faults: Fault[],
): PlannedAllocation[] {
  const planned: PlannedAllocation[] = [];
  for (const asked of request.allocations) {
    const pool = findPool(asked.pool, landscape);
    if (pool === undefined) {
      const offered = landscape.pools.map((candidate) => candidate.alias).join(', ');
      faults.push({
        code: 'UnknownPool',
        text: `the pool '${asked.pool}' is not in the landscape, which has ${offered}`,
      });
      continue;
    }
    if (pool.location !== request.target.location) {
      faults.push({
        code: 'RegionMismatch',
        text: `the VNet is to be in ${request.target.location}, but the pool '${pool.alias}' is in ${pool.location}`,
      });
    }
    const allocation = planAllocation(asked, pool, `the allocation of '${pool.alias}'`, faults);
    if (allocation === undefined) {
      continue;
    }
    const other = planned.find((earlier) => earlier.family === pool.family);
    if (other !== undefined) {
      faults.push({
        code: 'RequestInvalid',
        text: `the pools '${other.poolAlias}' and '${pool.alias}' are both ${pool.family}; a VNet takes at most one pool of each family`,
      });
    }
    checkVirtualNetworkSize(allocation, faults);
    planned.push(allocation);
  }
  return planned;
}

function planAllocation(
  asked: RequestedAllocation,
  pool: LandscapePool,
  what: string,
  faults: Fault[],
): PlannedAllocation | undefined {
  const count = countOf(asked, pool.family);
  if (count === undefined) {
    faults.push({
      code: 'RequestInvalid',
      text: `${what} asks for /${asked.prefixLength}, but ${pool.family} has prefix lengths up to ${bitsOf[pool.family]}`,
    });
    return undefined;
  }
  return {
    poolAlias: pool.alias,
    poolId: pool.id,
    family: pool.family,
    numberOfIpAddresses: count,
  };
}

/** A count is kept as asked for: how the pool rounds it is the pool's business. */
function countOf(size: Size, family: AddressFamily): string | undefined {
  if (size.numberOfIpAddresses !== undefined) {
    return size.numberOfIpAddresses;
  }
  return size.prefixLength === undefined || size.prefixLength > bitsOf[family]
    ? undefined
    : String(addressCountOfPrefixLength(family, size.prefixLength));
}

function checkVirtualNetworkSize(allocation: PlannedAllocation, faults: Fault[]): void {
  const count = BigInt(allocation.numberOfIpAddresses);
  const what = `the allocation of '${allocation.poolAlias}' asks for ${count} addresses`;
  if (allocation.family === 'IPv4') {
    if (count < ipv4Addresses.least || count > ipv4Addresses.most) {
      faults.push({
        code: 'RequestInvalid',
        text: `${what}; an IPv4 allocation holds ${ipv4Addresses.least} (/29) to ${ipv4Addresses.most} (/2)`,
      });
    }
  } else if (count % ipv6SubnetAddresses !== 0n || count > addressCountOfPrefixLength('IPv6', 1)) {
    faults.push({
      code: 'RequestInvalid',
      text: `${what}; an IPv6 allocation is a multiple of ${ipv6SubnetAddresses} (one /64)`,
    });
  }
}

function planSubnets(
  request: AllocateRequest,
  landscape: Landscape,
  faults: Fault[],
): PlannedSubnet[] {
  return request.subnets.map((subnet) => {
    const firstPool = request.allocations[0]?.pool ?? '';
    const { numberOfIpAddresses, prefixLength } = subnet;
    const asked: readonly RequestedAllocation[] = subnet.allocations ?? [
      { pool: subnet.pool ?? firstPool, numberOfIpAddresses, prefixLength },
    ];
    const what = `the subnet '${subnet.name}'`;
    const planned = asked.flatMap((entry) =>
      planSubnetAllocation(entry, what, request, landscape, faults),
    );
    if (new Set(planned.map((entry) => entry.family)).size < planned.length) {
      faults.push({
        code: 'RequestInvalid',
        text: `${what} has two allocations of one family; a subnet takes at most one of each`,
      });
    }
    return { name: subnet.name, allocations: planned };
  });
}

function planSubnetAllocation(
  asked: RequestedAllocation,
  what: string,
  request: AllocateRequest,
  landscape: Landscape,
  faults: Fault[],
): PlannedAllocation[] {
  if (!request.allocations.some((allocation) => allocation.pool === asked.pool)) {
    faults.push({
      code: 'RequestInvalid',
      text: `${what} names the pool '${asked.pool}', which is not among the allocations of the request`,
    });
    return [];
  }
  const pool = findPool(asked.pool, landscape);
  if (pool === undefined) {
    return []; // Told already, with the allocation of the VNet.
  }
  const allocation = planAllocation(asked, pool, what, faults);
  if (allocation === undefined) {
    return [];
  }
  const count = BigInt(allocation.numberOfIpAddresses);
  if (pool.family === 'IPv6' && count !== ipv6SubnetAddresses) {
    faults.push({
      code: 'RequestInvalid',
      text: `${what} asks for ${count} IPv6 addresses; an IPv6 subnet is exactly a /64 (${ipv6SubnetAddresses})`,
    });
  }
  if (pool.family === 'IPv4' && count < ipv4Addresses.least) {
    faults.push({
      code: 'RequestInvalid',
      text: `${what} asks for ${count} addresses; a subnet has at least ${ipv4Addresses.least} (/29)`,
    });
  }
  return [allocation];
}

/** Subnets are carved inside the VNet's blocks of the same pool (azure-ipam 10). */
function checkSubnetsFit(
  allocations: readonly PlannedAllocation[],
  subnets: readonly PlannedSubnet[],
  faults: Fault[],
): void {
  for (const allocation of allocations) {
    const wanted = subnets
      .flatMap((subnet) => subnet.allocations)
      .filter((entry) => entry.poolAlias === allocation.poolAlias)
      .reduce((total, entry) => total + BigInt(entry.numberOfIpAddresses), 0n);
    if (wanted > BigInt(allocation.numberOfIpAddresses)) {
      faults.push({
        code: 'RequestInvalid',
        text: `the subnets in '${allocation.poolAlias}' ask for ${wanted} addresses together, but the VNet for ${allocation.numberOfIpAddresses} only`,
      });
    }
  }
}

/** Names of tags have no case in Azure. */
function checkTags(request: AllocateRequest, faults: Fault[]): void {
  const names = Object.keys(request.tags);
  if (names.some((name) => isSame(name, ownershipTag))) {
    faults.push({
      code: 'RequestInvalid',
      text: `the tag '${ownershipTag}' is set by the workflow and by nobody else`,
    });
  }
  const twice = names.filter((name, index) => names.slice(0, index).some((n) => isSame(n, name)));
  if (twice.length > 0) {
    faults.push({
      code: 'RequestInvalid',
      text: `the tags ${twice.join(', ')} differ from an earlier one only in case`,
    });
  }
}

const findPool = (alias: string, landscape: Landscape): LandscapePool | undefined =>
  landscape.pools.find((pool) => pool.alias === alias);

const isSame = (a: string, b: string): boolean => a.toLowerCase() === b.toLowerCase();
