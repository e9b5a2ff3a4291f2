import type { IncomingHttpHeaders } from 'node:http';

const loopbackHost = /^(127\.0\.0\.1|localhost|\[::1\])(:\d{1,5})?$/i;

/**
 * Whether a request is meant for this machine. A foreign page can make its own name resolve to
 * 127.0.0.1 (DNS rebinding), and would then be of the same origin as this site.
 */
export function isForThisMachine({ host }: IncomingHttpHeaders): boolean {
  return host !== undefined && loopbackHost.test(host);
}

/** Whether a browser says that a page of another origin sends this. Other clients say nothing. */
export function isFromForeignPage(headers: IncomingHttpHeaders): boolean {
  const site = headers['sec-fetch-site'];
  if (site !== undefined && site !== 'same-origin' && site !== 'none') return true;
  return headers.origin !== undefined && headers.origin !== `http://${headers.host}`;
}
