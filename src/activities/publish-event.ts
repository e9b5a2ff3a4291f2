import { type RequestEventType, requestEvent } from '../model/events.ts';
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
  const latest = (await ledger.listDecisions(requestId)).at(-1);
  await events.publish(
    requestEvent(
      type,
      record,
      now().toISOString(),
      latest === undefined
        ? {}
        : {
            decision: {
              decision: latest.decision,
              by: {
                name: latest.by.name,
                objectId: latest.by.objectId,
                tenantId: latest.by.tenantId,
              },
              ...(latest.reason === undefined ? {} : { reason: latest.reason }),
              at: latest.at,
            },
          },
    ),
  );
}
