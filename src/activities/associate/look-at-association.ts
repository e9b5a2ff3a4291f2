import type { Azure, VirtualNetworkView } from '../../azure/azure.ts';
import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome } from '../../model/outcome.ts';
import type {
  AllocationResult,
  PlannedAssociation,
  VirtualNetworkTarget,
} from '../../model/plan.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { verifyAssociation } from '../../model/verify-association.ts';
import { isSettled } from '../settled.ts';
import { observePools } from './observe-pools.ts';
import { virtualNetworkChanged } from './update-virtual-network.ts';

/** What VNet and pools show of an association; see `verifyAssociation` for the errors. */
export async function lookAtAssociation(
  azure: Azure,
  { target, allocations }: Expected,
  view: VirtualNetworkView,
): Promise<Outcome<AllocationResult>> {
  const dropped = allocations.filter(
    ({ poolId }) => !view.allocations.some((own) => isSameId(own.poolId, poolId)),
  );
  if (dropped.length > 0) {
    const pools = dropped.map(({ poolAlias }) => poolAlias).join(' and ');
    // Azure had accepted it; a change of somebody else must end before it can be judged.
    return failure(
      isSettled(view)
        ? virtualNetworkChanged(target, `is no longer associated with ${pools}`)
        : vendingError(
            'AllocationNotConfirmed',
            `The VNet '${target.virtualNetwork}' shows no association with ${pools} while it is ${view.provisioningState}.`,
          ),
    );
  }
  const pools = await observePools(azure, allocations);
  if (!pools.ok) return pools;
  return verifyAssociation({ target, allocations }, { virtualNetwork: view, pools: pools.value });
}

interface Expected {
  readonly target: VirtualNetworkTarget;
  readonly allocations: readonly PlannedAssociation[];
}
