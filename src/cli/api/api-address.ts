import { usageError } from '../cli-error.ts';

/** Where a local platform listens unless it is told otherwise. */
export const defaultApi = 'http://127.0.0.1:7071';

export interface ApiAddress {
  /** Origin, and the path in front of `api/` if there is one; ends with `/`. */
  readonly url: URL;
  readonly source: '--api' | 'VNETV_API' | 'default';
  /** On this machine: plain http is good enough, and there may be a local sign-in. */
  readonly isLoopback: boolean;
}

/**
 * The API's address, from option, environment or default. Tokens go there, so it must be https, or
 * http on this machine: anything else is refused before anything is sent.
 */
export function apiAddress(
  option: string | undefined,
  env: Readonly<Record<string, string | undefined>>,
): ApiAddress {
  const [text, source] = option
    ? ([option, '--api'] as const)
    : env['VNETV_API']
      ? ([env['VNETV_API'], 'VNETV_API'] as const)
      : ([defaultApi, 'default'] as const);
  const url = URL.parse(text.trim());
  if (url === null || !/^https?:$/.test(url.protocol) || url.search !== '' || url.hash !== '') {
    throw usageError(
      `'${text}' (${source}) is no address of an API.`,
      'Give its address, such as https://vending.example.com.',
    );
  }
  if (url.username !== '' || url.password !== '') {
    throw usageError(
      `The address of the API (${source}) must not hold a user name or password.`,
      'Give the address alone; who you are comes from the sign-in.',
    );
  }
  const isLoopback = isLoopbackHost(url.hostname);
  if (url.protocol === 'http:' && !isLoopback) {
    throw usageError(
      `${url.origin} (${source}) would be sent your token in clear text.`,
      'Give an https address; plain http is for this machine only.',
    );
  }
  if (!url.pathname.endsWith('/')) url.pathname += '/';
  return { url, source, isLoopback };
}

/** What nobody can point elsewhere; a name that a name server resolves does not count. */
function isLoopbackHost(hostname: string): boolean {
  return /^127(\.\d{1,3}){3}$/.test(hostname) || hostname === '[::1]' || hostname === 'localhost';
}
