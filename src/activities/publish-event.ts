import { requestEvent } from '../model/events.ts';
import { success } from '../model/outcome.ts';
import { type Activity, recordOf } from './step.ts';

/**
 * Publishes what happened to the request. The event's id depends on request and type alone, so the
 * topic's duplicate detection drops what an activity that runs twice publishes twice.
 */
export const publishEvent: Activity<'publishEvent'> = async (input, dependencies) => {
  const record = await recordOf(dependencies, input.requestId);
  const decisions = await dependencies.ledger.listDecisions(input.requestId);
  const decision = decisions.at(-1);
  await dependencies.events.publish(
    requestEvent(
      input.type,
      record,
      dependencies.now().toISOString(),
      decision === undefined
        ? {}
        : {
            decision: {
              decision: decision.decision,
              by: {
                name: decision.by.name,
                objectId: decision.by.objectId,
                tenantId: decision.by.tenantId,
              },
              ...(decision.reason === undefined ? {} : { reason: decision.reason }),
              at: decision.at,
            },
          },
    ),
  );
  return success(null);
};
