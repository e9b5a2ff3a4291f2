import type { RequestRecord } from '../ledger/ledger.ts';
import { success } from '../model/outcome.ts';
import { isEndState, mayBecome, type RequestState } from '../model/states.ts';
import { type Activity, note, recordOf } from './step.ts';

/**
 * Records a state of the request and tells it in the timeline. A workflow that was lost and started
 * again walks through earlier states once more: they do not move the request back.
 */
export const recordState: Activity<'recordState'> = async (input, dependencies) => {
  const { state, message, error, result, leftovers, pendingEvent } = input;
  const current = await recordOf(dependencies, input.requestId);
  if (isRepetition(current, state)) return success(current.state);
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
  await note(dependencies, input, timelineStatus(state), message);
  return success(state);
};

/** Whether the request is in this state already, or was beyond it before. */
function isRepetition(current: RequestRecord, state: RequestState): boolean {
  if (isEndState(current.state)) return !mayBecome(current.state, state);
  return !isEndState(state) && !mayBecome(current.state, state);
}

function timelineStatus(state: RequestState): 'started' | 'waiting' | 'succeeded' | 'failed' {
  if (state === 'awaiting-approval') return 'waiting';
  if (!isEndState(state)) return 'started';
  return state === 'succeeded' || state === 'planned' ? 'succeeded' : 'failed';
}
