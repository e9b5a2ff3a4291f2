import { createHash, timingSafeEqual } from 'node:crypto';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import { type Caller, readPrincipal } from './principal.ts';

/** Who stands in front of the app, signs callers in and says who they are. */
export type Authentication =
  /** App Service authentication: it takes the headers away that only it may set. */
  | { readonly by: 'app-service'; readonly signInUrl: string }
  /** The local platform, which proves each header by a key that it made at its start. */
  | { readonly by: 'local-platform'; readonly signInUrl: string; readonly key: string };

/** The header that names the caller. */
export const principalHeader = 'x-ms-client-principal';
/** On the local platform: the proof that the platform has set that header. */
export const principalKeyHeader = 'x-vnetv-principal-key';

interface Headers {
  get(name: string): string | null;
}

/** Who calls. A principal that did not come from the platform is as good as none. */
export function authenticate(headers: Headers, authentication: Authentication): Outcome<Caller> {
  const principal = headers.get(principalHeader);
  if (principal === null) return failure(notSignedIn('The request names no signed-in caller.'));
  if (authentication.by === 'local-platform' && !hasKey(headers, authentication.key)) {
    return failure(notSignedIn('The header that names the caller did not come from the platform.'));
  }
  const caller = readPrincipal(principal, authentication.by);
  return caller
    ? success(caller)
    : failure(
        notSignedIn('What the platform says of the caller names nobody of Microsoft Entra ID.', {
          cause: 'Object id and tenant id say who somebody is; one is missing, or not one GUID.',
        }),
      );
}

const notSignedIn = (message: string, options: { cause?: string } = {}): VendingError =>
  vendingError('NotSignedIn', message, options);

/** In constant time, whatever the lengths: digests have one length. */
function hasKey(headers: Headers, key: string): boolean {
  const digest = (text: string) => createHash('sha256').update(text).digest();
  return timingSafeEqual(digest(headers.get(principalKeyHeader) ?? ''), digest(key));
}
