import { createServer, type IncomingHttpHeaders, type ServerResponse } from 'node:http';
import { createServer as createTlsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { EventEnvelope } from '../../src/model/event-envelope.ts';

/** What came in, as it came. */
export interface Delivery {
  readonly method: string;
  readonly path: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

/** Answers the n-th delivery (from 1); `hang` never answers, `drop` breaks the connection. */
export type Script = (number: number, delivery: Delivery) => Answer | 'hang' | 'drop';

interface Place {
  readonly host?: string;
  /** 0 = any free port. */
  readonly port?: number;
  /** For https; both PEM. */
  readonly tls?: { readonly cert: string; readonly key: string };
}

/** Somebody who is called back, on this machine. */
export class WebhookReceiver {
  readonly deliveries: Delivery[] = [];
  readonly #server;
  script: Script = () => ({ status: 204 });
  url = '';

  private constructor(tls: Place['tls']) {
    this.#server = tls ? createTlsServer(tls) : createServer();
  }

  static async start(
    script?: Script,
    { host = '127.0.0.1', port = 0, tls }: Place = {},
  ): Promise<WebhookReceiver> {
    const receiver = new WebhookReceiver(tls);
    if (script) receiver.script = script;
    const server = receiver.#server;
    server.on('request', async (request, response) => {
      const parts: Buffer[] = [];
      for await (const part of request) parts.push(part);
      const delivery = {
        method: request.method ?? '',
        path: request.url ?? '',
        headers: request.headers,
        body: Buffer.concat(parts).toString('utf8'),
      };
      receiver.deliveries.push(delivery);
      give(response, receiver.script(receiver.deliveries.length, delivery));
    });
    await new Promise<void>((resolve) => server.listen(port, host, resolve));
    receiver.url = `http${tls ? 's' : ''}://${host}:${(server.address() as AddressInfo).port}/hook`;
    return receiver;
  }

  get port(): number {
    return Number(new URL(this.url).port);
  }

  get events(): readonly EventEnvelope[] {
    return this.deliveries.map(({ body }) => JSON.parse(body) as EventEnvelope);
  }

  async close(): Promise<void> {
    this.#server.closeAllConnections();
    await new Promise((resolve) => this.#server.close(resolve));
  }
}

function give(response: ServerResponse, answer: Answer | 'hang' | 'drop'): void {
  if (answer === 'hang') return;
  if (answer === 'drop') {
    response.destroy();
    return;
  }
  response.writeHead(answer.status, answer.headers);
  response.end(answer.body);
}

const base64 = (bytes: ArrayBuffer): string => btoa(String.fromCharCode(...new Uint8Array(bytes)));

/** Whether a delivery is signed with a secret, by the words of the specification of Standard Webhooks. */
export async function isSigned({ headers, body }: Delivery, secret: string): Promise<boolean> {
  const raw = Uint8Array.from(atob(secret.replace('whsec_', '')), (one) => one.charCodeAt(0));
  const algorithm = { name: 'HMAC', hash: 'SHA-256' };
  const key = await crypto.subtle.importKey('raw', raw, algorithm, false, ['sign']);
  const content = `${headers['webhook-id']}.${headers['webhook-timestamp']}.${body}`;
  const mac = await crypto.subtle.sign('HMAC', key, new TextEncoder().encode(content));
  return String(headers['webhook-signature'])
    .split(' ')
    .includes(`v1,${base64(mac)}`);
}

export const sampleSecrets = [
  'whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw',
  'whsec_AAECAwQFBgcICQoLDA0ODxAREhMUFRYXGBkaGxwdHh8=',
] as const;
