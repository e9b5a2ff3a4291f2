import { type VendingError, vendingError } from '../../model/errors.ts';

interface Headers {
  get(name: string): string | null;
}

/** The page sends it; a form or a simple request of another site cannot. */
export const pageHeader = 'x-vnetv-csrf';

/**
 * Why a request that changes something is not taken: a page of another site may have made the browser
 * send it, with the caller's cookie. Programs say nothing of where they come from and have no cookie.
 * @param url of the request, as the host sees it
 * @param publicOrigin where the app is published, if not where the host sees it
 */
export function crossSiteRefusal(
  headers: Headers,
  url: string,
  publicOrigin: string | undefined,
): VendingError | undefined {
  const type = headers.get('content-type') ?? '';
  if (!/^application\/json\s*(;\s*charset="?utf-8"?\s*)?$/i.test(type)) {
    return vendingError('UnsupportedMediaType', 'The body of the request is not said to be JSON.');
  }
  const site = headers.get('sec-fetch-site');
  if (site !== null && site !== 'same-origin' && site !== 'none') {
    return vendingError('CrossSiteRequest', 'The request comes from a page of another site.');
  }
  const origin = headers.get('origin');
  if (origin !== null && !isOwn(origin, url, publicOrigin)) {
    return vendingError('CrossSiteRequest', 'The request comes from another origin.');
  }
  if (headers.get('cookie') !== null && headers.get(pageHeader) !== '1') {
    return vendingError(
      'CrossSiteRequest',
      `The request carries a cookie, but not the header ${pageHeader} of the page.`,
    );
  }
  return undefined;
}

/** TLS may end before the host, which then sees http. */
function isOwn(origin: string, url: string, publicOrigin: string | undefined): boolean {
  const own = new URL(url);
  return [own.origin, `https://${own.host}`, publicOrigin].includes(origin);
}
