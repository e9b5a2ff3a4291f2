import { success } from '../../model/outcome.ts';
import { type Activity, note } from '../step.ts';

/** Tells in the timeline how a compensation ended; its own steps have told what they did. */
export const recordCompensation: Activity<'recordCompensation'> = async (input, dependencies) => {
  const { error } = input;
  const [status, message] = error
    ? (['failed', `Could not be taken back: ${error.message} ${error.remedy}`] as const)
    : (['succeeded', 'Taken back.'] as const);
  await note(dependencies, input, status, message, ':compensation');
  return success(null);
};
