import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';

/** What the endpoint of App Service answers: a token, or a refusal. */
type TokenOf = (resource: string, clientId: string | null) => Promise<string | { status: number }>;

export interface IdentityEndpoint {
  /** `resource client-id` of each request. */
  readonly asked: string[];
  close(): Promise<void>;
}

const header = 'header-of-the-test';

/**
 * The managed identity endpoint of App Service (`IDENTITY_ENDPOINT`, api-version 2019-08-01) for this process,
 * as the unmodified SDK asks it.
 */
export async function startIdentityEndpoint(tokenOf: TokenOf): Promise<IdentityEndpoint> {
  const asked: string[] = [];
  const server = createServer(async (request, response) => {
    const { searchParams } = new URL(request.url ?? '', 'http://localhost');
    const resource = searchParams.get('resource') ?? '';
    const clientId = searchParams.get('client_id');
    asked.push(`${resource} ${clientId}`);
    const known = request.headers['x-identity-header'] === header;
    const token = known ? await tokenOf(resource, clientId) : { status: 401 };
    const status = typeof token === 'string' ? 200 : token.status;
    response.writeHead(status, { 'content-type': 'application/json' });
    response.end(
      JSON.stringify(
        typeof token === 'string'
          ? {
              access_token: token,
              expires_on: String(Math.floor(Date.now() / 1000) + 3600),
              resource,
              token_type: 'Bearer',
            }
          : {
              statusCode: status,
              message:
                'No User Assigned or Delegated Managed Identity found for specified ClientId/ResourceId/PrincipalId.',
            },
      ),
    );
  });
  const { port } = await listen(server);
  process.env['IDENTITY_ENDPOINT'] = `http://127.0.0.1:${port}/msi/token`;
  process.env['IDENTITY_HEADER'] = header;
  return {
    asked,
    close: async () => {
      delete process.env['IDENTITY_ENDPOINT'];
      delete process.env['IDENTITY_HEADER'];
      await new Promise((resolve) => server.close(resolve));
    },
  };
}

async function listen(server: Server): Promise<AddressInfo> {
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return server.address() as AddressInfo;
}
