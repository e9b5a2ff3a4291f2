import type { Decision, RequestRecord } from '../../ledger/ledger.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import { countResumptions } from '../../model/decisions.ts';
import { type DecisionInEvent, type RequestEventType, requestEvent } from '../../model/events.ts';
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
 * The event's id depends on request, type and resumptions alone, so the topic's duplicate detection drops
 * what an activity that runs twice publishes twice.
 */
export async function publishAbout(
  { events, now, pageUrl }: Dependencies,
  type: RequestEventType,
  record: RequestRecord,
  decisions: readonly Decision[],
): Promise<void> {
  const decisive = decisiveIn(decisions, type, record);
  const resumptions = countResumptions(decisions);
  await events.publish(
    requestEvent(type, record, now().toISOString(), {
      ...(pageUrl === undefined ? {} : { pageUrl }),
      ...(decisive === undefined ? {} : { decision: toldOf(decisive) }),
      // A request that was resumed may be parked, and end, once more.
      ...(resumptions === 0 ? {} : { occurrence: `resumption-${resumptions}` }),
    }),
  );
}

/** The decision that the event is about, whatever others have decided since; see `readDecision`. */
function decisiveIn(
  decisions: readonly Decision[],
  type: RequestEventType,
  { plan }: RequestRecord,
): Decision | undefined {
  if (plan === undefined) return undefined;
  const only = (...kinds: readonly Decision['decision'][]) =>
    approvalProgress(
      plan,
      decisions.filter(({ decision }) => kinds.includes(decision)),
    )?.decisive;
  switch (type) {
    case 'approval.granted':
      return only('approve', 'break-glass');
    case 'approval.denied':
      return only('reject');
    default:
      return undefined;
  }
}

const toldOf = ({ decision, by, reason, at }: Decision): DecisionInEvent => ({
  decision,
  by: { name: by.name, objectId: by.objectId, tenantId: by.tenantId },
  ...(reason === undefined ? {} : { reason }),
  at,
});
