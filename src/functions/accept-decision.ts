import type { DurableClient } from 'durable-functions';
import { contentHash } from '../ledger/content-hash.ts';
import type { Decision, RequestRecord } from '../ledger/ledger.ts';
import { judgeDecision } from '../model/decisions.ts';
import { vendingError } from '../model/errors.ts';
import type { DecideMessage } from '../model/requests.ts';
import { approvalInstanceIdOf, decisionEvent } from '../orchestrations/names.ts';
import type { App } from './app.ts';
import type { Refusal } from './reject-message.ts';

/** The ledger first, the wake-up second: a lost event delays a decision, it never loses one. */
export async function acceptDecision(
  app: App,
  message: DecideMessage,
  client: DurableClient,
): Promise<Refusal | undefined> {
  const record = await app.ledger.getRequest(message.request);
  if (!record) {
    const error = vendingError('UnknownRequest', `There is no request '${message.request}'.`);
    return { error, requestId: message.request };
  }
  const id = message.id ?? `decision-${contentHash(message).slice(0, 32)}`;
  const decisions = await app.ledger.listDecisions(record.id);
  const known = decisions.find((decision) => decision.id === id);
  if (known && !isRepetition(known, message)) {
    const error = vendingError(
      'Contradiction',
      `A decision '${id}' on the request '${record.id}' with other content was taken at ${known.at}.`,
    );
    return { error, requestId: record.id };
  }
  const at = known?.at ?? app.now().toISOString();
  if (!known) {
    const judged = judgeDecision(record, message, app.landscape.operators);
    if (!judged.ok) return { error: judged.error, requestId: record.id };
    if (judged.value.effect === 'ignore') return undefined;
    const planHash = judged.value.planHash ?? message.planHash;
    const decision = decisionOf(record, message, { id, at, planHash });
    const recorded = await app.ledger.recordDecision(decision);
    // Another delivery was faster; whether it said the same is to be seen.
    if (recorded === 'repeated') return await acceptDecision(app, message, client);
  }
  // A repetition does what a crash after the recording may have left undone.
  await app.ledger.appendTimeline(record.id, {
    key: `decision:${id}`,
    at,
    step: 'decide',
    status: 'information',
    message: `${message.by.name}: ${message.decision}${message.reason ? ` (${message.reason})` : ''}`,
  });
  await wake(client, record.id);
  return undefined;
}

function decisionOf(
  record: RequestRecord,
  message: DecideMessage,
  { id, at, planHash }: { id: string; at: string; planHash: string | undefined },
): Decision {
  return {
    id,
    requestId: record.id,
    decision: message.decision,
    by: message.by,
    channel: 'queue',
    ...(message.reason === undefined ? {} : { reason: message.reason }),
    ...(planHash === undefined ? {} : { planHash }),
    at,
  };
}

/** A decision that names no plan was bound to the plan of its time. */
const isRepetition = (known: Decision, message: DecideMessage): boolean =>
  known.decision === message.decision &&
  known.reason === message.reason &&
  contentHash(known.by) === contentHash(message.by) &&
  (message.planHash === undefined || message.planHash === known.planHash);

/** A workflow that does not wait reads the ledger on its own; that it cannot be woken is no fault. */
async function wake(client: DurableClient, requestId: string): Promise<void> {
  const instanceId = approvalInstanceIdOf(requestId);
  const status = await client.getStatus(instanceId).catch(() => undefined);
  if (status) await client.raiseEvent(instanceId, decisionEvent, {});
}
