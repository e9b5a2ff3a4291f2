import type { IncomingMessage } from 'node:http';

/** What a sign-in form may have; far more than one needs. */
const limitBytes = 8 * 1024;

/** The members of a form or of a JSON object of texts; undefined when the body is neither, or too long. */
export async function readForm(request: IncomingMessage): Promise<URLSearchParams | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of request) {
    length += (chunk as Buffer).length;
    if (length > limitBytes) return undefined;
    chunks.push(chunk as Buffer);
  }
  const text = Buffer.concat(chunks).toString('utf8');
  const type = request.headers['content-type']?.split(';', 1)[0]?.trim().toLowerCase();
  if (type === 'application/x-www-form-urlencoded') return new URLSearchParams(text);
  return type === 'application/json' ? readJson(text) : undefined;
}

function readJson(text: string): URLSearchParams | undefined {
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body !== 'object' || body === null) return undefined;
    const members = Object.entries(body).filter(([, value]) => typeof value === 'string');
    return new URLSearchParams(members);
  } catch {
    return undefined;
  }
}
