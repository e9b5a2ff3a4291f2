import type { VirtualNetworkView } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ErrorCode } from '../../model/error-catalogue.ts';
import { ownershipTag } from '../../model/plan.ts';
import { isSameId } from '../../model/resource-ids.ts';

/** Step of the ledger's step state that says what became of the deployment's one PUT. */
export const deployStep = 'deploy';

/** Set in the step state of `deploy` once Azure has shown that the PUT had its effect. */
const createdMark = { created: 'true' } as const;

/** Set while every PUT so far was refused, so that none can have had an effect. */
const refusedMark = { refused: 'true' } as const;

/**
 * Set while all that was heard is that a VNet of the name was there before the PUT. Only another run of the same
 * activity can have made it for this request.
 */
const takenMark = { taken: 'true' } as const;

/** Errors after which the PUT may have had its effect nevertheless. */
const doubtful: ReadonlySet<ErrorCode> = new Set(['AzureUnavailable', 'AzureAnswerInvalid']);

/** Likewise for the compensating DELETE. */
export const deleteStep = 'compensate-delete';

/**
 * Whether the VNet was created by this request: the tag on the VNet and the ledger's record that this
 * request sent a PUT must both say so (rule 5), and it must be the very VNet. `unproven` is one of which tag
 * and ledger say so, but whose guid nobody wrote down and which does not take from the pools what was planned:
 * somebody may have put it, with the tag, in the place of the one that the PUT made.
 */
export type Ownership = 'ours' | 'unproven' | 'not ours';

export async function ownershipOf(
  ledger: Ledger,
  requestId: string,
  virtualNetwork: VirtualNetworkView,
): Promise<Ownership> {
  if (virtualNetwork.tags[ownershipTag] !== requestId) return 'not ours';
  const state = await ledger.getStepState(requestId, deployStep);
  if (state === undefined) return 'not ours';
  const { resourceGuid } = state;
  if (resourceGuid !== undefined) {
    return isSameId(resourceGuid, virtualNetwork.resourceGuid) ? 'ours' : 'not ours';
  }
  const plan = (await ledger.getRequest(requestId))?.plan;
  const isAsPlanned = plan !== undefined && takesFromAll(virtualNetwork, plan.change.allocations);
  return isAsPlanned ? 'ours' : 'unproven';
}

export const isOwnedBy = async (
  ledger: Ledger,
  requestId: string,
  virtualNetwork: VirtualNetworkView,
): Promise<boolean> => (await ownershipOf(ledger, requestId, virtualNetwork)) === 'ours';

/** Whether the VNet has an allocation of each of the pools, with a prefix or without one yet. */
export const takesFromAll = (
  { allocations }: VirtualNetworkView,
  pools: readonly { readonly poolId: string }[],
): boolean => pools.every(({ poolId }) => allocations.some((own) => isSameId(own.poolId, poolId)));

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

/** Records what Azure's refusal of the first PUT proves. */
export async function recordRefusal(
  ledger: Ledger,
  requestId: string,
  { planHash, code }: { readonly planHash: string; readonly code: ErrorCode },
): Promise<void> {
  if (doubtful.has(code)) return;
  const mark = code === 'PreconditionFailed' ? takenMark : refusedMark;
  await ledger.putStepState(requestId, deployStep, { planHash, ...mark });
}

/**
 * Whether a PUT of this request had an effect, as far as that was heard: `none` when each was refused or none
 * was sent, `by another run` when the name was taken already, `unknown` when one was not answered.
 */
export type PutEffect = 'none' | 'by another run' | 'unknown';

export async function effectOfPut(ledger: Ledger, requestId: string): Promise<PutEffect> {
  const state = await ledger.getStepState(requestId, deployStep);
  if (state === undefined || state['refused'] === refusedMark.refused) return 'none';
  return state['taken'] === takenMark.taken ? 'by another run' : 'unknown';
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
