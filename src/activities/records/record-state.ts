import { countResumptions } from '../../model/decisions.ts';
import { success } from '../../model/outcome.ts';
import { isEndState, mayBecome, type RequestState } from '../../model/states.ts';
import { type Activity, note, recordOf } from '../step.ts';

/**
 * Records a state of the request and tells it in the timeline. A workflow that was lost and started
 * again walks through earlier states once more: they do not move the request back. Nor does an activity
 * that runs a second time, late: only an operator moves a parked request on.
 */
export const recordState: Activity<'recordState'> = async (input, dependencies) => {
  const { state, message, error, result, leftovers, pendingEvent } = input;
  const current = await recordOf(dependencies, input.requestId);
  const decisions = await dependencies.ledger.listDecisions(input.requestId);
  const isOfEarlierRun = (input.resumption ?? 0) < countResumptions(decisions);
  // For the run before the resumption the request is parked: what comes now is not for it to do.
  if (isOfEarlierRun) return success('compensation-failed');
  if (isBeyond(current.state, state)) return success(current.state);
  // What is recorded already may lack its line in the timeline still.
  if (current.state !== state || !isEndState(state)) {
    await dependencies.ledger.updateRequest(
      input.requestId,
      {
        state,
        ...(error ? { error } : {}),
        ...(result ? { result } : {}),
        ...(leftovers ? { leftovers } : {}),
        ...(pendingEvent ? { pendingEvent } : {}),
      },
      dependencies.now().toISOString(),
    );
  }
  await note(dependencies, input, timelineStatus(state), message);
  return success(state);
};

/** Whether the request was beyond the state before. */
function isBeyond(current: RequestState, state: RequestState): boolean {
  if (isEndState(current)) return current !== state;
  return !isEndState(state) && !mayBecome(current, state);
}

function timelineStatus(state: RequestState): 'started' | 'waiting' | 'succeeded' | 'failed' {
  if (state === 'awaiting-approval') return 'waiting';
  if (!isEndState(state)) return 'started';
  return state === 'succeeded' || state === 'planned' ? 'succeeded' : 'failed';
}
