import type { DurableClient } from 'durable-functions';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { approvalInstanceIdOf, decisionEvent } from '../../orchestrations/names.ts';

/**
 * Tells a workflow that waits that somebody has decided. One that does not wait reads the ledger on its own;
 * that it cannot be woken is no fault.
 */
export async function wakeWorkflow(
  client: DurableClient,
  { id, plan }: Pick<RequestRecord, 'id' | 'plan'>,
): Promise<void> {
  const instanceId = approvalInstanceIdOf(id, plan?.version);
  const status = await client.getStatus(instanceId).catch(() => undefined);
  if (status) await client.raiseEvent(instanceId, decisionEvent, {});
}
