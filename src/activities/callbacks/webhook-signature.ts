import { createHmac } from 'node:crypto';

/** What is signed (Standard Webhooks): the id, the time of the attempt and the body, byte for byte. */
export interface SignedContent {
  /** Without a full stop, which separates the parts. */
  readonly id: string;
  /** Seconds since 1970. */
  readonly timestamp: number;
  readonly body: string;
}

/** One signature for each secret, so that a receiver that knows one of them can verify. */
export const webhookSignature = (
  { id, timestamp, body }: SignedContent,
  secrets: readonly Uint8Array[],
): string =>
  secrets
    .map((secret) => {
      const mac = createHmac('sha256', secret).update(`${id}.${timestamp}.${body}`);
      return `v1,${mac.digest('base64')}`;
    })
    .join(' ');

const mostSecrets = 2;
const secretForm = /^whsec_([A-Za-z0-9+/]+={0,2})$/;

/**
 * The secrets of a setting: `whsec_` and base64 of 24 to 64 bytes; two of them, with a space between, while
 * the secret is being changed. Nothing when the setting holds anything else.
 */
export function parseSecrets(setting: string | undefined): readonly Uint8Array[] | undefined {
  const words = (setting ?? '').split(/\s+/).filter((word) => word !== '');
  const secrets = words.map((word) => Buffer.from(secretForm.exec(word)?.[1] ?? '', 'base64'));
  const areGood = secrets.every(({ length }) => length >= 24 && length <= 64);
  return areGood && secrets.length >= 1 && secrets.length <= mostSecrets ? secrets : undefined;
}
