import type { DurableClient, DurableOrchestrationStatus } from 'durable-functions';
import { OrchestrationRuntimeStatus } from 'durable-functions';
import { isFinalState } from '../../model/states.ts';
import { orchestrationNames } from '../../orchestrations/names.ts';
import type { App } from '../app.ts';
import { logEvent, wordsOf } from '../telemetry/log-event.ts';
import type { LogTarget } from '../telemetry/scope.ts';

/** What one run takes away at most; it must end within the time limit of a function. */
const mostAtOnce = 1_000;
const dayMs = 24 * 3_600_000;

const finished = [
  OrchestrationRuntimeStatus.Completed,
  OrchestrationRuntimeStatus.Failed,
  OrchestrationRuntimeStatus.Terminated,
  OrchestrationRuntimeStatus.Canceled,
];

/**
 * Takes away the history of orchestrations that nobody needs any more: ended long ago, of a request that
 * the ledger records as ended, and whose end is published. The ledger, not the history, keeps a
 * repeated message from starting a request again; so nothing depends on what is taken away. What is
 * parked stays: its history helps whoever looks for the cause.
 *
 * A callback that was delivered once more after its instance is gone would be delivered twice, so instances
 * are kept for longer than the broker repeats anything (`leastDaysKept` of the settings).
 */
export async function purgeInstances(
  app: Pick<App, 'ledger' | 'now'>,
  keepDays: number,
  client: DurableClient,
  log: LogTarget,
): Promise<void> {
  const before = new Date(app.now().getTime() - keepDays * dayMs);
  const old = (await client.getStatusBy({ createdTimeTo: before, runtimeStatus: finished })).filter(
    ({ lastUpdatedTime }) => new Date(lastUpdatedTime) < before,
  );
  let purged = 0;
  let failed = 0;
  let kept = 0;
  for (const instance of old) {
    if (purged === mostAtOnce) break;
    try {
      if (!(await isDone(app, instance, before))) {
        kept++;
        continue;
      }
      await client.purgeInstanceHistory(instance.instanceId);
      purged++;
    } catch (error) {
      // The next run tries again; one instance must not keep the others from it.
      failed++;
      logEvent('purge.failed', { instanceId: instance.instanceId, message: wordsOf(error) }, log);
    }
  }
  const left = old.length - purged - failed - kept;
  logEvent('purge.result', { purged, failed, kept, left }, log);
}

async function isDone(
  { ledger }: Pick<App, 'ledger'>,
  { name, runtimeStatus, input }: DurableOrchestrationStatus,
  before: Date,
): Promise<boolean> {
  if (name === orchestrationNames.deliverCallback) {
    // One that failed is the only place that still has its event.
    return runtimeStatus === OrchestrationRuntimeStatus.Completed;
  }
  const { requestId } = (input ?? {}) as { readonly requestId?: unknown };
  if (typeof requestId !== 'string') return false;
  const record = await ledger.getRequest(requestId);
  return (
    record !== undefined &&
    isFinalState(record.state) &&
    record.pendingEvent === undefined &&
    new Date(record.updatedAt) < before
  );
}
