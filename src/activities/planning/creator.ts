import type { VirtualNetworkView } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { type AllocationResult, ownershipTag } from '../../model/plan.ts';
import { requestIdSchema } from '../../model/requests.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { isOwnedBy } from '../allocate/ownership.ts';

/** Who created a VNet, or why nobody can say so. */
export type CreatorAnswer =
  | { readonly createdBy: string; readonly result: AllocationResult }
  | { readonly createdBy?: never; readonly reason: string };

/** The request that created the VNet, where tag and ledger prove it together (rule 5). */
export async function findCreator(
  ledger: Ledger,
  view: VirtualNetworkView,
): Promise<CreatorAnswer> {
  const tag = view.tags[ownershipTag];
  if (tag === undefined) return { reason: `it carries no tag '${ownershipTag}'` };
  if (!requestIdSchema.safeParse(tag).success) {
    return { reason: `its tag '${ownershipTag}' is no id of a request` };
  }
  const record = await ledger.getRequest(tag);
  if (!record)
    return { reason: `its tag names the request ${tag}, which the ledger does not know` };
  const { request, state, result } = record;
  if (request.operation !== 'allocate') {
    return { reason: `its tag names the request ${tag}, which was to ${request.operation}` };
  }
  if (state !== 'succeeded' || result === undefined || !('allocations' in result)) {
    return { reason: `its tag names the request ${tag}, which has not succeeded (${state})` };
  }
  if (!isSameId(result.virtualNetworkId, view.id)) {
    return { reason: `its tag names the request ${tag}, which created ${result.virtualNetworkId}` };
  }
  if (!(await isOwnedBy(ledger, tag, view))) {
    return { reason: `the one that the request ${tag} created under this name was another one` };
  }
  return { createdBy: tag, result };
}
