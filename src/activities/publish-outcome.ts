import { success } from '../model/outcome.ts';
import { publishAbout } from './publish-event.ts';
import { type Activity, recordOf } from './step.ts';

/** Step 9: publishes how the request ended, if that is still to be done (rule 8). */
export const publishOutcome: Activity<'publishOutcome'> = async (input, dependencies) => {
  const { pendingEvent } = await recordOf(dependencies, input.requestId);
  if (pendingEvent === undefined) return success(null);
  await publishAbout(dependencies, input.requestId, pendingEvent);
  await dependencies.ledger.markOutcomePublished(input.requestId);
  return success(null);
};
