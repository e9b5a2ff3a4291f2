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

/** Errors after which this PUT, or another one of the request, may have had its effect nevertheless. */
const doubtful: ReadonlySet<ErrorCode> = new Set([
  'AzureUnavailable',
  'AzureAnswerInvalid',
  'PreconditionFailed',
]);

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

/** Records that Azure refused the PUT. One that was not answered before stays in doubt. */
export async function recordRefusal(
  ledger: Ledger,
  requestId: string,
  { planHash, code }: { readonly planHash: string; readonly code: ErrorCode },
): Promise<void> {
  if (doubtful.has(code)) return;
  await ledger.putStepState(requestId, deployStep, { planHash, ...refusedMark });
}

/** Whether this request has sent a PUT of which nobody can say that it had no effect. */
export async function mayHaveCreated(ledger: Ledger, requestId: string): Promise<boolean> {
  const state = await ledger.getStepState(requestId, deployStep);
  return state !== undefined && state['refused'] !== refusedMark.refused;
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
