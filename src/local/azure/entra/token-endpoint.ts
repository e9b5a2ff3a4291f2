import type { AzureServices, Principal } from '../contracts.ts';
import type { ApplicationDocument } from '../documents.ts';
import { assignedRoles, findResource, type Resource } from './app-roles.ts';
import { graphAudiences, resourceManagerAudiences, tokenExchangeAudience } from './audiences.ts';
import { checkClientAssertion } from './client-assertion.ts';
import {
  findApplication,
  findClientSecret,
  findServicePrincipal,
  findTenant,
  maySignInTo,
} from './directory.ts';
import { EntraError } from './entra-error.ts';
import type { SigningKey } from './signing-key.ts';
import { issueToken, tokenLifetimeSeconds } from './tokens.ts';

export interface TokenRequest {
  /** Tenant of the path. */
  readonly tenant: string;
  readonly form: URLSearchParams;
  readonly origin: string;
}

export interface TokenAnswer {
  readonly token_type: 'Bearer';
  readonly expires_in: number;
  readonly ext_expires_in: number;
  readonly access_token: string;
}

/**
 * Client credentials flow of Entra ID (azure-ipam 3), with a client secret or a client assertion;
 * `scope` (v2) or `resource` (v1) names what the token is for.
 *
 * @throws EntraError with the AADSTS code that tells the reason.
 */
export async function answerTokenRequest(
  services: AzureServices,
  signingKey: SigningKey,
  request: TokenRequest,
): Promise<TokenAnswer> {
  const { form, origin } = request;
  const tenant = findTenant(services.store, request.tenant);
  if (!tenant) {
    throw new EntraError(
      90002,
      `Tenant '${request.tenant}' not found. Check to make sure you have the correct tenant ID and are signing into the correct cloud. Check with your subscription administrator, this may happen if there are no active subscriptions for the tenant.`,
    );
  }
  const grantType = required(form, 'grant_type');
  if (grantType !== 'client_credentials') {
    throw new EntraError(
      70003,
      `The app requested an unsupported grant type '${grantType}'. Use 'client_credentials'.`,
    );
  }
  const clientId = required(form, 'client_id');
  const { audience, resource } = audienceOf(services, form, origin, tenant.tenantId);
  const { application, principal } = findPrincipal(services, clientId, tenant.tenantId);
  await checkCredential(form, application, { origin, signingKey });
  const accessToken = await issueToken(signingKey, principal, {
    audience,
    ...(resource ? { roles: assignedRoles(services.store, resource, principal.objectId) } : {}),
    // Tokens for the exchange are of version 2; their issuer is what federated credentials name.
    ...(audience === tokenExchangeAudience ? { issuer: `${origin}/${tenant.tenantId}/v2.0` } : {}),
  });
  return {
    token_type: 'Bearer',
    expires_in: tokenLifetimeSeconds - 1,
    ext_expires_in: tokenLifetimeSeconds - 1,
    access_token: accessToken,
  };
}

function required(form: URLSearchParams, name: string): string {
  const value = form.get(name);
  if (value) return value;
  throw new EntraError(900144, `The request body must contain the following parameter: '${name}'.`);
}

/** What the token is for: a service of Azure, or an application that the tenant knows. */
function audienceOf(
  { store }: AzureServices,
  form: URLSearchParams,
  origin: string,
  tenantId: string,
): { readonly audience: string; readonly resource?: Resource } {
  const version1 = form.get('resource');
  const scope = version1 === null ? required(form, 'scope') : `${version1}/.default`;
  if (!scope.endsWith('/.default')) {
    throw new EntraError(
      1002012,
      `The provided value for scope ${scope} is not valid. Client credential flows must have a scope value with /.default suffixed to the resource identifier (application ID URI).`,
    );
  }
  const audience = scope.slice(0, -'/.default'.length);
  const known = [
    ...resourceManagerAudiences(origin),
    ...graphAudiences(origin),
    tokenExchangeAudience,
  ];
  const resource = findResource(store, tenantId, audience);
  if (resource) return { audience, resource };
  if (!known.includes(audience)) {
    throw new EntraError(
      500011,
      `The resource principal named ${audience} was not found in the tenant named ${tenantId}. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You might have sent your authentication request to the wrong tenant.`,
    );
  }
  return { audience };
}

function findPrincipal(
  services: AzureServices,
  clientId: string,
  tenantId: string,
): { readonly application: ApplicationDocument; readonly principal: Principal } {
  const { store, switches } = services;
  const application = findApplication(store, clientId);
  if (!application) throw applicationNotFound(clientId, tenantId);
  const servicePrincipal = findServicePrincipal(store, tenantId, clientId);
  if (!maySignInTo(application, tenantId)) {
    throw servicePrincipal && switches.singleTenantApplicationAbroad === 50194
      ? new EntraError(
          50194,
          `Application '${application.clientId}'(${application.displayName}) is not configured as a multi-tenant application. Use a tenant-specific endpoint or configure the application to be multi-tenant.`,
        )
      : applicationNotFound(clientId, tenantId);
  }
  if (!servicePrincipal) {
    throw new EntraError(
      7000229,
      `The client application ${application.clientId} is missing service principal in the tenant ${tenantId}. See instructions here: https://go.microsoft.com/fwlink/?linkid=2225119`,
    );
  }
  return {
    application,
    principal: { tenantId, appId: application.clientId, objectId: servicePrincipal.objectId },
  };
}

function applicationNotFound(clientId: string, tenantId: string): EntraError {
  return new EntraError(
    700016,
    `Application with identifier '${clientId}' was not found in the directory '${tenantId}'. This can happen if the application has not been installed by the administrator of the tenant or consented to by any user in the tenant. You may have sent your authentication request to the wrong tenant.`,
  );
}

async function checkCredential(
  form: URLSearchParams,
  application: ApplicationDocument,
  options: { readonly origin: string; readonly signingKey: SigningKey },
): Promise<void> {
  const assertion = form.get('client_assertion');
  const secret = form.get('client_secret');
  if (assertion) {
    await checkClientAssertion(assertion, application, options);
  } else if (secret) {
    checkClientSecret(secret, application);
  } else {
    throw new EntraError(
      7000218,
      `The request body must contain the following parameter: 'client_assertion' or 'client_secret'.`,
    );
  }
}

function checkClientSecret(secret: string, application: ApplicationDocument): void {
  const known = findClientSecret(application, secret);
  if (!known) {
    throw new EntraError(
      7000215,
      `Invalid client secret provided. Ensure the secret being sent in the request is the client secret value, not the client secret ID, for a secret added to app '${application.clientId}'.`,
    );
  }
  if (Date.parse(known.endDateTime) <= Date.now()) {
    throw new EntraError(
      7000222,
      `The provided client secret keys for app '${application.clientId}' are expired. Visit the Azure portal to create new keys for your app: https://aka.ms/NewClientSecret, or consider using certificate credentials for added security: https://aka.ms/certCreds.`,
    );
  }
}
