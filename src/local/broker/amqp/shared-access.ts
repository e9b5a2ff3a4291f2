import { createHmac, timingSafeEqual } from 'node:crypto';

const form = /^SharedAccessSignature (\S+)$/;

/**
 * Whether a token is one that the client made with the key (service-bus 3): the signature covers resource
 * and end, which are real time. Whose key it is and for which entity does not matter here: there is one key.
 */
export function isSignedWith(key: string, token: unknown, now = Date.now()): boolean {
  const fields = new URLSearchParams(form.exec(String(token))?.[1] ?? '');
  const [resource, end, signature] = [fields.get('sr'), fields.get('se'), fields.get('sig')];
  if (!resource || !end || !signature || !(Number(end) * 1000 > now)) return false;
  const signed = `${encodeURIComponent(resource)}\n${end}`;
  const expected = createHmac('sha256', key).update(signed).digest();
  const given = Buffer.from(signature, 'base64');
  return given.length === expected.length && timingSafeEqual(given, expected);
}
