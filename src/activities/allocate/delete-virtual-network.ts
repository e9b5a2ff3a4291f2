import { vendingError } from '../../model/errors.ts';
import { failure, success } from '../../model/outcome.ts';
import { acceptanceOf } from '../operation.ts';
import { type Activity, changeOf, note } from '../step.ts';
import { deleteStep, ownershipOf, recordCreation } from './ownership.ts';

/**
 * Compensation of the deployment: deletes the VNet that this request created, with the auxiliary
 * token. Reads first: what is gone is done, what somebody else owns is left alone (rule 5).
 */
export const deleteVirtualNetwork: Activity<'deleteVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { azure, ledger } = dependencies;
  const { target } = await changeOf(dependencies, input.requestId);
  const existing = await azure.getVirtualNetwork(target);
  if (!existing.ok) return existing;
  const ownership = existing.value && (await ownershipOf(ledger, input.requestId, existing.value));
  if (!existing.value || ownership !== 'ours') {
    const message = existing.value
      ? `The VNet '${target.virtualNetwork}' ${ownership === 'unproven' ? 'takes no prefixes of the pools of this request' : 'does not carry the tag of this request, or is another one'}; it stays.`
      : 'There is no VNet to delete.';
    // Nobody needs to look at the operation of an earlier run, which may have failed.
    await ledger.putStepState(input.requestId, deleteStep, {});
    await note(dependencies, input, 'information', message);
    return success({});
  }
  // While it is deleted, it may no longer show what proves that it is ours.
  await recordCreation(ledger, input.requestId, { resourceGuid: existing.value.resourceGuid });
  const started = await azure.deleteVirtualNetwork(target, existing.value.etag);
  if (!started.ok) {
    // It changed since it was read, for instance because the deployment moved on: look again.
    if (started.error.code !== 'PreconditionFailed') return started;
    return failure(
      vendingError(
        'ResourceBusy',
        `The VNet '${target.virtualNetwork}' changed while it was read.`,
      ),
    );
  }
  const operationUrl = started.value?.operationUrl;
  await ledger.putStepState(input.requestId, deleteStep, operationUrl ? { operationUrl } : {});
  await note(
    dependencies,
    input,
    'succeeded',
    `Azure accepted the deletion of ${target.virtualNetwork}.`,
  );
  return success(acceptanceOf(started.value));
};
