import { compactVerify, decodeJwt, errors, SignJWT } from 'jose';
import type { Principal } from '../contracts.ts';
import type { SigningKey } from './signing-key.ts';

/** What Azure Resource Manager reasons about (azure-ipam 3). */
export interface TokenClaims extends Principal {
  readonly audience: string;
  /** Seconds since 1970. */
  readonly expiresAt: number;
}

/** Seconds; the answer says one less, as Entra ID does. */
export const tokenLifetimeSeconds = 3600;

/**
 * An app-only access token. Tokens live on real time, not on the clock of the platform: the caches
 * of credentials outside measure it so, and a test that moves the clock would see spurious 401s.
 */
export async function issueToken(
  key: SigningKey,
  principal: Principal,
  options: {
    readonly audience: string;
    readonly issuer?: string;
    readonly lifetimeSeconds?: number;
    /** App roles of the principal at the audience; no claim when there are none. */
    readonly roles?: readonly string[];
  },
): Promise<string> {
  const now = Math.floor(Date.now() / 1000);
  const lifetimeSeconds = options.lifetimeSeconds ?? tokenLifetimeSeconds;
  return new SignJWT({
    appid: principal.appId,
    appidacr: '1',
    idp: issuerOf(principal.tenantId),
    idtyp: 'app',
    oid: principal.objectId,
    ...(options.roles?.length ? { roles: options.roles } : {}),
    sub: principal.objectId,
    tid: principal.tenantId,
    ver: '1.0',
  })
    .setProtectedHeader({ alg: 'RS256', typ: 'JWT', kid: key.keyId, x5t: key.keyId })
    .setIssuer(options.issuer ?? issuerOf(principal.tenantId))
    .setAudience(options.audience)
    .setIssuedAt(Math.min(now, now + lifetimeSeconds))
    .setNotBefore(Math.min(now, now + lifetimeSeconds))
    .setExpirationTime(now + lifetimeSeconds)
    .sign(key.privateKey);
}

export function issuerOf(tenantId: string): string {
  return `https://sts.windows.net/${tenantId}/`;
}

/** The claims of a token that this platform signed, or what is wrong with it. Expiry is left to the caller. */
export async function readToken(
  key: SigningKey,
  token: string,
): Promise<TokenClaims | 'malformed'> {
  try {
    const { payload } = await compactVerify(token, key.publicKey, { algorithms: ['RS256'] });
    return claimsOf(JSON.parse(new TextDecoder().decode(payload))) ?? 'malformed';
  } catch (error) {
    if (error instanceof errors.JOSEError || error instanceof SyntaxError) return 'malformed';
    throw error;
  }
}

/** The tenant that a token says it is from, unchecked; for logs and the matching of faults. */
export function claimedTenant(token: string | undefined): string | undefined {
  if (token === undefined) return undefined;
  try {
    const tenant = decodeJwt(token)['tid'];
    return typeof tenant === 'string' ? tenant : undefined;
  } catch {
    return undefined;
  }
}

function claimsOf(payload: Readonly<Record<string, unknown>>): TokenClaims | undefined {
  const [tid, appid, oid, aud, exp] = ['tid', 'appid', 'oid', 'aud', 'exp'].map(
    (name) => payload[name],
  );
  if (typeof tid !== 'string' || typeof appid !== 'string' || typeof oid !== 'string') return;
  if (typeof aud !== 'string' || typeof exp !== 'number') return;
  return { tenantId: tid, appId: appid, objectId: oid, audience: aud, expiresAt: exp };
}
