import { success } from '../../model/outcome.ts';
import { type Activity, recordOf } from '../step.ts';

/** Why the request is being taken back, as an earlier run recorded it. */
export const readError: Activity<'readError'> = async (input, dependencies) => {
  const { error } = await recordOf(dependencies, input.requestId);
  return success(error ?? null);
};
