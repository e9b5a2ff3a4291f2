import type { IncomingMessage } from 'node:http';
import { Transform } from 'node:stream';

/** A request has a larger body than it may; nothing beyond the limit was kept. */
export class BodyTooLarge extends Error {}

/** Whether a request says itself that its body is larger; others are found out while they are read. */
export function announcesMoreThan({ headers }: IncomingMessage, limitBytes: number): boolean {
  return Number(headers['content-length'] ?? 0) > limitBytes;
}

/** @throws BodyTooLarge as soon as there is more than the limit */
export async function readBody(request: IncomingMessage, limitBytes: number): Promise<Buffer> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > limitBytes) throw new BodyTooLarge();
    chunks.push(chunk as Buffer);
  }
  return Buffer.concat(chunks);
}

/** Lets a body through; fails with BodyTooLarge as soon as there is more than the limit. */
export function limitedBody(limitBytes: number): Transform {
  let length = 0;
  return new Transform({
    transform(chunk: Buffer, _encoding, done) {
      length += chunk.length;
      if (length > limitBytes) done(new BodyTooLarge());
      else done(null, chunk);
    },
  });
}
