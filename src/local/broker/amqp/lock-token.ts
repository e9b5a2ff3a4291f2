/**
 * A lock token travels as delivery tag in the byte order of .NET's `Guid.ToByteArray()`, and in `$management`
 * as an AMQP uuid in RFC order (service-bus 4.3). Inside the broker it is a UUID as text.
 */
const guidOrder = [3, 2, 1, 0, 5, 4, 7, 6, 8, 9, 10, 11, 12, 13, 14, 15] as const;

function reordered(bytes: Buffer): Buffer {
  return Buffer.from(guidOrder.map((index) => bytes[index] ?? 0));
}

export function tokenToUuid(token: string): Buffer {
  return Buffer.from(token.replaceAll('-', ''), 'hex');
}

export function uuidToToken(uuid: Buffer): string {
  return uuid.toString('hex').replace(/^(.{8})(.{4})(.{4})(.{4})/, '$1-$2-$3-$4-');
}

export function tokenToDeliveryTag(token: string): Buffer {
  return reordered(tokenToUuid(token));
}

/** The reordering is its own inverse. */
export function deliveryTagToToken(tag: Buffer): string {
  return uuidToToken(reordered(tag));
}
