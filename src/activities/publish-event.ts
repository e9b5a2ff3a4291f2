import type { Decision } from '../ledger/ledger.ts';
import { countResumptions } from '../model/decisions.ts';
import { type DecisionInEvent, type RequestEventType, requestEvent } from '../model/events.ts';
import { success } from '../model/outcome.ts';
import type { Dependencies } from './dependencies.ts';
import { type Activity, recordOf } from './step.ts';

/** Publishes what happened to the request on its way. */
export const publishEvent: Activity<'publishEvent'> = async (input, dependencies) => {
  await publishAbout(dependencies, input.requestId, input.type);
  return success(null);
};

/**
 * The event's id depends on request and type alone, so the topic's duplicate detection drops what an
 * activity that runs twice publishes twice.
 */
export async function publishAbout(
  dependencies: Dependencies,
  requestId: string,
  type: RequestEventType,
): Promise<void> {
  const { ledger, events, now } = dependencies;
  const record = await recordOf(dependencies, requestId);
  const decisions = await ledger.listDecisions(requestId);
  const latest = decisions.at(-1);
  const resumptions = countResumptions(decisions);
  await events.publish(
    requestEvent(type, record, now().toISOString(), {
      ...(latest === undefined ? {} : { decision: toldOf(latest) }),
      // A request that was resumed may be parked, and end, once more.
      ...(resumptions === 0 ? {} : { occurrence: `resumption-${resumptions}` }),
    }),
  );
}

const toldOf = ({ decision, by, reason, at }: Decision): DecisionInEvent => ({
  decision,
  by: { name: by.name, objectId: by.objectId, tenantId: by.tenantId },
  ...(reason === undefined ? {} : { reason }),
  at,
});
