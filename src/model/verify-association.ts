import { vendingError } from './errors.ts';
import { failure, type Outcome, success } from './outcome.ts';
import type { AllocationResult, PlannedAssociation, VirtualNetworkTarget } from './plan.ts';
import { containsAll } from './prefixes.ts';
import {
  checkAssociations,
  checkSpelling,
  isSameSpace,
  type ObservedAllocation,
  prefixesOf,
} from './verify-allocation.ts';

/** What an association is to be. */
export interface ExpectedAssociation {
  readonly target: VirtualNetworkTarget;
  readonly allocations: readonly PlannedAssociation[];
}

/**
 * Whether VNet and pools agree on exactly the prefixes that were planned; what else the VNet has is not
 * looked at. `AllocationNotConfirmed` means that a side does not show it yet (look again until the bound);
 * `AllocationInvalid` that what they show is wrong, which time does not cure.
 */
export function verifyAssociation(
  { target, allocations }: ExpectedAssociation,
  observed: ObservedAllocation,
): Outcome<AllocationResult> {
  const pending: string[] = [];
  const faults: string[] = [];
  checkSpelling(observed, faults);
  if (faults.length === 0) {
    for (const planned of allocations) checkOne(planned, observed, pending, faults);
  }
  const { virtualNetworkId } = target;
  if (faults.length > 0) {
    return failure(
      vendingError(
        'AllocationInvalid',
        `The association of ${virtualNetworkId} is not what was planned: ${faults.join('; ')}.`,
      ),
    );
  }
  if (pending.length > 0) {
    return failure(
      vendingError(
        'AllocationNotConfirmed',
        `The association of ${virtualNetworkId} is not shown by both sides: ${pending.join('; ')}.`,
      ),
    );
  }
  return success({
    virtualNetworkId,
    allocations: allocations.map(({ poolAlias, poolId, prefixes }) => ({
      poolAlias,
      poolId,
      prefixes,
    })),
  });
}

function checkOne(
  planned: PlannedAssociation,
  observed: ObservedAllocation,
  pending: string[],
  faults: string[],
): void {
  const { poolAlias, poolId, prefixes } = planned;
  const shown = prefixesOf(observed, poolId);
  if (shown.length === 0) {
    pending.push(`the VNet shows no prefix of the pool '${poolAlias}'`);
  } else if (!isSameSpace(shown, prefixes)) {
    faults.push(
      `the VNet shows ${shown.join(', ')} of the pool '${poolAlias}', but ${prefixes.join(', ')} was planned`,
    );
  }
  const pool = observed.pools.find((candidate) => candidate.poolId === poolId);
  if (pool === undefined) {
    pending.push(`the pool '${poolAlias}' was not looked at`);
    return;
  }
  if (pool.addressPrefixes !== undefined && !containsAll(pool.addressPrefixes, prefixes)) {
    faults.push(
      `${prefixes.join(', ')} is not inside the pool '${poolAlias}' (${pool.addressPrefixes.join(', ')})`,
    );
  }
  checkAssociations(planned, prefixes, pool.associations, observed, pending, faults);
}
