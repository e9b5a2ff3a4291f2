import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import type { App } from './app.ts';
import { ensureRunning } from './start-workflow.ts';

/**
 * Starts again what was claimed but does not run: the start was lost, or the workflow ended without
 * recording or publishing an end (rule 8).
 */
export async function sweepRequests(
  app: App,
  client: DurableClient,
  context: InvocationContext,
): Promise<void> {
  for (const record of await app.ledger.listUnfinishedRequests()) {
    try {
      await ensureRunning(app, record, client);
    } catch (error) {
      // One request that cannot be started must not keep the others from it.
      context.error(`The request ${record.id} could not be started again: ${String(error)}`);
    }
  }
}
