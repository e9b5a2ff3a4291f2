import type { VirtualNetworkView } from '../azure/azure.ts';
import { vendingError } from '../model/errors.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { Plan } from '../model/plan.ts';
import type { Dependencies } from './dependencies.ts';
import { deployStep, isOwnedBy } from './ownership.ts';
import { type Activity, note, planOf } from './step.ts';

/**
 * Step 5: the one PUT that creates the VNet and takes its prefixes. Reads before it writes, so that
 * running it again after a lost answer finds what the first run made.
 */
export const deployVirtualNetwork: Activity<'deployVirtualNetwork'> = async (
  input,
  dependencies,
) => {
  const plan = await planOf(dependencies, input.requestId);
  if (plan.planHash !== input.planHash) {
    return failure(
      vendingError('PlanChanged', 'The plan of the ledger is not the one that was decided on.'),
    );
  }
  const { azure } = dependencies;
  const existing = await azure.getVirtualNetwork(plan.deployment.target);
  if (!existing.ok) return existing;
  if (existing.value) return adopt(dependencies, plan, existing.value);

  const created = await create(dependencies, plan);
  if (!created.ok && created.error.code === 'PreconditionFailed') {
    // Something of this name came into being between the look and the PUT: ours or not?
    const appeared = await azure.getVirtualNetwork(plan.deployment.target);
    if (!appeared.ok) return appeared;
    if (appeared.value) return adopt(dependencies, plan, appeared.value);
  }
  if (created.ok) {
    const { virtualNetwork, resourceGroup } = plan.deployment.target;
    await note(
      dependencies,
      input,
      'succeeded',
      `Azure accepted ${virtualNetwork} in ${resourceGroup}.`,
    );
  }
  return created;
};

async function create(dependencies: Dependencies, plan: Plan): Promise<Outcome<null>> {
  const { azure, ledger } = dependencies;
  const { requestId } = plan.deployment;
  // Half of the proof of ownership, written before the PUT can have any effect.
  await ledger.putStepState(requestId, deployStep, { planHash: plan.planHash });
  const started = await azure.createVirtualNetwork(plan.deployment);
  if (!started.ok) return started;
  const { operationUrl } = started.value;
  await ledger.putStepState(requestId, deployStep, {
    planHash: plan.planHash,
    ...(operationUrl === undefined ? {} : { operationUrl }),
  });
  return success(null);
}

/** A VNet of this name exists: go on with it if this request made it. */
async function adopt(
  { ledger }: Dependencies,
  { deployment }: Plan,
  existing: VirtualNetworkView,
): Promise<Outcome<null>> {
  if (await isOwnedBy(ledger, deployment.requestId, existing)) return success(null);
  return failure(
    vendingError(
      'VirtualNetworkExists',
      `A VNet '${deployment.target.virtualNetwork}' came into being that this request did not create.`,
    ),
  );
}
