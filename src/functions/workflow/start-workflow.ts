import type { DurableClient } from 'durable-functions';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { countResumptions } from '../../model/decisions.ts';
import { orchestrationNames } from '../../orchestrations/names.ts';
import type { RequestInput } from '../../orchestrations/request-run.ts';
import type { App } from '../app.ts';

/**
 * Makes sure that the workflow of a request runs that the ledger knows as not ended. An instance that
 * is lost, or ended without recording an end, is started anew: every step finds what was done before.
 * Answers whether it was started.
 */
export async function ensureRunning(
  app: App,
  record: RequestRecord,
  client: DurableClient,
): Promise<boolean> {
  // getStatus throws for an id that does not exist (durable-functions, trap 15).
  const status = await client.getStatus(record.instanceId).catch(() => undefined);
  if (status && runningStates.has(String(status.runtimeStatus))) return false;
  try {
    await client.startNew(orchestrationOf[record.request.operation], {
      instanceId: record.instanceId,
      input: await inputOf(app, record),
    });
    return true;
  } catch (error) {
    if (!isAlreadyStarted(error)) throw error;
    return false;
  }
}

async function inputOf({ ledger, landscape }: App, { id }: RequestRecord): Promise<RequestInput> {
  const resumption = countResumptions(await ledger.listDecisions(id));
  return {
    requestId: id,
    bounds: landscape.bounds,
    ...(resumption === 0 ? {} : { resumption }),
  };
}

const orchestrationOf = {
  allocate: orchestrationNames.allocateVnet,
  associate: orchestrationNames.associateVnet,
  remove: orchestrationNames.removeVnet,
} as const;

const runningStates: ReadonlySet<string> = new Set([
  'Running',
  'Pending',
  'Suspended',
  'ContinuedAsNew',
]);

/** 409, or 500 with this text: the versions of the extension differ (durable-functions 10). */
export const isAlreadyStarted = (error: unknown): boolean =>
  /already exists|\b409\b/i.test(error instanceof Error ? error.message : String(error));
