import { once } from 'node:events';
import {
  createServer,
  type IncomingMessage,
  request as requestOf,
  type ServerResponse,
} from 'node:http';
import type { AddressInfo } from 'node:net';
import type { HttpFront } from '../host/http-front.ts';

export interface SignInProxy {
  /** `http://127.0.0.1:PORT` */
  readonly url: string;
  close(): Promise<void>;
}

/**
 * Stands in front of a Functions host on this machine as App Service authentication stands in front of one in
 * Azure: Core Tools have nothing of the kind, and the app starts only where somebody says who callers are.
 */
export async function startSignInProxy(
  front: HttpFront,
  ports: { readonly listen: number; readonly host: number },
): Promise<SignInProxy> {
  const server = createServer((request, response) => {
    forward(front, ports.host, request, response).catch(() => response.destroy());
  });
  server.listen(ports.listen, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function forward(
  front: HttpFront,
  port: number,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const headers = await front.receive(request, response);
  if (headers === undefined) return;
  const { method, url: path } = request;
  const onward = requestOf({ host: '127.0.0.1', port, method, path, headers });
  onward.on('response', (answer) => {
    response.writeHead(answer.statusCode ?? 502, answer.headers);
    answer.pipe(response);
  });
  onward.on('error', () => {
    if (response.headersSent) {
      response.destroy();
      return;
    }
    response.writeHead(503, { 'content-type': 'text/plain; charset=utf-8', 'retry-after': '2' });
    response.end('The Functions host does not answer yet.\n');
  });
  response.on('close', () => onward.destroy());
  request.pipe(onward);
}
