import { vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type { Removal } from '../../model/plan.ts';
import type { StepInput } from '../activity-contracts.ts';
import type { Dependencies } from '../dependencies.ts';
import { isCancelled, note, planOf, recordOf, removalOf } from '../step.ts';

/** What the request removes, if now is the time and it is what was decided on (rule 2). */
export async function removalUnderWay(
  dependencies: Dependencies,
  { requestId, planHash }: StepInput & { readonly planHash: string },
): Promise<Outcome<Removal>> {
  const { state } = await recordOf(dependencies, requestId);
  // Azure may run an activity a second time, late: what was restored must not be taken away again.
  if (state !== 'removing') {
    return failure(
      vendingError('Unexpected', `The request is ${state}, so nothing is removed for it.`),
    );
  }
  const plan = await planOf(dependencies, requestId);
  if (plan.planHash !== planHash) {
    return failure(
      vendingError('PlanChanged', 'The plan of the ledger is not the one that was decided on.'),
    );
  }
  return success(removalOf(plan.change));
}

/** Another VNet has taken the place of the one that was planned for. */
export const replaced = ({ target }: Removal) =>
  vendingError(
    'VirtualNetworkChanged',
    `The VNet '${target.virtualNetwork}' in '${target.resourceGroup}' is another one than the one that was planned for; it stays.`,
    { cause: 'Somebody deleted the VNet and created another one of its name.' },
  );

/** A cancellation that comes when the VNet is being deleted, or gone, is told once and changes nothing. */
export async function noteLateCancellation(
  dependencies: Dependencies,
  input: StepInput,
): Promise<void> {
  if (!(await isCancelled(dependencies, input.requestId))) return;
  const message = 'The cancellation came too late to keep the VNet; it changes nothing.';
  await note(dependencies, { ...input, step: 'remove' }, 'information', message, ':cancelled');
}
