import { vendingError } from '../../../model/errors.ts';
import type { Answer } from '../answer.ts';
import type { PageFile } from '../page-files.ts';
import { problemAnswer } from '../problems.ts';
import type { OpenRequest, OpenRoute } from '../route.ts';

/**
 * The page: static files, and its document for every address that it shows itself. Azure tries routes in
 * the order of the functions' names, so that of this one comes last.
 */
export const page: OpenRoute = {
  name: 'zPage',
  methods: ['GET', 'HEAD'],
  path: '{*path}',
  access: 'open',
  handle: async ({ service, pathname, headers }) => {
    const files = await service.pageFiles();
    const file = files.get(pathname.slice(1));
    if (file) return fileAnswer(file, headers);
    const document = files.get('index.html');
    if (document && wantsDocument(pathname, headers)) return fileAnswer(document, headers);
    return problemAnswer(vendingError('UnknownRoute', 'There is nothing at this address.'));
  },
};

/** What browsers navigate to; a script or a picture that is missing is missing. */
const wantsDocument = (pathname: string, headers: OpenRequest['headers']): boolean =>
  !/^\/(assets\/|\.|api(\/|$))/i.test(pathname) &&
  (pathname === '/' || (headers.get('accept') ?? '').includes('text/html'));

function fileAnswer(
  { contentType, plain, gzipped, isImmutable }: PageFile,
  headers: OpenRequest['headers'],
): Answer {
  const takesGzip = /\bgzip\b(?!\s*;\s*q=0(\.0*)?\s*(,|$))/.test(
    headers.get('accept-encoding') ?? '',
  );
  const isGzipped = gzipped !== undefined && takesGzip;
  return {
    status: 200,
    headers: {
      'content-type': contentType,
      'cache-control': isImmutable ? 'public, max-age=31536000, immutable' : 'no-cache',
      vary: 'accept-encoding',
      ...(isGzipped ? { 'content-encoding': 'gzip' } : {}),
    },
    body: isGzipped ? gzipped : plain,
  };
}
