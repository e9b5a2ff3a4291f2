import type { DurableClient } from 'durable-functions';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import type { App } from '../app.ts';
import { logEvent, wordsOf } from '../telemetry/log-event.ts';
import type { LogTarget } from '../telemetry/scope.ts';
import { ensureRunning } from './start-workflow.ts';
import { wakeWorkflow } from './wake-workflow.ts';

/**
 * Starts again what was claimed but does not run: the start was lost, or the workflow ended without
 * recording or publishing an end (rule 8). Wakes what waits for an approval that has been decided on: the
 * event was lost.
 */
export async function sweepRequests(
  app: App,
  client: DurableClient,
  log: LogTarget,
): Promise<void> {
  const unfinished = await app.ledger.listUnfinishedRequests();
  let restarted = 0;
  let failed = 0;
  for (const record of unfinished) {
    try {
      if (await ensureRunning(app, record, client)) restarted++;
      if (await isDecided(app, record)) await wakeWorkflow(client, record);
    } catch (error) {
      // One request that cannot be started must not keep the others from it.
      failed++;
      logEvent('sweep.failed', { requestId: record.id, message: wordsOf(error) }, log);
    }
  }
  logEvent('sweep.result', { unfinished: unfinished.length, restarted, failed }, log);
}

async function isDecided({ ledger }: App, { id, plan, state }: RequestRecord): Promise<boolean> {
  if (state !== 'awaiting-approval' || plan === undefined) return false;
  const progress = approvalProgress(plan, await ledger.listDecisions(id));
  return progress !== undefined && progress.status !== 'open';
}
