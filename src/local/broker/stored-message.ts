import type { NewMessage, StoredMessage } from './message.ts';

/** A message that can be received from now on. It lives as long as message and queue both allow. */
export function activeMessage(
  { content, facts }: NewMessage,
  enqueuedAt: number,
  numbers: { readonly sequenceNumber: number; readonly enqueuedSequenceNumber: number },
  defaultTimeToLiveMs = Number.POSITIVE_INFINITY,
): StoredMessage {
  const timeToLiveMs = Math.min(
    facts.timeToLiveMs ?? Number.POSITIVE_INFINITY,
    defaultTimeToLiveMs,
  );
  return {
    ...numbers,
    messageId: facts.messageId,
    content,
    enqueuedAt,
    expiresAt: Number.isFinite(timeToLiveMs) ? enqueuedAt + timeToLiveMs : undefined,
    scheduledFor: undefined,
    state: 'active',
    deliveryCount: 0,
    deadLetterSource: undefined,
  };
}

/** A message that waits for its time. Its time to live begins only then. */
export function scheduledMessage(
  { content, facts }: NewMessage,
  scheduledFor: number,
  enqueuedAt: number,
  sequenceNumber: number,
): StoredMessage {
  return {
    sequenceNumber,
    enqueuedSequenceNumber: sequenceNumber,
    messageId: facts.messageId,
    content,
    enqueuedAt,
    expiresAt: undefined,
    scheduledFor,
    state: 'scheduled',
    deliveryCount: 0,
    deadLetterSource: undefined,
  };
}
