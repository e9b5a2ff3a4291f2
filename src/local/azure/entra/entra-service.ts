import { randomUUID } from 'node:crypto';
import type { AzureServices } from '../contracts.ts';
import type { Exchange, Service } from '../exchange.ts';
import { decodeSegment } from '../gateway/resource-ids.ts';
import { findTenant } from './directory.ts';
import { EntraError, entraErrorBody } from './entra-error.ts';
import type { SigningKey } from './signing-key.ts';
import { answerTokenRequest } from './token-endpoint.ts';

/** Aliases that stand for any tenant in the metadata. */
const anyTenant = ['common', 'organizations'];

/** Whether a path belongs to Entra ID: its first segment is a tenant, or an alias of all. */
export function isEntraPath(path: string): boolean {
  return /^\/[^/]+\/(v2\.0\/\.well-known|\.well-known|oauth2|discovery)\//i.test(path);
}

/** The tenant of a path of Entra ID. */
export function tenantOfEntraPath(path: string): string {
  return decodeSegment(path.split('/')[1] ?? '');
}

/** Entra ID: OpenID metadata, signing keys and the token endpoint. */
export class EntraService implements Service {
  readonly #services: AzureServices;
  readonly #signingKey: SigningKey;

  constructor(services: AzureServices, signingKey: SigningKey) {
    this.#services = services;
    this.#signingKey = signingKey;
  }

  async answer(exchange: Exchange): Promise<Response> {
    try {
      return Response.json(await this.#bodyOf(exchange), { headers: headersOf(exchange) });
    } catch (error) {
      if (error instanceof EntraError) return refusal(exchange, error.status, error);
      throw error;
    }
  }

  refuse(exchange: Exchange, status: number, code: string, message: string): Response {
    const aadsts = /^AADSTS(\d+)$/i.exec(code)?.[1];
    if (aadsts !== undefined) {
      return refusal(exchange, status, new EntraError(Number(aadsts), message));
    }
    const error = status >= 500 || status === 429 ? 'temporarily_unavailable' : code;
    return refusal(exchange, status, { aadsts: 90033, error, message });
  }

  async #bodyOf(exchange: Exchange): Promise<unknown> {
    const { method, origin, url } = exchange;
    const path = exchange.path.toLowerCase();
    if (/^\/common\/discovery\/instance$/.test(path)) {
      return instanceDiscovery(origin, url.searchParams);
    }
    const tenant = this.#tenantIn(exchange.path);
    if (method === 'GET' && path.endsWith('/.well-known/openid-configuration')) {
      return openIdConfiguration(origin, tenant, path.includes('/v2.0/'));
    }
    if (method === 'GET' && /\/discovery\/(v2\.0\/)?keys$/.test(path)) {
      return { keys: [this.#signingKey.publicJwk] };
    }
    if (method === 'POST' && /\/oauth2\/(v2\.0\/)?token$/.test(path)) {
      const form = new URLSearchParams(await exchange.request.text());
      takeBasicCredentials(form, exchange.request.headers.get('authorization'));
      return answerTokenRequest(this.#services, this.#signingKey, { tenant, form, origin });
    }
    throw new EntraError(900561, `The endpoint does not accept ${method} requests.`);
  }

  #tenantIn(path: string): string {
    const asked = tenantOfEntraPath(path);
    if (anyTenant.includes(asked.toLowerCase())) return '{tenantid}';
    const tenant = findTenant(this.#services.store, asked);
    if (tenant) return tenant.tenantId;
    throw new EntraError(
      90002,
      `Tenant '${asked}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    );
  }
}

/** `client_secret_basic`: id and secret in the Authorization header, form-encoded (RFC 6749, 2.3.1). */
function takeBasicCredentials(form: URLSearchParams, header: string | null): void {
  const encoded = /^Basic\s+(\S+)$/i.exec(header ?? '')?.[1];
  if (encoded === undefined) return;
  const [id = '', ...secret] = Buffer.from(encoded, 'base64').toString().split(':');
  const decode = (text: string) => decodeSegment(text.replaceAll('+', ' '));
  if (!form.has('client_id')) form.set('client_id', decode(id));
  if (!form.has('client_secret')) form.set('client_secret', decode(secret.join(':')));
}

function refusal(
  exchange: Exchange,
  status: number,
  error: { readonly aadsts: number; readonly error: string; readonly message: string },
): Response {
  const body = entraErrorBody(error, exchange.origin, correlationIdOf(exchange));
  return Response.json(body, { status, headers: headersOf(exchange) });
}

function correlationIdOf({ request, url }: Exchange): string {
  return (
    request.headers.get('client-request-id') ??
    url.searchParams.get('client-request-id') ??
    randomUUID()
  );
}

function headersOf(exchange: Exchange): Record<string, string> {
  return {
    'Cache-Control': 'no-store, no-cache',
    Pragma: 'no-cache',
    Expires: '-1',
    'Strict-Transport-Security': 'max-age=31536000; includeSubDomains',
    'X-Content-Type-Options': 'nosniff',
    'x-ms-request-id': randomUUID(),
    'client-request-id': correlationIdOf(exchange),
  };
}

function openIdConfiguration(origin: string, tenant: string, isVersion2: boolean): unknown {
  const version = isVersion2 ? '/v2.0' : '';
  return {
    token_endpoint: `${origin}/${tenant}/oauth2${version}/token`,
    token_endpoint_auth_methods_supported: [
      'client_secret_post',
      'private_key_jwt',
      'client_secret_basic',
    ],
    jwks_uri: `${origin}/${tenant}/discovery${version}/keys`,
    response_modes_supported: ['query', 'fragment', 'form_post'],
    subject_types_supported: ['pairwise'],
    id_token_signing_alg_values_supported: ['RS256'],
    response_types_supported: ['code', 'id_token', 'code id_token', 'token'],
    scopes_supported: ['openid', 'profile', 'email', 'offline_access'],
    issuer: isVersion2 ? `${origin}/${tenant}/v2.0` : `https://sts.windows.net/${tenant}/`,
    authorization_endpoint: `${origin}/${tenant}/oauth2${version}/authorize`,
    device_authorization_endpoint: `${origin}/${tenant}/oauth2${version}/devicecode`,
    end_session_endpoint: `${origin}/${tenant}/oauth2${version}/logout`,
    claims_supported: ['sub', 'iss', 'aud', 'exp', 'iat', 'tid', 'ver'],
    tenant_region_scope: 'NA',
    cloud_instance_name: new URL(origin).host,
    cloud_graph_host_name: 'graph.windows.net',
    msgraph_host: new URL(origin).host,
    rbac_url: origin,
  };
}

function instanceDiscovery(origin: string, query: URLSearchParams): unknown {
  const { host } = new URL(origin);
  const endpoint = URL.parse(query.get('authorization_endpoint') ?? '');
  const tenant = endpoint?.pathname.split('/')[1] || 'common';
  return {
    tenant_discovery_endpoint: `${origin}/${tenant}/v2.0/.well-known/openid-configuration`,
    'api-version': '1.1',
    metadata: [{ preferred_network: host, preferred_cache: host, aliases: [host] }],
  };
}
