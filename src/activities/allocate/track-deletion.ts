import { type Outcome, success } from '../../model/outcome.ts';
import type { PollAnswer } from '../activity-contracts.ts';
import { saysNothing } from '../operation.ts';
import { type Activity, changeOf, note } from '../step.ts';
import { deleteStep, isOwnedBy } from './ownership.ts';

/** One look at the deletion: its operation first, then the VNet, which must be gone (or not be ours). */
export const trackDeletion: Activity<'trackDeletion'> = async (input, dependencies) => {
  const { azure, ledger } = dependencies;
  const { target } = await changeOf(dependencies, input.requestId);
  const state = await ledger.getStepState(input.requestId, deleteStep);
  const operationUrl = state?.['operationUrl'];
  if (operationUrl) {
    const polled = await azure.pollOperation(target, operationUrl);
    if (!polled.ok && !saysNothing(polled)) return polled;
    if (polled.ok && polled.value.status === 'running') {
      await note(dependencies, input, 'waiting', 'Azure is deleting the VNet.');
      return running(polled.value.retryAfterSeconds);
    }
  }
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) return found;
  if (found.value && (await isOwnedBy(ledger, input.requestId, found.value)))
    return running(undefined);
  if (!found.value) await note(dependencies, input, 'succeeded', 'There is no VNet any more.');
  return success({ done: true, value: null });
};

const running = (retryAfterSeconds: number | undefined): Outcome<PollAnswer<null>> =>
  success({ done: false, ...(retryAfterSeconds === undefined ? {} : { retryAfterSeconds }) });
