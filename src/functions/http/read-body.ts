import type { HttpRequest } from '@azure/functions';
import { z } from 'zod';
import { vendingError } from '../../model/errors.ts';
import { limits } from '../../model/limits.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { readMessage, refusedBySchema } from '../../model/parse-message.ts';
import { describeIssue } from '../../model/schema-words.ts';

/** Reads the body as strict JSON and checks it. Reads no more of it than the limit. */
export async function readBody<T>(
  request: Pick<HttpRequest, 'headers' | 'body'>,
  schema: z.ZodType<T>,
): Promise<Outcome<T>> {
  const bytes = await readBytes(request);
  if (bytes === undefined) {
    return failure(
      vendingError('TooLarge', `The body has more than ${limits.messageBytes} bytes, the limit.`),
    );
  }
  const read = readMessage(bytes);
  if (!read.ok) return failure(read.error);
  const parsed = schema.safeParse(read.value, { error: describeIssue });
  return parsed.success ? success(parsed.data) : failure(refusedBySchema(parsed.error).error);
}

/** Undefined when there are more than the limit. */
async function readBytes({
  headers,
  body,
}: Pick<HttpRequest, 'headers' | 'body'>): Promise<Uint8Array | undefined> {
  if (Number(headers.get('content-length') ?? 0) > limits.messageBytes) return undefined;
  const chunks: Uint8Array[] = [];
  let length = 0;
  for await (const chunk of body ?? []) {
    length += chunk.byteLength;
    if (length > limits.messageBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}

/** Any JSON object; what it must hold is checked by whoever takes it. */
export const anyObject = z.record(z.string(), z.unknown());
