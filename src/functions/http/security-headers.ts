/**
 * On every answer, the page's as well as the API's. Nothing inline, nothing from another host, no frame
 * around it; and an answer of the API is JSON, whatever a browser would like to see in it.
 */
export const securityHeaders: Readonly<Record<string, string>> = {
  'content-security-policy':
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; connect-src 'self'; " +
    "base-uri 'none'; form-action 'self'; frame-ancestors 'none'",
  'x-content-type-options': 'nosniff',
  'x-frame-options': 'DENY',
  // Not `no-referrer`: browsers would hide the origin of forms as well, which tells foreign pages from ours.
  'referrer-policy': 'same-origin',
  'cross-origin-opener-policy': 'same-origin',
  'cross-origin-resource-policy': 'same-origin',
  'permissions-policy': 'camera=(), geolocation=(), microphone=(), payment=(), usb=()',
  'strict-transport-security': 'max-age=31536000',
};

/** What the API answers is about one caller at one moment. */
export const apiHeaders: Readonly<Record<string, string>> = {
  'cache-control': 'no-store',
  ...securityHeaders,
};
