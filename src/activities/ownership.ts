import type { VirtualNetworkView } from '../azure/azure.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { ownershipTag } from '../model/plan.ts';
import { isSameId } from '../model/resource-ids.ts';

/** Step of the ledger's step state that says what became of the deployment's one PUT. */
export const deployStep = 'deploy';

/** Set in the step state of `deploy` once Azure has shown that the PUT had its effect. */
const createdMark = { created: 'true' } as const;

/** Likewise for the compensating DELETE. */
export const deleteStep = 'compensate-delete';

/**
 * Whether the VNet was created by this request: the tag on the VNet and the ledger's record that this
 * request sent a PUT must both say so (rule 5), and it must be the very VNet, as far as that is known.
 */
export async function isOwnedBy(
  ledger: Ledger,
  requestId: string,
  virtualNetwork: VirtualNetworkView,
): Promise<boolean> {
  if (virtualNetwork.tags[ownershipTag] !== requestId) return false;
  const state = await ledger.getStepState(requestId, deployStep);
  if (state === undefined) return false;
  const { resourceGuid } = state;
  return resourceGuid === undefined || isSameId(resourceGuid, virtualNetwork.resourceGuid);
}

/** Records that the PUT of this request made its VNet; what is known already stays known. */
export async function recordCreation(
  ledger: Ledger,
  requestId: string,
  { operationUrl, resourceGuid }: { operationUrl?: string | undefined; resourceGuid?: string },
): Promise<void> {
  await ledger.putStepState(requestId, deployStep, {
    ...(resourceGuid === undefined ? {} : { resourceGuid }),
    ...(await ledger.getStepState(requestId, deployStep)),
    ...createdMark,
    ...(operationUrl === undefined ? {} : { operationUrl }),
  });
}

/** Whether the PUT of this request is known to have made a VNet, and which. */
export async function creationOf(
  ledger: Ledger,
  requestId: string,
): Promise<{ readonly resourceGuid?: string } | undefined> {
  const state = await ledger.getStepState(requestId, deployStep);
  if (state?.['created'] !== createdMark.created) return undefined;
  const { resourceGuid } = state;
  return resourceGuid === undefined ? {} : { resourceGuid };
}
