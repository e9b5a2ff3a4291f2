import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { contentHash } from '../ledger/content-hash.ts';
import type { Decision, RequestRecord } from '../ledger/ledger.ts';
import { judgeDecision } from '../model/decisions.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import { rejectionEvent } from '../model/events.ts';
import { parseMessage } from '../model/parse-message.ts';
import type { DecideMessage, VendingRequest } from '../model/requests.ts';
import { isEndState } from '../model/states.ts';
import { approvalInstanceIdOf, decisionEvent, instanceIdOf } from '../orchestrations/names.ts';
import type { App } from './app.ts';
import type { StoredMessage } from './service-bus.ts';
import { ensureRunning } from './start-workflow.ts';

/**
 * The intake: parse, validate, claim the id in the ledger, start the workflow. A bad message is moved to
 * the rejected queue with its reason; what fails unexpectedly is thrown, redelivered, and ends in the
 * native dead-letter queue.
 */
export async function receiveRequest(
  app: App,
  body: unknown,
  client: DurableClient,
  context: InvocationContext,
): Promise<void> {
  const stored = await storedMessageOf(app, body, context);
  const parsed = parseMessage(stored.body);
  const refusal = parsed.ok
    ? await accept(app, parsed.message, client)
    : { error: parsed.error, requestId: parsed.claimedId };
  if (refusal) await reject(app, stored, refusal, context);
}

interface Refusal {
  readonly error: VendingError;
  readonly requestId: string | undefined;
}

async function accept(
  app: App,
  message: VendingRequest | DecideMessage,
  client: DurableClient,
): Promise<Refusal | undefined> {
  return message.operation === 'decide'
    ? await acceptDecision(app, message, client)
    : await acceptRequest(app, message, client);
}

/** Nothing with an effect happens before the claim; who repeats a request starts nothing. */
async function acceptRequest(
  app: App,
  request: VendingRequest,
  client: DurableClient,
): Promise<Refusal | undefined> {
  const claim = await app.ledger.claimRequest(
    {
      id: request.id,
      request,
      contentHash: contentHash(request),
      instanceId: instanceIdOf(request.id),
    },
    app.now().toISOString(),
  );
  if (claim.status === 'contradiction') {
    const error = vendingError(
      'Contradiction',
      `A request '${request.id}' with other content was accepted at ${claim.record.createdAt}.`,
    );
    return { error, requestId: request.id };
  }
  if (!isEndState(claim.record.state)) await ensureRunning(app, claim.record, client);
  return undefined;
}

/** The ledger first, the wake-up second: a lost event delays a decision, it never loses one. */
async function acceptDecision(
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
    const judged = judgeDecision(record, message);
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

/** Copy, event, return: a crash in between repeats all three, so each is repeatable (service-bus 2). */
async function reject(
  app: App,
  stored: StoredMessage,
  { error, requestId }: Refusal,
  context: InvocationContext,
): Promise<void> {
  const { sequenceNumber, enqueuedTimeUtc, messageId } = stored.message;
  const rejectionId = `rej-${sequenceNumber}-${enqueuedTimeUtc?.getTime() ?? 0}`;
  context.warn(`Rejected a message: ${error.code}: ${error.message}`);
  await app.serviceBus.reject(stored, rejectionId, error);
  await app.serviceBus.publish(
    rejectionEvent(
      rejectionId,
      {
        ...(requestId === undefined ? {} : { requestId }),
        ...(messageId === undefined ? {} : { originalMessageId: String(messageId) }),
        error,
      },
      app.now().toISOString(),
    ),
  );
}

async function storedMessageOf(
  app: App,
  body: unknown,
  context: InvocationContext,
): Promise<StoredMessage> {
  const sequenceNumber = BigInt(String(context.triggerMetadata?.['sequenceNumber']));
  const stored = await app.serviceBus.readStored(sequenceNumber);
  if (stored) return stored;
  // Throwing delivers the message again; a message that stays unreadable ends in the dead-letter queue.
  throw new Error(
    `The stored message ${sequenceNumber} (${typeof body}) cannot be read; it is delivered again.`,
  );
}
