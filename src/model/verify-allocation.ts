import { vendingError } from './errors.ts';
import { failure, type Outcome, success } from './outcome.ts';
import type { AllocationResult, Deployment, PlannedAllocation } from './plan.ts';
import {
  containsAll,
  familyOf,
  isPrefix,
  overlaps,
  summarize,
  totalAddressCount,
} from './prefixes.ts';
import { isSameId, isWithin } from './resource-ids.ts';

/** What both tenants show, after the deployment. */
export interface ObservedAllocation {
  readonly virtualNetwork: {
    readonly id: string;
    readonly addressPrefixes: readonly string[];
    readonly allocations: readonly {
      readonly poolId: string;
      readonly prefixes: readonly string[];
    }[];
    readonly subnets: readonly {
      readonly name: string;
      readonly addressPrefixes: readonly string[];
    }[];
  };
  /** One entry for each pool of the deployment. */
  readonly pools: readonly {
    readonly poolId: string;
    /** Absent when Azure does not let us read the pool. */
    readonly addressPrefixes?: readonly string[];
    readonly associations: readonly {
      readonly resourceId: string;
      readonly prefixes: readonly string[];
    }[];
  }[];
}

/**
 * Step 8: whether VNet and pools agree, and on what was asked for. `AllocationNotConfirmed` means that
 * a side does not show it yet (look again until the bound); `AllocationInvalid` that what they show is
 * wrong, which time does not cure.
 */
export function verifyAllocation(
  deployment: Deployment,
  observed: ObservedAllocation,
): Outcome<AllocationResult> {
  const pending: string[] = [];
  const faults: string[] = [];
  checkSpelling(observed, faults);
  if (faults.length === 0) {
    for (const planned of deployment.allocations) {
      checkAllocation(planned, observed, pending, faults);
    }
    checkVirtualNetwork(deployment, observed, pending, faults);
    checkSubnets(deployment, observed, pending, faults);
  }
  const { virtualNetworkId } = deployment.target;
  if (faults.length > 0) {
    return failure(
      vendingError(
        'AllocationInvalid',
        `The allocation of ${virtualNetworkId} is not what was asked for: ${faults.join('; ')}.`,
      ),
    );
  }
  if (pending.length > 0) {
    return failure(
      vendingError(
        'AllocationNotConfirmed',
        `The allocation of ${virtualNetworkId} is not shown by both sides: ${pending.join('; ')}.`,
      ),
    );
  }
  return success({
    virtualNetworkId,
    allocations: deployment.allocations.map(({ poolAlias, poolId }) => ({
      poolAlias,
      poolId,
      prefixes: summarize(prefixesOf(observed, poolId)),
    })),
  });
}

export const prefixesOf = (observed: ObservedAllocation, poolId: string): string[] =>
  observed.virtualNetwork.allocations
    .filter((allocation) => isSameId(allocation.poolId, poolId))
    .flatMap((allocation) => allocation.prefixes);

const longestPrefix = 'ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff/128'.length;

/** What is longer than any prefix may be anything, even confidential. */
const echoOf = (text: string): string =>
  text.length > longestPrefix ? `a text of ${text.length} characters` : `'${text}'`;

/** Texts that are no prefixes would break the arithmetic of everything after. */
export function checkSpelling(observed: ObservedAllocation, faults: string[]): void {
  const { virtualNetwork, pools } = observed;
  const lists = [
    virtualNetwork.addressPrefixes,
    ...virtualNetwork.allocations.map((allocation) => allocation.prefixes),
    ...virtualNetwork.subnets.map((subnet) => subnet.addressPrefixes),
    ...pools.flatMap((pool) => [
      pool.addressPrefixes ?? [],
      ...pool.associations.map((association) => association.prefixes),
    ]),
  ];
  for (const text of new Set(lists.flat())) {
    if (!isPrefix(text)) {
      faults.push(`Azure shows ${echoOf(text)}, which is no prefix`);
    }
  }
}

function checkAllocation(
  planned: PlannedAllocation,
  observed: ObservedAllocation,
  pending: string[],
  faults: string[],
): void {
  const { poolAlias, poolId, family, numberOfIpAddresses } = planned;
  const prefixes = prefixesOf(observed, poolId);
  const shown = prefixes.join(', ');
  const pool = observed.pools.find((candidate) => isSameId(candidate.poolId, poolId));
  if (prefixes.length === 0) {
    pending.push(`the VNet shows no prefix of the pool '${poolAlias}'`);
    return;
  }
  if (prefixes.some((prefix) => familyOf(prefix) !== family)) {
    faults.push(`the pool '${poolAlias}' is ${family}, but the VNet shows ${shown}`);
  }
  const count = totalAddressCount(prefixes);
  if (count < BigInt(numberOfIpAddresses)) {
    faults.push(
      `the VNet was to have ${numberOfIpAddresses} addresses of '${poolAlias}', but has ${count} (${shown})`,
    );
  }
  if (pool === undefined) {
    pending.push(`the pool '${poolAlias}' was not looked at`);
    return;
  }
  if (pool.addressPrefixes !== undefined && !containsAll(pool.addressPrefixes, prefixes)) {
    faults.push(
      `${shown} is not inside the pool '${poolAlias}' (${pool.addressPrefixes.join(', ')})`,
    );
  }
  checkAssociations(planned, prefixes, pool.associations, observed, pending, faults);
}

export function checkAssociations(
  { poolAlias }: Pick<PlannedAllocation, 'poolAlias'>,
  prefixes: readonly string[],
  associations: ObservedAllocation['pools'][number]['associations'],
  { virtualNetwork }: ObservedAllocation,
  pending: string[],
  faults: string[],
): void {
  const shown = prefixes.join(', ');
  for (const other of associations) {
    // The list may lag behind: a pool may have given what another VNet has just released.
    if (!isWithin(other.resourceId, virtualNetwork.id) && overlaps(prefixes, other.prefixes)) {
      pending.push(
        `${shown} overlaps ${other.prefixes.join(', ')}, which the pool '${poolAlias}' gave to ${other.resourceId}`,
      );
    }
  }
  const listed = associations
    .filter((association) => isSameId(association.resourceId, virtualNetwork.id))
    .flatMap((association) => association.prefixes);
  if (listed.length === 0) {
    pending.push(`the pool '${poolAlias}' does not list the VNet with a prefix`);
  } else if (!isSameSpace(listed, prefixes)) {
    faults.push(
      `the VNet shows ${shown}, but the pool '${poolAlias}' lists ${listed.join(', ')} for it`,
    );
  }
}

/** Whether two lists of prefixes hold the same addresses. */
export const isSameSpace = (a: readonly string[], b: readonly string[]): boolean =>
  summarize(a).join() === summarize(b).join();

/** A VNet of ours has what its pools gave, and nothing else. */
function checkVirtualNetwork(
  deployment: Deployment,
  { virtualNetwork }: ObservedAllocation,
  pending: string[],
  faults: string[],
): void {
  for (const { poolId, prefixes } of virtualNetwork.allocations) {
    if (!deployment.allocations.some((planned) => isSameId(planned.poolId, poolId))) {
      faults.push(`the VNet also has ${prefixes.join(', ')} of ${poolId}, which nobody asked for`);
    }
  }
  const allocated = virtualNetwork.allocations.flatMap((allocation) => allocation.prefixes);
  const { addressPrefixes } = virtualNetwork;
  if (addressPrefixes.length === 0) {
    pending.push('the VNet shows no address prefixes');
  } else if (pending.length === 0 && !isSameSpace(addressPrefixes, allocated)) {
    faults.push(
      `the VNet has the address prefixes ${addressPrefixes.join(', ')}, but was given ${allocated.join(', ')}`,
    );
  }
}

function checkSubnets(
  deployment: Deployment,
  { virtualNetwork }: ObservedAllocation,
  pending: string[],
  faults: string[],
): void {
  const earlier: string[] = [];
  for (const planned of deployment.subnets) {
    const prefixes =
      virtualNetwork.subnets.find((subnet) => isSameId(subnet.name, planned.name))
        ?.addressPrefixes ?? [];
    for (const { family, numberOfIpAddresses } of planned.allocations) {
      const own = prefixes.filter((prefix) => familyOf(prefix) === family);
      if (own.length === 0) {
        pending.push(`the VNet shows no ${family} prefix of the subnet '${planned.name}'`);
      } else if (totalAddressCount(own) < BigInt(numberOfIpAddresses)) {
        faults.push(
          `the subnet '${planned.name}' was to have ${numberOfIpAddresses} ${family} addresses, but has ${own.join(', ')}`,
        );
      }
    }
    if (
      !containsAll(virtualNetwork.addressPrefixes, prefixes) &&
      virtualNetwork.addressPrefixes.length > 0
    ) {
      faults.push(
        `the subnet '${planned.name}' (${prefixes.join(', ')}) is not inside the VNet (${virtualNetwork.addressPrefixes.join(', ')})`,
      );
    }
    if (overlaps(earlier, prefixes)) {
      faults.push(
        `the subnet '${planned.name}' (${prefixes.join(', ')}) overlaps an earlier subnet`,
      );
    }
    earlier.push(...prefixes);
  }
}
