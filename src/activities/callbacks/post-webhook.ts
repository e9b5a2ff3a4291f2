import type { LookupAddress } from 'node:dns';
import { request as httpRequest, type IncomingMessage, type RequestOptions } from 'node:http';
import { request as httpsRequest } from 'node:https';
import { isIP, type LookupFunction } from 'node:net';
import type { AddressRule } from './allowed-address.ts';

export interface WebhookPost {
  readonly url: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly body: string;
  /** For all of it: look-up, connection, answer. */
  readonly timeoutSeconds: number;
}

/** How the sender reaches the world. */
export interface WebhookNetwork {
  readonly isAllowed: AddressRule;
  /** Plain http too; on the local platform only. */
  readonly allowHttp: boolean;
  /** All addresses of a host name. */
  resolve(hostname: string): Promise<readonly LookupAddress[]>;
}

export type WebhookAnswer =
  | {
      readonly kind: 'answered';
      readonly status: number;
      /** Names in lower case. */
      readonly headers: Readonly<Record<string, string>>;
      /** The beginning of the body, for the diagnosis; empty for a 2xx. */
      readonly text: string;
    }
  /** The address is one that callbacks must not go to; nothing was sent. */
  | { readonly kind: 'refused'; readonly reason: string }
  | { readonly kind: 'failed'; readonly reason: string };

const longestText = 400;

class RefusedAddress extends Error {}

/**
 * Posts once. A host name is looked up once, every address of it is checked, and the connection goes to a
 * checked one: a name that changes its mind in between (DNS rebinding) changes nothing. Redirects are not
 * followed. Never throws, and names neither address nor headers in what it answers.
 */
export async function postWebhook(
  post: WebhookPost,
  network: WebhookNetwork,
): Promise<WebhookAnswer> {
  const url = new URL(post.url);
  const isHttps = url.protocol === 'https:';
  if (!isHttps && !network.allowHttp) {
    return { kind: 'refused', reason: 'The address is not https.' };
  }
  // An address that is written out is connected to without a look-up.
  const host = url.hostname.replace(/^\[|\]$/g, '');
  if (isIP(host) !== 0 && !network.isAllowed(host)) {
    return { kind: 'refused', reason: 'The address is not a public one.' };
  }
  const signal = AbortSignal.timeout(post.timeoutSeconds * 1000);
  try {
    return await send(isHttps ? httpsRequest : httpRequest, url, post, {
      lookup: checkedLookup(network),
      signal,
    });
  } catch (error) {
    if (error instanceof RefusedAddress) return { kind: 'refused', reason: error.message };
    if (signal.aborted) {
      return { kind: 'failed', reason: `No answer within ${post.timeoutSeconds} seconds.` };
    }
    return { kind: 'failed', reason: `The connection failed (${codeOf(error)}).` };
  }
}

async function send(
  request: typeof httpsRequest,
  url: URL,
  { headers, body }: WebhookPost,
  options: Pick<RequestOptions, 'lookup' | 'signal'>,
): Promise<WebhookAnswer> {
  const answer = await new Promise<IncomingMessage>((resolve, reject) => {
    const sent = request(url, {
      ...options,
      method: 'POST',
      // A connection of its own: none that is kept open could lead elsewhere, and no proxy of the environment.
      agent: false,
      rejectUnauthorized: true,
      headers: { ...headers, 'content-length': Buffer.byteLength(body) },
    });
    sent
      .on('response', (received) => {
        // One that breaks off has answered its status all the same.
        received.on('error', () => undefined);
        resolve(received);
      })
      .on('error', reject);
    sent.end(body);
  });
  const status = answer.statusCode ?? 0;
  const text = status >= 200 && status < 300 ? '' : await beginningOf(answer);
  answer.destroy();
  return { kind: 'answered', status, headers: singleHeaders(answer), text };
}

/** What arrives before the connection breaks or the time is up is good enough for a diagnosis. */
async function beginningOf(answer: IncomingMessage): Promise<string> {
  const parts: Buffer[] = [];
  let length = 0;
  try {
    for await (const part of answer as AsyncIterable<Buffer>) {
      parts.push(part);
      length += part.length;
      if (length >= longestText) break;
    }
  } catch {
    // The status has been answered.
  }
  return Buffer.concat(parts).subarray(0, longestText).toString('utf8');
}

const singleHeaders = ({ headers }: IncomingMessage): Record<string, string> =>
  Object.fromEntries(
    Object.entries(headers).flatMap(([name, value]) =>
      typeof value === 'string' ? [[name, value]] : [],
    ),
  );

/** Node connects to what this answers, and to nothing else. */
function checkedLookup({ resolve, isAllowed }: WebhookNetwork): LookupFunction {
  return (hostname, options, callback) => {
    resolve(hostname).then(
      (addresses) => {
        const [first] = addresses;
        if (first === undefined) return callback(new Error('ENOTFOUND'), '');
        // One that is not allowed spoils the name: its owner, or somebody else, is trying something.
        if (!addresses.every(({ address }) => isAllowed(address))) {
          return callback(
            new RefusedAddress('The name stands for an address that is not public.'),
            '',
          );
        }
        if (options.all) callback(null, [...addresses]);
        else callback(null, first.address, first.family);
      },
      (error) => callback(error instanceof Error ? error : new Error(String(error)), ''),
    );
  };
}

/** The code alone: messages of Node name host and address. */
const codeOf = (error: unknown): string => {
  const { code } = error as { readonly code?: unknown };
  return typeof code === 'string' ? code : 'unknown reason';
};
