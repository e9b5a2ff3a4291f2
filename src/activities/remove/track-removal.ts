import type { OperationView } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Removal } from '../../model/plan.ts';
import { isSameId } from '../../model/resource-ids.ts';
import type { PollAnswer, StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { saysNothing } from '../operation.ts';
import { isSettled } from '../settled.ts';
import { type Activity, changeOf, note, removalOf } from '../step.ts';
import { noteLateCancellation } from './removal-under-way.ts';
import { removeStep } from './remove-virtual-network.ts';

/** One look at the deletion: its operation first, then the VNet, which must be gone. */
export const trackRemoval: Activity<'trackRemoval'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const removal = removalOf(await changeOf(dependencies, input.requestId));
  await noteLateCancellation(dependencies, input);
  const state = await ledger.getStepState(input.requestId, removeStep);
  const operationUrl = state?.['operationUrl'];
  const polled = operationUrl ? await azure.pollOperation(removal.target, operationUrl) : undefined;
  if (polled?.ok && polled.value.status === 'running') {
    await note(dependencies, input, 'waiting', 'Azure is deleting the VNet.');
    return running(polled.value.retryAfterSeconds);
  }
  const isFailed = polled?.ok === false && polled.error.code === 'OperationFailed';
  if (polled?.ok === false && !isFailed && !saysNothing(polled)) return polled;
  return await lookAtVirtualNetwork(dependencies, input, removal, polled);
};

/** The VNet tells; the operation only explains why it is still there. */
async function lookAtVirtualNetwork(
  dependencies: Dependencies,
  input: StepInput,
  { target, resourceGuid }: Removal,
  polled: Outcome<OperationView> | undefined,
): Promise<Outcome<PollAnswer<null>>> {
  const found = await dependencies.azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (found.value === null || !isSameId(found.value.resourceGuid, resourceGuid ?? '')) {
    const message = found.value
      ? 'The VNet is gone; somebody has created another one of its name.'
      : 'There is no VNet any more.';
    await note(dependencies, input, 'succeeded', message);
    return success({ done: true, value: null });
  }
  if (polled?.ok === false) {
    const { error } = polled;
    if (error.code === 'OperationFailed') return failure(explain(target, error));
    if (error.code === 'OperationSuperseded' && isSettled(found.value)) {
      return failure(givenUp(target, error));
    }
  }
  await note(dependencies, input, 'waiting', 'Azure still shows the VNet.');
  return running(undefined);
}

function explain({ virtualNetwork }: Removal['target'], error: VendingError): VendingError {
  const { azureCode, azureDetailCodes } = error.details ?? {};
  const isInUse = [azureCode, azureDetailCodes].some((code) =>
    code?.includes('InUseSubnetCannotBeDeleted'),
  );
  if (!isInUse) return error;
  return vendingError(
    'VirtualNetworkInUse',
    `Azure could not delete the VNet '${virtualNetwork}', because something is connected to it.`,
    { cause: error.cause, ...(error.details ? { details: { ...error.details } } : {}) },
  );
}

/** Looking again would show the same; the deletion has to be asked for anew. */
const givenUp = ({ virtualNetwork }: Removal['target'], { message, cause }: VendingError) =>
  vendingError(
    'OperationFailed',
    `Azure gave the deletion of the VNet '${virtualNetwork}' up for another operation.`,
    {
      cause: `${message} ${cause}`,
      remedy: 'Find out who changes the VNet, then send the request again under a new id.',
    },
  );

const running = (retryAfterSeconds: number | undefined): Outcome<PollAnswer<null>> =>
  success({ done: false, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
