import type { CatalogueEntry } from '../errors.ts';

/** What only callers of the HTTP API meet. */
export const apiErrors = {
  NotSignedIn: {
    kind: 'terminal',
    cause: 'The API answers nobody whom the platform has not signed in.',
    remedy: 'Sign in, then try again.',
  },
  CrossSiteRequest: {
    kind: 'terminal',
    cause: 'A page of another site could have sent the request without the caller knowing.',
    remedy:
      'Send it from the page of this app or from a program; with a cookie, send the header x-vnetv-csrf: 1, too.',
  },
  UnknownRoute: {
    kind: 'terminal',
    cause: 'The API has no such address, or the caller may not see what is there.',
    remedy: 'Look into docs/api.md, or ask GET /api/openapi.json for the routes.',
  },
  MethodNotAllowed: {
    kind: 'terminal',
    cause: 'The address exists, but not for this method.',
    remedy: 'Use one of the methods that the header allow lists.',
  },
  UnsupportedMediaType: {
    kind: 'terminal',
    cause: 'The API reads JSON only.',
    remedy: 'Send the body as JSON, with content-type: application/json.',
  },
  ParameterInvalid: {
    kind: 'terminal',
    cause: 'A parameter of the address or a header does not have the form it should have.',
    remedy: 'Correct what the message names.',
  },
  IdempotencyKeyMissing: {
    kind: 'terminal',
    cause: 'Without a key, a request that is sent twice would be made twice.',
    remedy: 'Send the header Idempotency-Key with a new UUID, or give the request an id.',
  },
  IdempotencyKeyReused: {
    kind: 'terminal',
    cause: 'An Idempotency-Key stands for one content; it came before with another one.',
    remedy: 'Send what is new under a new key.',
  },
  TooManyRequests: {
    kind: 'retryable',
    cause: 'The caller asks more often than the limit allows.',
    remedy: 'Wait as long as the header retry-after says.',
  },
} as const satisfies Record<string, CatalogueEntry>;
