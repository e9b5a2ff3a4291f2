import { vendingError } from '../../../model/errors.ts';
import { problemAnswer } from '../problems.ts';
import type { OpenRoute, Route } from '../route.ts';

/**
 * What lies under api/ and is no route, or is one for another method. Azure tries routes in the order of
 * the functions' names, so that of this one comes after all others of the API.
 */
export const unknownRoute = (routes: readonly Route[]): OpenRoute => ({
  name: 'yUnknownRoute',
  methods: ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'],
  path: 'api/{*path}',
  access: 'open',
  handle: async ({ method, pathname }) => {
    const parts = pathname.split('/').filter((part) => part !== '');
    const allowed = routes.filter(({ path }) => isAt(path, parts)).map((route) => route.method);
    if (allowed.length === 0) {
      return problemAnswer(vendingError('UnknownRoute', 'The API has nothing at this address.'));
    }
    const allow = [...new Set(allowed)].join(', ');
    return problemAnswer(
      vendingError('MethodNotAllowed', `The address takes ${allow}, not ${method}.`),
      { headers: { allow } },
    );
  },
});

function isAt(path: string, parts: readonly string[]): boolean {
  const segments = path.split('/');
  return (
    segments.length === parts.length &&
    segments.every(
      (segment, index) =>
        segment.startsWith('{') || segment.toLowerCase() === parts[index]?.toLowerCase(),
    )
  );
}
