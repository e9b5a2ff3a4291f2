import type { VirtualNetworkView } from '../../azure/azure.ts';
import type { ErrorCode } from '../../model/error-catalogue.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Removal } from '../../model/plan.ts';
import { allocationsToRelease } from '../../model/plan-removal.ts';
import { isSameId } from '../../model/resource-ids.ts';
import type { Acceptance, StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { acceptanceOf } from '../operation.ts';
import { findCreator } from '../planning/creator.ts';
import { notOwned, peered } from '../planning/removal-obstacles.ts';
import { isSettled } from '../settled.ts';
import { type Activity, isCancelled, note } from '../step.ts';
import { removalUnderWay, replaced } from './removal-under-way.ts';

/** Step of the ledger's step state that says what became of the DELETE. */
export const removeStep = 'remove';

/** Errors after which the DELETE may have had its effect all the same. */
const undecided: ReadonlySet<ErrorCode> = new Set(['AzureUnavailable', 'AzureAnswerInvalid']);

/**
 * The one DELETE of the VNet, with the auxiliary token. Reads before it writes: what is gone is done, what
 * is no longer what was planned for is left alone (rule 5).
 */
export const removeVirtualNetwork: Activity<'removeVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { azure, ledger } = dependencies;
  const removal = await removalUnderWay(dependencies, input);
  if (!removal.ok) return removal;
  const earlier = await ledger.getStepState(input.requestId, removeStep);
  const sent = earlier?.['sent'] !== undefined;
  // Once Azure may have taken the DELETE there is no way back; only looking on tells what became of it.
  if (!sent && (await isCancelled(dependencies, input.requestId))) {
    return failure(
      vendingError('Cancelled', 'The request was cancelled before the VNet was deleted.'),
    );
  }
  const found = await azure.getVirtualNetwork(removal.value.target);
  if (!found.ok) return found;
  if (found.value === null) {
    await noteGone(dependencies, input);
    return success({});
  }
  const view = found.value;
  const isOurs = isSameId(view.resourceGuid, removal.value.resourceGuid ?? '');
  if (sent && (!isSettled(view) || !isOurs)) return success({});
  const refusal = isOurs
    ? await whyNot(dependencies, removal.value, view)
    : replaced(removal.value);
  if (refusal) return failure(refusal);
  return await send(dependencies, input, removal.value, view, earlier ?? {});
};

/** Why the VNet must not be deleted as it is now. */
async function whyNot(
  { ledger, landscape }: Dependencies,
  removal: Removal,
  view: VirtualNetworkView,
): Promise<VendingError | undefined> {
  const { target, allocations, createdBy, overrides } = removal;
  if (!isSettled(view)) {
    return vendingError(
      'ResourceBusy',
      `The VNet '${target.virtualNetwork}' is ${view.provisioningState}.`,
    );
  }
  if (!overrides.includes('ownership')) {
    const creator = await findCreator(ledger, view);
    if (creator.createdBy === undefined) return notOwned(target, creator.reason);
    if (creator.createdBy !== createdBy) {
      return notOwned(target, `its tag now names the request ${creator.createdBy}`);
    }
  }
  const now = allocationsToRelease(view, landscape.pools).allocations;
  if (JSON.stringify(now) !== JSON.stringify(allocations)) {
    return vendingError(
      'VirtualNetworkChanged',
      `The VNet '${target.virtualNetwork}' has other prefixes of the pools than were planned for; it stays.`,
    );
  }
  // Azure may delete a VNet with peerings, which would cut off those that came since the plan.
  return peered(target, view);
}

async function send(
  dependencies: Dependencies,
  input: StepInput,
  { target }: Removal,
  { etag }: VirtualNetworkView,
  earlier: Readonly<Record<string, string>>,
): Promise<Outcome<Acceptance>> {
  const { azure, ledger } = dependencies;
  await ledger.putStepState(input.requestId, removeStep, { ...earlier, sent: 'true' });
  const started = await azure.deleteVirtualNetwork(target, etag);
  if (!started.ok) {
    if (!undecided.has(started.error.code)) {
      await ledger.putStepState(input.requestId, removeStep, earlier);
    }
    // It changed since it was read, for instance because a peering came off: look again.
    return started.error.code === 'PreconditionFailed'
      ? failure(
          vendingError(
            'ResourceBusy',
            `The VNet '${target.virtualNetwork}' changed while it was read.`,
          ),
        )
      : started;
  }
  if (started.value === null) {
    await noteGone(dependencies, input);
    return success({});
  }
  const { operationUrl } = started.value;
  await ledger.putStepState(input.requestId, removeStep, {
    sent: 'true',
    ...(operationUrl === undefined ? {} : { operationUrl }),
  });
  const message = `Azure accepted the deletion of ${target.virtualNetwork}.`;
  await note(dependencies, input, 'succeeded', message);
  return success(acceptanceOf(started.value));
}

const noteGone = (dependencies: Dependencies, input: StepInput): Promise<void> =>
  note(dependencies, input, 'information', 'There is no VNet any more to delete.');
