import { randomUUID } from 'node:crypto';
import type { AzureServices, Principal } from '../contracts.ts';
import { graphAudiences } from '../entra/audiences.ts';
import { findServicePrincipalByObjectId, findTenant } from '../entra/directory.ts';
import type { SigningKey } from '../entra/signing-key.ts';
import { readToken } from '../entra/tokens.ts';
import type { Exchange, Service } from '../exchange.ts';
import { bearerToken } from '../gateway/identity.ts';
import { decodeSegment } from '../gateway/resource-ids.ts';
import { appRoleAssignmentRoutes } from './app-role-assignments.ts';
import { applicationRoutes } from './applications.ts';
import { GraphError, graphErrorBody } from './graph-error.ts';
import { servicePrincipalRoutes } from './service-principals.ts';

/** One call to Graph, after the token was checked. */
export interface GraphCall {
  readonly services: AzureServices;
  readonly principal: Principal;
  readonly parameters: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
  readonly body: Readonly<Record<string, unknown>>;
}

export interface GraphRoute {
  readonly method: string;
  /** Below `/v1.0`; named groups become parameters. */
  readonly path: RegExp;
  run(call: GraphCall): { readonly status?: number; readonly body?: unknown };
}

const organizationRoute: GraphRoute = {
  method: 'GET',
  path: /^\/organization$/i,
  run: ({ services, principal }) => {
    const tenant = findTenant(services.store, principal.tenantId);
    return { body: { value: [{ id: principal.tenantId, displayName: tenant?.displayName }] } };
  },
};

/** An application has no `/me`; Graph says it so. */
const meRoute: GraphRoute = {
  method: 'GET',
  path: /^\/me$/i,
  run: () => {
    const message = '/me request is only valid with delegated authentication flow.';
    throw new GraphError(400, 'BadRequest', message);
  },
};

const routes = [
  ...applicationRoutes,
  ...servicePrincipalRoutes,
  ...appRoleAssignmentRoutes,
  organizationRoute,
  meRoute,
];

/** Microsoft Graph v1.0, as far as onboarding an application needs it; under `/graph`. Administrators only. */
export class GraphService implements Service {
  readonly #services: AzureServices;
  readonly #signingKey: SigningKey;

  constructor(services: AzureServices, signingKey: SigningKey) {
    this.#services = services;
    this.#signingKey = signingKey;
  }

  async answer(exchange: Exchange): Promise<Response> {
    try {
      const principal = await this.#authenticate(exchange);
      const body = parseBody(await exchange.request.text());
      const { status = 200, body: answer } = this.#services.store.transaction(() =>
        this.#run(exchange, principal, body),
      );
      return respond(exchange, status, answer);
    } catch (error) {
      if (!(error instanceof GraphError)) throw error;
      return this.refuse(exchange, error.status, error.code, error.message);
    }
  }

  refuse(exchange: Exchange, status: number, code: string, message: string): Response {
    return respond(exchange, status, graphErrorBody(code, message, clientRequestId(exchange)));
  }

  async #authenticate({ request, origin }: Exchange): Promise<Principal> {
    const token = bearerToken(request.headers.get('authorization'));
    const code = 'InvalidAuthenticationToken';
    if (token === undefined) throw new GraphError(401, code, 'Access token is empty.');
    const claims = await readToken(this.#signingKey, token);
    if (claims === 'malformed')
      throw new GraphError(401, code, 'IDX14100: JWT is not well formed.');
    if (!graphAudiences(origin).includes(claims.audience)) {
      throw new GraphError(401, code, 'Access token validation failure. Invalid audience.');
    }
    if (claims.expiresAt * 1000 <= Date.now()) {
      const message = 'Lifetime validation failed, the token is expired.';
      throw new GraphError(401, code, message);
    }
    return claims;
  }

  #run(exchange: Exchange, principal: Principal, body: Readonly<Record<string, unknown>>) {
    this.#checkAdministrator(principal);
    const path = exchange.path.replace(/^\/graph\/+(v1\.0|beta)/i, '').replace(/\/$/, '');
    const byClientId = path.replace(/\(appId='([^']+)'\)/i, '/$1');
    for (const route of routes) {
      const match = route.method === exchange.method ? route.path.exec(byClientId) : null;
      if (!match) continue;
      const parameters = Object.entries(match.groups ?? {}).map(
        ([name, value]) => [name, decodeSegment(value)] as const,
      );
      return route.run({
        services: this.#services,
        principal,
        parameters: Object.fromEntries(parameters),
        query: exchange.url.searchParams,
        body,
      });
    }
    const message = `Resource not found for the segment '${path.split('/')[1] ?? ''}'.`;
    throw new GraphError(400, 'BadRequest', message);
  }

  #checkAdministrator({ tenantId, objectId }: Principal): void {
    const caller = findServicePrincipalByObjectId(this.#services.store, tenantId, objectId);
    if (caller?.administrator) return;
    const message = 'Insufficient privileges to complete the operation.';
    throw new GraphError(403, 'Authorization_RequestDenied', message);
  }
}

function respond(exchange: Exchange, status: number, body: unknown): Response {
  const headers = {
    'Cache-Control': 'no-cache',
    'Strict-Transport-Security': 'max-age=31536000',
    'request-id': randomUUID(),
    'client-request-id': clientRequestId(exchange),
  };
  return body === undefined
    ? new Response(null, { status, headers })
    : Response.json(body, { status, headers });
}

function clientRequestId({ request }: Exchange): string {
  return request.headers.get('client-request-id') ?? randomUUID();
}

function parseBody(text: string): Readonly<Record<string, unknown>> {
  if (text.trim() === '') return {};
  try {
    const body: unknown = JSON.parse(text);
    if (typeof body === 'object' && body !== null) return body as Record<string, unknown>;
  } catch {
    // Told below, as for any other body that is no object.
  }
  throw new GraphError(400, 'BadRequest', 'Unable to read JSON request payload.');
}
