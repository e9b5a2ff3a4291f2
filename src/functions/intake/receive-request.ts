import type { InvocationContext } from '@azure/functions';
import type { SpanContext } from '@opentelemetry/api';
import type { DurableClient } from 'durable-functions';
import { vendingError } from '../../model/errors.ts';
import { parseMessage } from '../../model/parse-message.ts';
import type { Message, VendingRequest } from '../../model/requests.ts';
import { isEndState } from '../../model/states.ts';
import type { App } from '../app.ts';
import { acceptDecision } from '../decisions/accept-decision.ts';
import { acceptResumption } from '../decisions/accept-resumption.ts';
import type { DecisionOutcome } from '../decisions/decision-outcome.ts';
import { inMessageSpan, senderOf } from '../telemetry/message-span.ts';
import { ensureRunning } from '../workflow/start-workflow.ts';
import { claimRequest } from './claim-request.ts';
import { entities } from './queues.ts';
import { type Refusal, rejectMessage } from './reject-message.ts';
import type { StoredMessage } from './service-bus.ts';

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
  const receivedAt = app.now();
  const stored = await storedMessageOf(app, body, context);
  const parsed = parseMessage(stored.body);
  const received = { queue: entities.requests, stored, parsed, receivedAt };
  await inMessageSpan(app.ledger, context, received, async () => {
    const refusal = parsed.ok
      ? await accept(app, parsed.message, client, senderOf(stored, parsed))
      : { error: parsed.error, requestId: parsed.claimedId };
    if (refusal) await rejectMessage(app, stored, refusal, context);
  });
}

async function accept(
  app: App,
  message: Message,
  client: DurableClient,
  sender: SpanContext | undefined,
): Promise<Refusal | undefined> {
  switch (message.operation) {
    case 'decide':
      return refusalOf(await acceptDecision(app, { ...message, channel: 'queue' }, client));
    case 'resume':
      return refusalOf(await acceptResumption(app, { ...message, channel: 'queue' }, client));
    default:
      return await acceptRequest(app, message, client, sender);
  }
}

/** A decision that changes nothing any more is no bad message. */
const refusalOf = (outcome: DecisionOutcome): Refusal | undefined =>
  outcome.status === 'refused' ? { error: outcome.error, requestId: outcome.requestId } : undefined;

/** Nothing with an effect happens before the claim; who repeats a request starts nothing. */
async function acceptRequest(
  app: App,
  request: VendingRequest,
  client: DurableClient,
  sender: SpanContext | undefined,
): Promise<Refusal | undefined> {
  const claim = await claimRequest(app, request, sender);
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
