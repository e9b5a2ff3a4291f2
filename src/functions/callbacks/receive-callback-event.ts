import type { InvocationContext } from '@azure/functions';
import type { DurableClient } from 'durable-functions';
import { z } from 'zod';
import type { CallbackInput } from '../../activities/callbacks/callback-contracts.ts';
import { contentHash } from '../../ledger/content-hash.ts';
import { callbacksFor } from '../../model/callbacks.ts';
import { type EventEnvelope, eventEnvelopeSchema } from '../../model/event-envelope.ts';
import { callbackInstanceIdOf, orchestrationNames } from '../../orchestrations/names.ts';
import type { App } from '../app.ts';
import { isAlreadyStarted } from '../workflow/start-workflow.ts';

/**
 * Starts the delivery of an event of the topic to each callback that wants it. The instance id is made of
 * event and callback, so that an event which is received twice is delivered by one instance.
 */
export async function receiveCallbackEvent(
  { landscape }: Pick<App, 'landscape'>,
  body: unknown,
  client: DurableClient,
  context: InvocationContext,
): Promise<void> {
  const event = parseEvent(body);
  const again = redelivery(context);
  const callbacks = callbacksFor(event, landscape).map(({ name }) => name);
  for (const callback of again === undefined ? callbacks : [again.callback]) {
    await ensureDelivery(client, { callback, event }, again?.messageId);
  }
}

/** Throwing lets the broker keep the message in the dead-letter queue of the subscription. */
function parseEvent(body: unknown): EventEnvelope {
  const parsed = eventEnvelopeSchema.safeParse(body);
  if (parsed.success) return parsed.data;
  throw new Error(
    `A message of the topic is no event of vnet-vending, so nobody is called back. ${z.prettifyError(parsed.error)}`,
  );
}

/**
 * An operator delivers a failed event once more: its copy, sent to the topic as a new message with the
 * property `callback`, goes to that callback alone, whatever became of it before.
 */
function redelivery({
  triggerMetadata,
}: InvocationContext): { readonly callback: string; readonly messageId: string } | undefined {
  const { applicationProperties, messageId } = (triggerMetadata ?? {}) as {
    readonly applicationProperties?: Readonly<Record<string, unknown>>;
    readonly messageId?: unknown;
  };
  const callback = applicationProperties?.['callback'];
  return callback === undefined
    ? undefined
    : { callback: String(callback), messageId: String(messageId) };
}

/** Not started again once it has ended: that would deliver a second time (service-bus, durable-functions 5). */
async function ensureDelivery(
  client: DurableClient,
  { callback, event }: Pick<CallbackInput, 'callback' | 'event'>,
  occurrence = '',
): Promise<void> {
  const { source, id } = event;
  const instanceId = callbackInstanceIdOf(contentHash({ source, id, callback, occurrence }));
  // getStatus throws for an id that does not exist (durable-functions, trap 15).
  const input: CallbackInput = { callback, event, delivery: instanceId };
  const status = await client.getStatus(instanceId).catch(() => undefined);
  if (status) return;
  try {
    await client.startNew(orchestrationNames.deliverCallback, { instanceId, input });
  } catch (error) {
    if (!isAlreadyStarted(error)) throw error;
  }
}
