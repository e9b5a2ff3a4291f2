import { countResumptions } from '../../model/decisions.ts';
import { success } from '../../model/outcome.ts';
import { type Activity, recordOf } from '../step.ts';
import { publishAbout } from './publish-event.ts';

/** Step 9: publishes how the request ended, if that is still to be done (rule 8). */
export const publishOutcome: Activity<'publishOutcome'> = async ({ requestId }, dependencies) => {
  const { ledger } = dependencies;
  // Before the record: an end is published before its request can be resumed, so they fit together.
  const decisions = await ledger.listDecisions(requestId);
  const record = await recordOf(dependencies, requestId);
  if (record.pendingEvent === undefined) return success(null);
  await publishAbout(dependencies, record.pendingEvent, record, decisions);
  // For a run that comes late, the request may have been resumed meanwhile: its next end is not published.
  const resumptions = countResumptions(await ledger.listDecisions(requestId));
  if (resumptions === countResumptions(decisions)) await ledger.markOutcomePublished(requestId);
  return success(null);
};
