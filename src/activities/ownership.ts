import type { VirtualNetworkView } from '../azure/azure.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { ownershipTag } from '../model/plan.ts';

/** Step of the ledger's step state that says what became of the deployment's one PUT. */
export const deployStep = 'deploy';

/** Likewise for the compensating DELETE. */
export const deleteStep = 'compensate-delete';

/**
 * Whether the VNet was created by this request: the tag on the VNet and the ledger's record that this
 * request sent a PUT must both say so (rule 5).
 */
export async function isOwnedBy(
  ledger: Ledger,
  requestId: string,
  virtualNetwork: VirtualNetworkView,
): Promise<boolean> {
  if (virtualNetwork.tags[ownershipTag] !== requestId) return false;
  return (await ledger.getStepState(requestId, deployStep)) !== undefined;
}
