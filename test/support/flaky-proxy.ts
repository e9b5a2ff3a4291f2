import { once } from 'node:events';
import {
  Agent,
  createServer,
  type IncomingHttpHeaders,
  type OutgoingHttpHeaders,
  request,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';

/** What happens to a request: it, or its answer, is lost; or it arrives when nobody waits any more. */
export type Mishap = 'none' | 'refuse' | 'lose' | 'lose-answer' | 'late';

export interface FlakyProxy {
  readonly port: number;
  /** How often each mishap happened. */
  readonly happened: Readonly<Record<Mishap, number>>;
  close(): Promise<void>;
}

interface Received {
  readonly method: string;
  readonly url: string;
  readonly headers: IncomingHttpHeaders;
  readonly body: Buffer;
}

/** Longer than the sender takes to try again. */
const lateMilliseconds = 25;

/** Stands before an HTTP server on this machine; `decide` says what happens to each request. */
export async function startFlakyProxy(
  targetPort: number,
  decide: (method: string, url: string) => Mishap,
): Promise<FlakyProxy> {
  const happened = { none: 0, refuse: 0, lose: 0, 'lose-answer': 0, late: 0 };
  const agent = new Agent({ keepAlive: true });
  const forward = (received: Received) =>
    new Promise<{ status: number; headers: OutgoingHttpHeaders; body: Buffer }>(
      (resolve, reject) => {
        const { method, url: path, headers, body } = received;
        const target = { host: '127.0.0.1', port: targetPort, method, path, headers, agent };
        const outgoing = request(target, async (answer) => {
          const chunks: Buffer[] = [];
          for await (const chunk of answer) chunks.push(chunk as Buffer);
          const { statusCode = 500, headers: answered } = answer;
          resolve({ status: statusCode, headers: answered, body: Buffer.concat(chunks) });
        });
        outgoing.on('error', reject);
        outgoing.end(body);
      },
    );

  const handle = async (received: Received, response: ServerResponse): Promise<void> => {
    const mishap = decide(received.method, received.url);
    happened[mishap]++;
    if (mishap === 'refuse') {
      response.writeHead(503).end();
      return;
    }
    if (mishap === 'lose' || mishap === 'late') response.destroy();
    if (mishap === 'lose') return;
    if (mishap === 'late') await sleep(lateMilliseconds);
    const { status, headers, body } = await forward(received);
    if (mishap === 'none') {
      const { 'transfer-encoding': _, ...kept } = headers;
      response.writeHead(status, { ...kept, 'content-length': body.length }).end(body);
    } else {
      response.destroy();
    }
  };

  const server = createServer(async (incoming, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of incoming) chunks.push(chunk as Buffer);
    const { method = '', url = '', headers } = incoming;
    await handle({ method, url, headers, body: Buffer.concat(chunks) }, response).catch(() =>
      response.destroy(),
    );
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    port: (server.address() as AddressInfo).port,
    happened,
    close: async () => {
      agent.destroy();
      server.closeAllConnections();
      server.close();
      await once(server, 'close');
    },
  };
}
