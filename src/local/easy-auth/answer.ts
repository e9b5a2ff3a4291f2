import type { IncomingMessage, ServerResponse } from 'node:http';

export interface Answer {
  readonly status: number;
  readonly headers?: Readonly<Record<string, string>>;
  readonly body?: string;
}

const security = {
  'cache-control': 'no-store',
  'content-security-policy':
    "default-src 'none'; style-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'none'",
  // Not "no-referrer": with it, browsers send the form of this page with the origin "null".
  'referrer-policy': 'same-origin',
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
};

export function send(request: IncomingMessage, response: ServerResponse, answer: Answer): void {
  response.writeHead(answer.status, {
    ...security,
    // A body that nobody has read goes with the connection.
    ...(request.complete ? {} : { connection: 'close' }),
    ...answer.headers,
  });
  response.end(answer.body);
}

export function json(status: number, body: unknown, headers: Record<string, string> = {}): Answer {
  return {
    status,
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify(body),
  };
}

/** A refusal: what happened and what to do (RFC 9457). */
export function problem(
  status: number,
  title: string,
  detail: string,
  headers: Record<string, string> = {},
): Answer {
  return json(
    status,
    { title, status, detail },
    {
      'content-type': 'application/problem+json',
      ...headers,
    },
  );
}

export function redirect(status: 302 | 303, location: string, headers = {}): Answer {
  return { status, headers: { location, ...headers } };
}
