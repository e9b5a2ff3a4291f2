import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { happeningOf } from '../../model/approval-events.ts';
import { type RequestEventType, requestEvent } from '../../model/events.ts';
import { success } from '../../model/outcome.ts';
import type { Dependencies } from '../dependencies.ts';
import { type Activity, recordOf } from '../step.ts';

/** Publishes what happened to the request on its way. */
export const publishEvent: Activity<'publishEvent'> = async (input, dependencies) => {
  const decisions = await dependencies.ledger.listDecisions(input.requestId);
  const record = await recordOf(dependencies, input.requestId);
  await publishAbout(dependencies, input.type, record, decisions);
  return success(null);
};

/**
 * The event's id depends on what happened alone, so the topic's duplicate detection drops what an activity
 * that runs twice publishes twice.
 */
export async function publishAbout(
  { events, landscape, now, pageUrl }: Dependencies,
  type: RequestEventType,
  record: RequestRecord,
  decisions: readonly Decision[],
): Promise<void> {
  await events.publish(
    requestEvent(type, record, now().toISOString(), {
      ...(pageUrl === undefined ? {} : { pageUrl }),
      ...happeningOf(type, record, decisions, landscape),
    }),
  );
}
