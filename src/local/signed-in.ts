import type { PlatformReady } from './ready-file.ts';

/** `fetch`, with a path of the API for the address. */
export type SignedInFetch = (path: string, init?: RequestInit) => Promise<Response>;

/** Asks the API as somebody of the list of people; signs in at the first call. */
export function signedIn(
  { api, signIn }: Pick<PlatformReady, 'api' | 'signIn'>,
  personKey: string,
): SignedInFetch {
  let token: Promise<string> | undefined;
  return async (path, init = {}) => {
    token ??= sessionOf(signIn, personKey);
    const headers = new Headers(init.headers);
    headers.set('authorization', `Bearer ${await token}`);
    return await fetch(new URL(path, api), { ...init, headers });
  };
}

async function sessionOf(signIn: string, person: string): Promise<string> {
  const answer = await fetch(signIn, {
    method: 'POST',
    headers: { accept: 'application/json' },
    body: new URLSearchParams({ person }),
  });
  if (!answer.ok) throw new Error(`Nobody could sign in as '${person}': ${await answer.text()}`);
  return ((await answer.json()) as { token: string }).token;
}
