import { mkdtempSync, rmSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { serverCertificate } from '../../src/local/azure/tls/certificates.ts';
import { trust } from '../support/trust.ts';

/** A request that the fake received. */
export interface SeenRequest {
  readonly method: string;
  /** Path with query. */
  readonly url: string;
  readonly headers: Readonly<Record<string, string | string[] | undefined>>;
  readonly body: string;
}

/** What the fake answers; `drop` closes the connection instead, `hang` never answers. */
export type FakeAnswer =
  | {
      readonly status: number;
      readonly headers?: Record<string, string>;
      /** Text is sent as it is. */
      readonly body?: unknown;
    }
  | 'drop'
  | 'hang';

/** A TLS server that issues tokens and answers Resource Manager's calls from a script. */
export interface FakeAzure {
  readonly origin: string;
  /** Calls of Resource Manager, in order. */
  readonly requests: readonly SeenRequest[];
  /** Requests for a token, in order, by tenant. */
  readonly tokenRequests: readonly string[];
  /** Answers for the next calls of Resource Manager, in order. */
  answer(...answers: readonly FakeAnswer[]): void;
  /** Replaces the token endpoint's answer for a tenant. */
  answerToken(tenantId: string, answer: FakeAnswer | undefined): void;
  reset(): void;
  close(): Promise<void>;
}

export async function startFakeAzure(): Promise<FakeAzure> {
  const directory = mkdtempSync(join(tmpdir(), 'fake-azure-'));
  const { certificate, privateKey, caFile } = await serverCertificate(directory);
  trust(caFile);
  const requests: SeenRequest[] = [];
  const tokenRequests: string[] = [];
  let answers: FakeAnswer[] = [];
  const tokenAnswers = new Map<string, FakeAnswer>();

  const respond = (path: string, seen: SeenRequest): FakeAnswer => {
    const tenantId = path.split('/')[1] ?? '';
    if (path.endsWith('/openid-configuration')) return metadata(origin, tenantId);
    if (path.endsWith('/oauth2/v2.0/token')) {
      tokenRequests.push(tenantId);
      return tokenAnswers.get(tenantId) ?? token(tenantId, tokenRequests.length);
    }
    requests.push(seen);
    return answers.shift() ?? { status: 500, body: 'The test has no answer for this call.' };
  };

  const server = createServer({ cert: certificate, key: privateKey }, (request, response) => {
    let body = '';
    request.on('data', (chunk) => {
      body += chunk;
    });
    request.on('end', () => {
      const { method = '', url = '', headers } = request;
      const answer = respond(url.split('?')[0] ?? '', { method, url, headers, body });
      if (answer === 'drop') return request.socket.destroy();
      if (answer === 'hang') return undefined;
      const text = typeof answer.body === 'string' ? answer.body : JSON.stringify(answer.body);
      response.writeHead(answer.status, { 'Content-Type': 'application/json', ...answer.headers });
      return response.end(answer.body === undefined ? undefined : text);
    });
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  const origin = `https://localhost:${(server.address() as AddressInfo).port}`;
  return {
    origin,
    requests,
    tokenRequests,
    answer: (...more) => {
      answers.push(...more);
    },
    answerToken: (tenantId, answer) => {
      if (answer) tokenAnswers.set(tenantId, answer);
      else tokenAnswers.delete(tenantId);
    },
    reset: () => {
      requests.length = 0;
      tokenRequests.length = 0;
      answers = [];
      tokenAnswers.clear();
    },
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
      rmSync(directory, { recursive: true });
    },
  };
}

const metadata = (origin: string, tenantId: string): FakeAnswer => ({
  status: 200,
  body: {
    token_endpoint: `${origin}/${tenantId}/oauth2/v2.0/token`,
    authorization_endpoint: `${origin}/${tenantId}/oauth2/v2.0/authorize`,
    issuer: `${origin}/${tenantId}/v2.0`,
    jwks_uri: `${origin}/${tenantId}/discovery/v2.0/keys`,
  },
});

/** The object id that the fake's tokens carry. */
export const objectIdIn = (tenantId: string): string => `object-of-${tenantId}`;

function token(tenantId: string, number: number): FakeAnswer {
  const encode = (value: unknown) => Buffer.from(JSON.stringify(value)).toString('base64url');
  const claims = { tid: tenantId, oid: objectIdIn(tenantId), number };
  const accessToken = `${encode({ alg: 'RS256', typ: 'JWT' })}.${encode(claims)}.c2lnbmF0dXJl`;
  return {
    status: 200,
    body: {
      token_type: 'Bearer',
      expires_in: 3599,
      ext_expires_in: 3599,
      access_token: accessToken,
    },
  };
}
