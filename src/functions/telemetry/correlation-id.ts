import { createHash } from 'node:crypto';

/**
 * `x-ms-correlation-request-id` of the calls of one step of one request. Resource Manager takes it over
 * as `correlationId` of its activity log, so that the log can be searched from the ticket. A UUID of
 * version 8 (RFC 9562), made of both and so the same in every attempt.
 */
export function correlationIdOf(requestId: string, step: string): string {
  const digest = createHash('sha256').update(`vnet-vending\n${requestId}\n${step}`).digest();
  digest[6] = ((digest[6] ?? 0) & 0x0f) | 0x80;
  digest[8] = ((digest[8] ?? 0) & 0x3f) | 0x80;
  const hex = digest.toString('hex');
  const parts = [hex.slice(0, 8), hex.slice(8, 12), hex.slice(12, 16), hex.slice(16, 20)];
  return [...parts, hex.slice(20, 32)].join('-');
}
