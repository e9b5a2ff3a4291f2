import type { IncomingHttpHeaders, ServerResponse } from 'node:http';
import type { RpcHttpCookie, RpcHttpData } from './core-api.ts';

/** Writes what a function has answered; 204 when it has answered nothing. */
export function writeAnswer(
  answer: RpcHttpData | null | undefined,
  response: ServerResponse,
): void {
  if (!answer) {
    response.writeHead(204).end();
    return;
  }
  response.statusCode = Number(answer.statusCode ?? 200);
  for (const [name, value] of Object.entries(answer.headers ?? {})) {
    response.setHeader(name, value);
  }
  for (const cookie of answer.cookies ?? []) {
    response.appendHeader('set-cookie', cookieText(cookie));
  }
  response.end(answer.body?.bytes ?? answer.body?.string ?? '');
}

/** Answers instead of the function, unless an answer has begun. */
export function refuse(response: ServerResponse, status: number): void {
  if (response.headersSent) return;
  for (const name of response.getHeaderNames()) response.removeHeader(name);
  // What nobody has read of the request goes with the connection.
  response.writeHead(status, response.req.complete ? {} : { connection: 'close' }).end();
}

/** Of one connection; they say nothing about the next one. */
const hopByHop: ReadonlySet<string> = new Set([
  'connection',
  'keep-alive',
  'transfer-encoding',
  'x-ms-invocation-id',
]);

/** The headers of an answer that is passed on. */
export function passedOn(headers: IncomingHttpHeaders): IncomingHttpHeaders {
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !hopByHop.has(name)));
}

function cookieText(cookie: RpcHttpCookie): string {
  const sameSite = cookie.sameSite === 'explicitNone' ? 'None' : cookie.sameSite;
  const expires = cookie.expires?.value?.seconds;
  const parts: [string, string | undefined][] = [
    [cookie.name ?? '', encodeURIComponent(cookie.value ?? '')],
    ['Domain', cookie.domain?.value],
    ['Path', cookie.path?.value],
    ['Expires', expires === undefined ? undefined : new Date(expires * 1000).toUTCString()],
    ['Max-Age', cookie.maxAge?.value === undefined ? undefined : String(cookie.maxAge.value)],
    ['SameSite', sameSite === 'none' ? undefined : sameSite],
  ];
  const text = parts
    .filter(([, value]) => value !== undefined)
    .map(([name, value]) => `${name}=${value}`);
  return [
    ...text,
    ...(cookie.secure?.value ? ['Secure'] : []),
    ...(cookie.httpOnly?.value ? ['HttpOnly'] : []),
  ].join('; ');
}
