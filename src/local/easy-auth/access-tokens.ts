import { decodeProtectedHeader, errors, type JWTPayload, jwtVerify } from 'jose';
import type { SigningKey } from '../azure/entra/signing-key.ts';
import { issuerOf } from '../azure/entra/tokens.ts';

/** The audience of tokens for this product's API. */
export const apiAudience = 'api://vnet-vending';

/** Thrown for an access token that is not believed; the message is for whoever sent it. */
export class AccessTokenError extends Error {}

/** Whether a bearer token is one of Entra ID; sessions are signed otherwise. */
export function isAccessToken(token: string): boolean {
  try {
    return decodeProtectedHeader(token).alg === 'RS256';
  } catch {
    return false;
  }
}

/**
 * The claims of an access token of the emulated Entra ID for this API.
 *
 * @throws AccessTokenError when it is none, or no longer
 */
export async function readAccessToken(key: SigningKey, token: string): Promise<JWTPayload> {
  try {
    const { payload } = await jwtVerify(token, key.publicKey, {
      algorithms: ['RS256'],
      audience: apiAudience,
      requiredClaims: ['exp', 'oid', 'tid'],
    });
    if (payload.iss === issuerOf(String(payload['tid']))) return payload;
    throw new AccessTokenError('The access token is of another issuer than its tenant.');
  } catch (error) {
    if (error instanceof errors.JWTExpired) {
      throw new AccessTokenError('The access token has expired; ask for a new one.');
    }
    if (error instanceof errors.JWTClaimValidationFailed && error.claim === 'aud') {
      throw new AccessTokenError(
        `The access token is for another audience; ask for one with the scope ${apiAudience}/.default.`,
      );
    }
    if (!(error instanceof errors.JOSEError)) throw error;
    throw new AccessTokenError('The access token is none of the emulated Entra ID.');
  }
}
