import type { ServiceBusReceivedMessage } from '@azure/service-bus';
import type { RpcTypedData } from './core-api.ts';

/** .NET's latest time; the client computes year 31197 for messages without a time to live. */
const latestTime = Date.UTC(9999, 11, 31, 23, 59, 59, 999);

/**
 * The body as text: a data section as UTF-8, a string value as it is (service-bus 12).
 *
 * @throws Error for other values, as the host in Azure does
 */
export function messageBodyText(message: ServiceBusReceivedMessage): string {
  const body: unknown = message.body;
  if (body instanceof Uint8Array) {
    return Buffer.from(body).toString('utf8');
  }
  if (typeof body === 'string') {
    return body;
  }
  if (body === undefined || body === null) {
    return '';
  }
  throw new Error(
    `The body of message ${message.messageId} is neither text nor bytes. Send a data section or a string.`,
  );
}

/** Trigger metadata of a Service Bus function (service-bus 12). */
export function triggerMetadata(message: ServiceBusReceivedMessage): Record<string, RpcTypedData> {
  const properties = { json: JSON.stringify(message.applicationProperties ?? {}) };
  const { enqueuedTimeUtc, expiresAtUtc } = message;
  const enqueued = timeText(enqueuedTimeUtc);
  const expires = timeText(expiresAtUtc);
  return {
    ...texts({
      MessageId: message.messageId,
      CorrelationId: message.correlationId,
      ContentType: message.contentType,
      Subject: message.subject,
      Label: message.subject,
      To: message.to,
      ReplyTo: message.replyTo,
      ReplyToSessionId: message.replyToSessionId,
      SessionId: message.sessionId,
      PartitionKey: message.partitionKey,
      // The client does not hand this one out.
      TransactionPartitionKey: undefined,
      LockToken: message.lockToken,
      DeadLetterSource: message.deadLetterSource,
      EnqueuedTimeUtc: enqueued,
      EnqueuedTime: enqueued,
      ExpiresAtUtc: expires,
      ExpiresAt: expires,
    }),
    SequenceNumber: { json: String(message.sequenceNumber ?? 0) },
    // The client counts failed deliveries, Azure's host counts deliveries.
    DeliveryCount: { int: (message.deliveryCount ?? 0) + 1 },
    ApplicationProperties: properties,
    UserProperties: properties,
  };
}

function texts(values: Record<string, unknown>): Record<string, RpcTypedData> {
  return Object.fromEntries(
    Object.entries(values)
      .filter(([, value]) => value !== undefined && value !== null)
      .map(([name, value]) => [name, { string: String(value) }]),
  );
}

function timeText(time: Date | undefined): string | undefined {
  return time && new Date(Math.min(time.getTime(), latestTime)).toISOString();
}
