import type { AccessToken, TokenCredential } from '@azure/identity';
import { z } from 'zod';
import { sameId } from '../azure/arm-ids.ts';
import type { TenantName } from './administration.ts';

/** A token that ends sooner than this is not used any more. */
const reserveMs = 5 * 60_000;

/**
 * Graph has no tenant in its addresses: a token of another tenant would change that one. Tools may be signed in
 * elsewhere than they were asked for. Each token is asked for once: tools of Azure take a second for it.
 */
export function ofTenant(
  credential: TokenCredential,
  { tenantId }: Pick<TenantName, 'tenantId'>,
): TokenCredential {
  const known = new Map<string, AccessToken>();
  return {
    async getToken(scopes, options) {
      const key = [scopes].flat().join(' ');
      const cached = known.get(key);
      const isFresh = (cached?.expiresOnTimestamp ?? 0) - reserveMs > Date.now();
      // Claims are asked for when the last token was not believed.
      if (cached && isFresh && options?.claims === undefined) return cached;
      const token = await credential.getToken(scopes, options);
      if (token === null) return null;
      const { tid } = claimsOf(token.token);
      if (tid === undefined || !sameId(tid, tenantId)) {
        throw new CredentialOfOtherTenant(
          tid === undefined
            ? 'The token does not say of which tenant it is.'
            : `The token is one of tenant ${tid}.`,
        );
      }
      known.set(key, token);
      return token;
    },
  };
}

class CredentialOfOtherTenant extends Error {
  override readonly name = 'CredentialOfOtherTenant';
}

const claimsSchema = z.object({
  tid: z.string().optional(),
  upn: z.string().optional(),
  unique_name: z.string().optional(),
  appid: z.string().optional(),
});

/** Read, not verified: the services do that. Empty where a token tells nothing. */
function claimsOf(token: string): z.output<typeof claimsSchema> {
  try {
    const claims = Buffer.from(token.split('.')[1] ?? '', 'base64url').toString('utf8');
    return claimsSchema.parse(JSON.parse(claims));
  } catch {
    return {};
  }
}

/** Whom a token speaks for, for people. */
export function personOf(token: string): string {
  const { upn, unique_name: name, appid } = claimsOf(token);
  return upn ?? name ?? (appid === undefined ? 'somebody' : `application ${appid}`);
}
