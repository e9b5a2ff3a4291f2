import { sessionLifetimeSeconds } from './sessions.ts';

/** As App Service authentication names it. */
const name = 'AppServiceAuthSession';

export function sessionCookie(token: string): Record<string, string> {
  return setCookie(token, sessionLifetimeSeconds);
}

export function endSessionCookie(): Record<string, string> {
  return setCookie('', 0);
}

/** The page is on http here, so the cookie cannot be `Secure`. */
function setCookie(value: string, maxAgeSeconds: number): Record<string, string> {
  const attributes = `Path=/; HttpOnly; SameSite=Lax; Max-Age=${maxAgeSeconds}`;
  return { 'set-cookie': `${name}=${value}; ${attributes}` };
}

export function sessionOfCookies(header: string | undefined): string | undefined {
  for (const cookie of (header ?? '').split(';')) {
    const [key, value] = cookie.split('=', 2);
    if (key?.trim() === name && value) return value.trim();
  }
  return undefined;
}
