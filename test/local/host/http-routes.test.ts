import { describe, expect, it } from 'vitest';
import { HttpRoutes } from '../../../src/local/host/http-routes.ts';
import type { RegisteredFunction } from '../../../src/local/host/loaded-app.ts';

/** Functions by name; a route, or a method and a route. */
function routesOf(functions: Readonly<Record<string, string>>, routePrefix = ''): HttpRoutes {
  const targets = Object.entries(functions).map(([name, text]): RegisteredFunction => {
    const [, methods, route = ''] = /^(?:([A-Z,]+) )?(.*)$/.exec(text) ?? [];
    const trigger = {
      type: 'httpTrigger',
      direction: 'in' as const,
      route,
      methods: methods?.split(',') ?? ['GET'],
    };
    const metadata = { name, bindings: { request: trigger } };
    return { name, trigger, triggerName: 'request', metadata, callback: () => undefined };
  });
  return new HttpRoutes(targets, routePrefix);
}

/** Name of the function, and its parameters when it has any. */
function found(routes: HttpRoutes, path: string, method = 'GET'): string | undefined {
  const match = routes.match(method, path);
  if (!match) return undefined;
  const params = Object.entries(match.params).map(([name, value]) => `${name}=${value}`);
  return [match.target.name, ...params].join(' ');
}

describe('a site with an API and a page for every other address', () => {
  const site = routesOf({
    zPage: '{*path}',
    listRequests: 'api/requests',
    createRequest: 'POST api/requests',
    getRequest: 'api/requests/{id}',
    decide: 'POST api/requests/{id}/decisions',
    getHealth: 'GET,HEAD api/health',
  });

  it.each([
    ['/', 'zPage'],
    ['/pools/corp/', 'zPage path=pools/corp'],
    ['/api', 'zPage path=api'],
    ['/api/nothing', 'zPage path=api/nothing'],
    ['/api/requests', 'listRequests'],
    ['/api/requests/', 'listRequests'],
    ['/API/Requests', 'listRequests'],
    ['/api/requests//', 'zPage path=api/requests/'],
    ['/api//requests', 'zPage path=api//requests'],
    ['/api/requests/RITM1', 'getRequest id=RITM1'],
    ['/api/requests/a%20b', 'getRequest id=a b'],
    ['/api/requests/a%2Fb', 'getRequest id=a%2Fb'],
    ['/api/requests/%zz', 'getRequest id=%zz'],
    ['/api/requests/RITM1/decisions', 'zPage path=api/requests/RITM1/decisions'],
  ])('GET %s is answered by %s', (path, name) => {
    expect(found(site, path)).toBe(name);
  });

  it.each([
    ['POST', '/api/requests', 'createRequest'],
    ['POST', '/api/requests/RITM1/decisions', 'decide id=RITM1'],
    ['POST', '/', undefined],
    ['PUT', '/api/requests', undefined],
    // As in Azure: a function gets the methods that it names, and nobody answers OPTIONS for it.
    ['HEAD', '/api/requests', undefined],
    ['HEAD', '/api/health', 'getHealth'],
    ['OPTIONS', '/api/requests', undefined],
  ])('%s %s is answered by %s', (method, path, name) => {
    expect(found(site, path, method)).toBe(name);
  });
});

it('a function without a route has its name for one; an empty route is none', () => {
  const routes = routesOf({ health: '' }, 'api');
  expect(found(routes, '/api/health')).toBe('health');
  expect(found(routes, '/api')).toBeUndefined();
});

it('routes with disjoint constraints live side by side', () => {
  const routes = routesOf({ a: 'x/{id:int}', b: 'x/{id:guid}', c: 'x/{id}' });
  expect(found(routes, '/x/7')).toBe('a id=7');
  expect(found(routes, '/x/abc')).toBe('c id=abc');
});

describe('in Azure the names of functions decide which route is tried first', () => {
  it.each([
    [{ page: '{*path}', requests: 'api/requests' }],
    [{ Page: '{*path}', requests: 'api/requests' }],
    [{ a_page: '{*path}', Requests: 'api/requests' }],
    [{ getItem: 'items/{id}', special: 'items/special' }],
    [{ all: 'items/{id?}', list: 'items' }],
    [{ byName: 'items/{name}', byNumber: 'items/{number:int}' }],
  ])('%j is refused: the general route would take everything', (functions) => {
    expect(() => routesOf(functions)).toThrow(/takes the requests of .* names.*Rename one/);
  });

  it.each([
    [{ zPage: '{*path}', requests: 'api/requests' }],
    [{ a: 'items/special', b: 'items/{id}', c: 'items/{id}/parts' }],
    [{ page: 'GET {*path}', requests: 'POST api/requests' }],
  ])('%j is fine', (functions) => {
    expect(() => routesOf(functions)).not.toThrow();
  });
});
