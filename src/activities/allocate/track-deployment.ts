import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { PollAnswer, StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { saysNothing } from '../operation.ts';
import { hasFailed, isSettled } from '../settled.ts';
import { type Activity, changeOf, deploymentOf, isCancelled, note } from '../step.ts';
import { deployStep } from './ownership.ts';

/** Step 6: one look at the deployment: its operation, or the VNet itself where that is unknown. */
export const trackDeployment: Activity<'trackDeployment'> = async (input, dependencies) => {
  const deployment = deploymentOf(await changeOf(dependencies, input.requestId));
  const state = await dependencies.ledger.getStepState(input.requestId, deployStep);
  const operationUrl = state?.['operationUrl'];
  const polled = operationUrl
    ? await dependencies.azure.pollOperation(deployment.target, operationUrl)
    : undefined;
  // Without the operation (its answer was lost, or it cannot be asked) the VNet tells.
  if (!polled || saysNothing(polled)) return await lookAtVirtualNetwork(dependencies, input);
  if (!polled.ok) return polled;
  if (polled.value.status === 'succeeded') return await done(dependencies, input);
  return await running(dependencies, input, polled.value.retryAfterSeconds);
};

async function lookAtVirtualNetwork(
  dependencies: Dependencies,
  input: StepInput,
): Promise<Outcome<PollAnswer<null>>> {
  const deployment = deploymentOf(await changeOf(dependencies, input.requestId));
  const found = await dependencies.azure.getVirtualNetwork(deployment.target);
  if (!found.ok) return found;
  if (!found.value) {
    return failure(
      vendingError(
        'OperationFailed',
        `The VNet '${deployment.target.virtualNetwork}' disappeared while it was deployed.`,
        { cause: 'Somebody deleted it, or Azure gave the deployment up.' },
      ),
    );
  }
  if (!isSettled(found.value)) return await running(dependencies, input, undefined);
  if (!hasFailed(found.value)) return await done(dependencies, input);
  return failure(
    vendingError(
      'OperationFailed',
      `Azure reports the VNet '${deployment.target.virtualNetwork}' as ${found.value.provisioningState}.`,
    ),
  );
}

async function running(
  dependencies: Dependencies,
  input: StepInput,
  retryAfterSeconds: number | undefined,
): Promise<Outcome<PollAnswer<null>>> {
  await note(dependencies, input, 'waiting', 'Azure is deploying.');
  return success({
    done: false,
    cancelRequested: await isCancelled(dependencies, input.requestId),
    ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }),
  });
}

async function done(
  dependencies: Dependencies,
  input: StepInput,
): Promise<Outcome<PollAnswer<null>>> {
  await note(dependencies, input, 'succeeded', 'Azure has deployed the VNet.');
  return success({ done: true, value: null });
}
