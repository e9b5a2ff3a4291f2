import type { VirtualNetworkReading } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Association } from '../../model/plan.ts';
import { familyOf, isPrefix } from '../../model/prefixes.ts';
import { isSameId } from '../../model/resource-ids.ts';
import { isSameSpace } from '../../model/verify-allocation.ts';
import { addAllocations, singularSubnets } from '../../model/virtual-network-document.ts';
import type { Acceptance } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { explainRefusal } from '../planning/pool-prefixes.ts';
import { type Activity, associationOf, isCancelled, note, planOf, recordOf } from '../step.ts';
import {
  requireSettled,
  sendUpdate,
  sentUpdate,
  virtualNetworkChanged,
} from './update-virtual-network.ts';

/** Step of the ledger's step state that says what became of the association's one PUT. */
export const associateStep = 'associate';

/**
 * Step 5 of `associate`: the one PUT that carries the whole VNet back with the allocations added. Reads
 * before it writes, so that running it again after a lost answer finds what the first run did.
 */
export const associateVirtualNetwork: Activity<'associateVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { requestId } = input;
  const { state } = await recordOf(dependencies, requestId);
  // Azure may run an activity a second time, late: what was taken back must not come again.
  if (state !== 'associating') {
    return failure(
      vendingError('Unexpected', `The request is ${state}, so nothing is associated for it.`),
    );
  }
  if (await isCancelled(dependencies, requestId)) {
    return failure(vendingError('Cancelled', 'The request was cancelled while it was associated.'));
  }
  const plan = await planOf(dependencies, requestId);
  if (plan.planHash !== input.planHash) {
    return failure(
      vendingError('PlanChanged', 'The plan of the ledger is not the one that was decided on.'),
    );
  }
  const association = associationOf(plan.change);
  const { target, allocations } = association;
  const read = await dependencies.azure.readVirtualNetwork(target);
  if (!read.ok) return read;
  const changed = whyChanged(association, read.value);
  if (changed) return failure(changed);
  const reading = read.value as VirtualNetworkReading;
  const present = await presentAllocations(dependencies, association, reading);
  if (!present.ok) return present;
  if (present.value === allocations.length) return success({});
  const unsettled = requireSettled(reading);
  if (unsettled) return failure(unsettled);

  const sent = await send(dependencies, association, reading, plan.planHash);
  if (sent.ok) {
    const pools = allocations.map(({ poolAlias }) => poolAlias).join(' and ');
    await note(
      dependencies,
      input,
      'succeeded',
      `Azure accepted the association of ${target.virtualNetwork} with ${pools}.`,
    );
  }
  return sent;
};

/** The VNet must be the one that was planned for, with the prefixes that were. */
function whyChanged(
  { target, resourceGuid, allocations }: Association,
  reading: VirtualNetworkReading | null,
): VendingError | undefined {
  if (!reading) return virtualNetworkChanged(target, 'is gone since it was planned for');
  const { view } = reading;
  if (!isSameId(view.resourceGuid, resourceGuid)) {
    return virtualNetworkChanged(target, 'is another one than the one that was planned for');
  }
  const moved = allocations.find(({ family, prefixes }) => {
    const own = view.addressPrefixes.filter((one) => isPrefix(one) && familyOf(one) === family);
    return !isSameSpace(own, prefixes);
  });
  return moved === undefined
    ? undefined
    : virtualNetworkChanged(
        target,
        `has the address prefixes ${view.addressPrefixes.join(', ')} now; ${moved.prefixes.join(', ')} was planned for`,
      );
}

/** How many of the planned allocations the VNet has by this request; those of others are an error. */
async function presentAllocations(
  { ledger }: Dependencies,
  { requestId, target, allocations }: Association,
  { view }: VirtualNetworkReading,
): Promise<Outcome<number>> {
  const sent = await sentUpdate(ledger, requestId, associateStep);
  const present = view.allocations.filter(({ poolId }) =>
    allocations.some((planned) => isSameId(planned.poolId, poolId)),
  );
  if (sent || present.length === 0) return success(present.length);
  return failure(
    vendingError(
      'AlreadyAssociated',
      `Somebody has associated the VNet '${target.virtualNetwork}' with ${present.map(({ poolId }) => poolId).join(', ')} since it was planned for.`,
    ),
  );
}

async function send(
  dependencies: Dependencies,
  association: Association,
  { view, document }: VirtualNetworkReading,
  planHash: string,
): Promise<Outcome<Acceptance>> {
  const { azure, ledger } = dependencies;
  const { requestId, target, allocations } = association;
  const earlier = await sentUpdate(ledger, requestId, associateStep);
  const singular = new Set([...singularSubnetsIn(earlier), ...singularSubnets(document)]);
  const sent = await sendUpdate(dependencies, {
    requestId,
    step: associateStep,
    target,
    view,
    document: addAllocations(document, allocations),
    memory: { planHash, singularSubnets: JSON.stringify([...singular]) },
  });
  return sent.ok ? sent : failure(await explainRefusal(azure, allocations, target, sent.error));
}

/** The subnets whose form an earlier PUT of this step changed, or may have changed. */
export function singularSubnetsIn(
  state: Readonly<Record<string, string>> | undefined,
): readonly string[] {
  const names: unknown = JSON.parse(state?.['singularSubnets'] ?? '[]');
  return Array.isArray(names) ? names.map(String) : [];
}
