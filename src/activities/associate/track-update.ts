import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { ActivityInput, PollAnswer, UpdateStep } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { saysNothing } from '../operation.ts';
import { hasFailed, isSettled } from '../settled.ts';
import { type Activity, changeOf, isCancelled, note } from '../step.ts';
import { sentUpdate, virtualNetworkChanged } from './update-virtual-network.ts';

type Input = ActivityInput<'trackUpdate'>;

/** Steps that undo another one: nobody can cancel them, and a VNet that is gone needs none. */
const undoing: ReadonlySet<UpdateStep> = new Set(['undo-association', 'undo-disassociation']);

/** Step 6 for a PUT of an existing VNet: its operation, or the VNet itself where that is unknown. */
export const trackUpdate: Activity<'trackUpdate'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const { target } = await changeOf(dependencies, input.requestId);
  const sent = await sentUpdate(ledger, input.requestId, input.of);
  // The step found nothing to do; how the last change of the VNet ended is not its matter.
  if (!sent) return success({ done: true, value: null });
  const { operationUrl } = sent;
  const polled = operationUrl ? await azure.pollOperation(target, operationUrl) : undefined;
  if (!polled || saysNothing(polled)) return await lookAtVirtualNetwork(dependencies, input);
  if (!polled.ok) return polled;
  if (polled.value.status === 'succeeded') return await done(dependencies, input);
  return await running(dependencies, input, polled.value.retryAfterSeconds);
};

async function lookAtVirtualNetwork(
  dependencies: Dependencies,
  input: Input,
): Promise<Outcome<PollAnswer<null>>> {
  const { target } = await changeOf(dependencies, input.requestId);
  const found = await dependencies.azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (!found.value) {
    return undoing.has(input.of)
      ? success({ done: true, value: null })
      : failure(virtualNetworkChanged(target, 'disappeared while it was changed'));
  }
  if (!isSettled(found.value)) return await running(dependencies, input, undefined);
  if (!hasFailed(found.value)) return await done(dependencies, input);
  return failure(
    vendingError(
      'OperationFailed',
      `Azure reports the VNet '${target.virtualNetwork}' as ${found.value.provisioningState}.`,
    ),
  );
}

async function running(
  dependencies: Dependencies,
  input: Input,
  retryAfterSeconds: number | undefined,
): Promise<Outcome<PollAnswer<null>>> {
  await note(dependencies, input, 'waiting', 'Azure is changing the VNet.');
  return success({
    done: false,
    ...(undoing.has(input.of)
      ? {}
      : { cancelRequested: await isCancelled(dependencies, input.requestId) }),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

async function done(dependencies: Dependencies, input: Input): Promise<Outcome<PollAnswer<null>>> {
  await note(dependencies, input, 'succeeded', 'Azure has changed the VNet.');
  return success({ done: true, value: null });
}
