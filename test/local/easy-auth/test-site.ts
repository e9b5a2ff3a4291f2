import { type IncomingHttpHeaders, type OutgoingHttpHeaders, request } from 'node:http';
import { DocumentStore } from '../../../src/local/azure/document-store.ts';
import { loadSigningKey, type SigningKey } from '../../../src/local/azure/entra/signing-key.ts';
import { EasyAuth } from '../../../src/local/easy-auth/easy-auth.ts';
import { readLandscapeFile } from '../../../src/local/landscape/landscape-file.ts';
import { buildSource, startTestHost, type TestHost } from '../host/test-host.ts';

export const principalKey = 'the key of this start';
export const sessionKey = new Uint8Array(32).fill(7);

/** The sign-in in front of an app that answers the headers it gets. */
export interface TestSite {
  readonly host: TestHost;
  readonly signingKey: SigningKey;
  /** Signs in as a program does; answers the token. */
  signIn(person: string): Promise<string>;
  /** The headers that the app gets. */
  seenByApp(headers?: Record<string, string>): Promise<Record<string, string>>;
}

export async function startTestSite(): Promise<TestSite> {
  const signingKey = await loadSigningKey(new DocumentStore(':memory:'));
  const appFile = await buildSource(`
    import { app } from '@azure/functions';
    app.http('echo', { route: 'echo', methods: ['GET', 'POST'], authLevel: 'anonymous',
      handler: async (request) => ({ jsonBody: Object.fromEntries(request.headers) }) });`);
  const host = await startTestHost({
    appFile,
    hostJson: { extensions: { http: { routePrefix: '' } } },
    httpFront: new EasyAuth({
      people: readLandscapeFile().emulatedAzure.localPeople,
      tenantName: (tenantId) => `tenant <${tenantId}>`,
      sessionKey,
      signingKey,
      principalKey,
    }),
  });
  return {
    host,
    signingKey,
    signIn: async (person) => {
      const answer = await fetch(`${host.baseUrl}/.auth/login/local`, {
        method: 'POST',
        headers: { accept: 'application/json', 'content-type': 'application/json' },
        body: JSON.stringify({ person }),
      });
      return ((await answer.json()) as { token: string }).token;
    },
    seenByApp: async (headers = {}) => {
      const answer = await fetch(`${host.baseUrl}/echo`, { headers });
      return (await answer.json()) as Record<string, string>;
    },
  };
}

/** A request whose headers and target are sent as they are; `fetch` would not. */
export function rawRequest(
  { host }: TestSite,
  path: string,
  options: {
    readonly method?: string;
    readonly headers?: OutgoingHttpHeaders | readonly string[];
    readonly body?: string;
  } = {},
): Promise<{ status: number; headers: IncomingHttpHeaders; text: string }> {
  return new Promise((resolve, reject) => {
    const outgoing = request(
      {
        host: '127.0.0.1',
        port: host.port,
        path,
        method: options.method ?? 'GET',
        headers: options.headers ?? {},
      },
      (answer) => {
        let text = '';
        answer.setEncoding('utf8').on('data', (chunk: string) => {
          text += chunk;
        });
        answer.on('end', () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, text }),
        );
      },
    );
    outgoing.on('error', reject).end(options.body);
  });
}
