import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { approvalProgress } from '../../model/approval-progress.ts';
import type { App } from '../app.ts';
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
  context: InvocationContext,
): Promise<void> {
  for (const record of await app.ledger.listUnfinishedRequests()) {
    try {
      await ensureRunning(app, record, client);
      if (await isDecided(app, record)) await wakeWorkflow(client, record);
    } catch (error) {
      // One request that cannot be started must not keep the others from it.
      context.error(`The request ${record.id} could not be started again: ${String(error)}`);
    }
  }
}

async function isDecided({ ledger }: App, { id, plan, state }: RequestRecord): Promise<boolean> {
  if (state !== 'awaiting-approval' || plan === undefined) return false;
  const progress = approvalProgress(plan, await ledger.listDecisions(id));
  return progress !== undefined && progress.status !== 'open';
}
