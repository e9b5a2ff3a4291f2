import type { VirtualNetworkView } from '../azure/azure.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { ownershipTag } from '../model/plan.ts';

/** Step of the ledger's step state that says what became of the deployment's one PUT. */
export const deployStep = 'deploy';

/** Set in the step state of `deploy` once Azure has shown that the PUT had its effect. */
const createdMark = { created: 'true' } as const;

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

/** Records that the PUT of this request made its VNet; what is known already stays known. */
export async function recordCreation(
  ledger: Ledger,
  requestId: string,
  operationUrl?: string,
): Promise<void> {
  await ledger.putStepState(requestId, deployStep, {
    ...(await ledger.getStepState(requestId, deployStep)),
    ...createdMark,
    ...(operationUrl === undefined ? {} : { operationUrl }),
  });
}

/** Whether the PUT of this request is known to have made a VNet. */
export async function hasCreated(ledger: Ledger, requestId: string): Promise<boolean> {
  const state = await ledger.getStepState(requestId, deployStep);
  return state?.['created'] === createdMark.created;
}
