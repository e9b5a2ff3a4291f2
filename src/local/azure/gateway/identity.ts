import { ArmError, type AzureServices, type Principal } from '../contracts.ts';
import { publicResourceManagerAudiences, resourceManagerAudiences } from '../entra/audiences.ts';
import type { SigningKey } from '../entra/signing-key.ts';
import { issuerOf, readToken, type TokenClaims } from '../entra/tokens.ts';
import type { Exchange } from '../exchange.ts';

/** The token of an `Authorization` header, if there is one. */
export function bearerToken(header: string | null): string | undefined {
  return /^Bearer\s+(\S+)$/i.exec(header ?? '')?.[1];
}

/** The tokens of `x-ms-authorization-auxiliary`; older clients separate them with `;` (azure-ipam 8.1). */
export function auxiliaryTokens(header: string | null): readonly string[] {
  return (header ?? '')
    .split(/[,;]/)
    .map((part) => part.trim().replace(/^(Encrypted)?Bearer\s+/i, ''))
    .filter((token) => token !== '');
}

/**
 * Check 1: the primary token (azure-ipam 8.2).
 *
 * @param requiredTenantId tenant of the subscription in the URL, if there is one.
 * @throws ArmError 401
 */
export async function checkPrimaryToken(
  { request: { headers }, origin }: Exchange,
  signingKey: SigningKey,
  requiredTenantId: string | undefined,
): Promise<Principal> {
  const header = headers.get('authorization');
  if (!header) {
    throw unauthorized(
      'AuthenticationFailed',
      "Authentication failed. The 'Authorization' header is missing.",
      requiredTenantId,
    );
  }
  const token = bearerToken(header);
  if (token === undefined) {
    throw unauthorized(
      'AuthenticationFailedInvalidHeader',
      "Authentication failed. The 'Authorization' header is provided in an invalid format.",
      requiredTenantId,
    );
  }
  const claims = await readToken(signingKey, token);
  if (claims === 'malformed') {
    throw unauthorized(
      'InvalidAuthenticationToken',
      'The access token is invalid.',
      requiredTenantId,
    );
  }
  checkAudience(claims, origin, requiredTenantId);
  if (isExpired(claims)) {
    throw unauthorized('ExpiredAuthenticationToken', expiryMessage(claims), requiredTenantId);
  }
  if (requiredTenantId && claims.tenantId.toLowerCase() !== requiredTenantId.toLowerCase()) {
    throw unauthorized(
      'InvalidAuthenticationTokenTenant',
      `The access token is from the wrong issuer '${issuerOf(claims.tenantId)}'. It must match the tenant '${issuerOf(requiredTenantId)}' associated with this subscription. Please use the authority (URL) 'https://login.windows.net/${requiredTenantId}' to get the token. Note, if the subscription is transferred to another tenant there is no impact to the services, but information about new tenant could take time to propagate (up to an hour). If you just transferred your subscription and see this error message, please try back later.`,
      requiredTenantId,
    );
  }
  return claims;
}

/**
 * Check 2: the auxiliary tokens (azure-ipam 8.1, 8.3).
 *
 * @throws ArmError 401
 */
export async function checkAuxiliaryTokens(
  services: AzureServices,
  signingKey: SigningKey,
  { request: { headers }, origin }: Exchange,
  primary: Principal,
): Promise<readonly Principal[]> {
  const tokens = auxiliaryTokens(headers.get('x-ms-authorization-auxiliary'));
  const most = services.switches.mostAuxiliaryTokens;
  if (tokens.length > most) {
    throw auxiliaryRefused(
      'InvalidAuthenticationToken',
      `The '${tokens.length}' auxiliary tokens are more than the '${most}' that are allowed.`,
      primary,
    );
  }
  const claims: TokenClaims[] = [];
  for (const token of tokens) {
    claims.push(await checkAuxiliaryToken(token, origin, signingKey, primary));
  }
  const others = claims.filter((each) => each.appId.toLowerCase() !== primary.appId.toLowerCase());
  if (others.length > 0) {
    throw auxiliaryRefused(
      'AuxiliaryTokensInvalidApplicationIdentity',
      `The '${others.length}' auxiliary tokens are either not application token(s) or are from the application(s) '${others.map((each) => each.appId).join(', ')}' which are different from the application of primary identity '${primary.appId}'.`,
      primary,
      'The authentication failed because some auxiliary tokens are not from the same application as primary token.',
    );
  }
  const tenants = [primary, ...claims].map((each) => each.tenantId.toLowerCase());
  const duplicates = tenants.length - new Set(tenants).size;
  if (duplicates > 0) {
    throw unauthorized(
      services.switches.duplicateTenantTokenCode,
      `Authentication failed for auxiliary token: The '${duplicates}' auxiliary tokens contains duplicates which are from the same tenant.`,
      primary.tenantId,
    );
  }
  return claims;
}

async function checkAuxiliaryToken(
  token: string,
  origin: string,
  signingKey: SigningKey,
  primary: Principal,
): Promise<TokenClaims> {
  const claims = await readToken(signingKey, token);
  if (claims === 'malformed' || !resourceManagerAudiences(origin).includes(claims.audience)) {
    throw auxiliaryRefused('InvalidAuthenticationToken', 'The access token is invalid.', primary);
  }
  if (isExpired(claims)) {
    throw auxiliaryRefused(
      'ExpiredAuthenticationToken',
      `The token of client '${claims.appId}' and tenant '${claims.tenantId}' is not valid. ${expiryMessage(claims)}`,
      primary,
    );
  }
  return claims;
}

function checkAudience(
  claims: TokenClaims,
  origin: string,
  requiredTenantId: string | undefined,
): void {
  if (resourceManagerAudiences(origin).includes(claims.audience)) return;
  const allowed = publicResourceManagerAudiences.map((audience) => `'${audience}'`).join(',');
  throw unauthorized(
    'InvalidAuthenticationTokenAudience',
    `The access token has been obtained for wrong audience or resource '${claims.audience}'. It should exactly match with one of the allowed audiences ${allowed}.`,
    requiredTenantId ?? claims.tenantId,
  );
}

function isExpired(claims: TokenClaims): boolean {
  return claims.expiresAt * 1000 <= Date.now();
}

function expiryMessage(claims: TokenClaims): string {
  const expiry = americanTime(new Date(claims.expiresAt * 1000));
  return `The access token expiry UTC time '${expiry}' is earlier than current UTC time '${americanTime(new Date())}'.`;
}

/** `3/19/2023 8:55:46 AM`, as the gateway writes times. */
function americanTime(time: Date): string {
  return time
    .toLocaleString('en-US', { timeZone: 'UTC', hour12: true })
    .replace(',', '')
    .replaceAll('\u202f', ' ');
}

function auxiliaryRefused(
  code: string,
  reason: string,
  primary: Principal,
  description?: string,
): ArmError {
  const message = `Authentication failed for auxiliary token: '${reason}'`;
  return unauthorized(code, message, primary.tenantId, description);
}

function unauthorized(
  code: string,
  message: string,
  tenantId: string | undefined,
  description = message,
): ArmError {
  const authority = `https://login.windows.net/${tenantId ?? 'common'}`;
  return new ArmError(401, code, message, 'gateway', {
    headers: {
      'WWW-Authenticate': `Bearer authorization_uri="${authority}", error="invalid_token", error_description="${description.replaceAll('"', "'")}"`,
      Connection: 'close',
    },
  });
}
