import type { Azure, VirtualNetworkView } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Deployment } from '../../model/plan.ts';
import type { Acceptance } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { acceptanceOf } from '../operation.ts';
import { isSettled } from '../settled.ts';
import { type Activity, deploymentOf, isCancelled, note, planOf, recordOf } from '../step.ts';
import {
  deployStep,
  effectOfPut,
  ownershipOf,
  recordCreation,
  recordRefusal,
} from './ownership.ts';

/**
 * Step 5: the one PUT that creates the VNet and takes its prefixes. Reads before it writes, so that
 * running it again after a lost answer finds what the first run made.
 */
export const deployVirtualNetwork: Activity<'deployVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const { state } = await recordOf(dependencies, input.requestId);
  // Azure may run an activity a second time, late: what was taken back must not come again.
  if (state !== 'deploying') {
    return failure(
      vendingError('Unexpected', `The request is ${state}, so nothing is deployed for it.`),
    );
  }
  if (await isCancelled(dependencies, input.requestId)) {
    return failure(vendingError('Cancelled', 'The request was cancelled while it was deployed.'));
  }
  const plan = await planOf(dependencies, input.requestId);
  if (plan.planHash !== input.planHash) {
    return failure(
      vendingError('PlanChanged', 'The plan of the ledger is not the one that was decided on.'),
    );
  }
  const { azure } = dependencies;
  const deployment = deploymentOf(plan.change);
  const existing = await azure.getVirtualNetwork(deployment.target);
  if (!existing.ok) return existing;
  if (existing.value) return adopt(dependencies, deployment, existing.value);

  const created = await create(dependencies, deployment, plan.planHash);
  if (!created.ok && created.error.code === 'PreconditionFailed') {
    // Something of this name came into being between the look and the PUT: ours or not?
    const appeared = await azure.getVirtualNetwork(deployment.target);
    if (!appeared.ok) return appeared;
    if (appeared.value) return adopt(dependencies, deployment, appeared.value);
  }
  if (created.ok) {
    const { virtualNetwork, resourceGroup } = deployment.target;
    await note(
      dependencies,
      input,
      'succeeded',
      `Azure accepted ${virtualNetwork} in ${resourceGroup}.`,
    );
  }
  return created;
};

async function create(
  dependencies: Dependencies,
  deployment: Deployment,
  planHash: string,
): Promise<Outcome<Acceptance>> {
  const { azure, ledger } = dependencies;
  const { requestId } = deployment;
  const isFirst = (await effectOfPut(ledger, requestId)) === 'none';
  // Half of the proof of ownership, written before the PUT can have any effect.
  await ledger.putStepState(requestId, deployStep, { planHash });
  const started = await azure.createVirtualNetwork(deployment);
  if (!started.ok) {
    const { code } = started.error;
    if (isFirst) await recordRefusal(ledger, requestId, { planHash, code });
    return failure(await explain(azure, deployment, started.error));
  }
  await recordCreation(ledger, requestId, started.value);
  return success(acceptanceOf(started.value));
}

/** A pool that ran dry since it was looked at has no error code of its own; its usage tells. */
async function explain(
  azure: Azure,
  { allocations }: Deployment,
  refusal: VendingError,
): Promise<VendingError> {
  if (refusal.code !== 'AzureRefused') return refusal;
  for (const { poolAlias, poolId, numberOfIpAddresses } of allocations) {
    const usage = await azure.getPoolUsage(poolId);
    if (!usage.ok) continue;
    const { numberOfAvailableIpAddresses } = usage.value;
    if (BigInt(numberOfAvailableIpAddresses) < BigInt(numberOfIpAddresses)) {
      return vendingError(
        'PoolExhausted',
        `The pool ${poolAlias} has ${numberOfAvailableIpAddresses} addresses left; ${numberOfIpAddresses} are asked for.`,
        { cause: refusal.cause, ...(refusal.details ? { details: { ...refusal.details } } : {}) },
      );
    }
  }
  return refusal;
}

/** A VNet of this name exists: go on with it if this request made it. */
async function adopt(
  { ledger }: Dependencies,
  deployment: Deployment,
  existing: VirtualNetworkView,
): Promise<Outcome<Acceptance>> {
  const { requestId, target } = deployment;
  const ownership = await ownershipOf(ledger, requestId, existing);
  if (ownership === 'ours') {
    await recordCreation(ledger, requestId, { resourceGuid: existing.resourceGuid });
    return success({});
  }
  // What it takes from the pools may show only when Azure is done.
  if (ownership === 'unproven' && !isSettled(existing)) {
    return failure(
      vendingError(
        'ResourceBusy',
        `The VNet '${target.virtualNetwork}' is ${existing.provisioningState}, and shows no allocation yet.`,
      ),
    );
  }
  return failure(
    vendingError(
      'VirtualNetworkExists',
      ownership === 'unproven'
        ? `The VNet '${target.virtualNetwork}' carries the tag of this request, but takes no prefixes of its pools.`
        : `A VNet '${target.virtualNetwork}' came into being that this request did not create.`,
    ),
  );
}
