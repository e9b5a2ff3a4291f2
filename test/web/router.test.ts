import { describe, expect, it } from 'vitest';
import { findRoute, matchPath } from '../../src/web/shell/router.ts';

describe('addresses of the page', () => {
  it('takes parameters out of the path, decoded', () => {
    expect(matchPath('/pools/:alias', '/pools/corp%20a%2Fb')).toEqual({ alias: 'corp a/b' });
    expect(matchPath('/requests/:id', '/requests/RITM0012345/')).toEqual({ id: 'RITM0012345' });
    expect(matchPath('/', '/')).toEqual({});
  });

  it('does not fit a longer, a shorter, another or a broken path', () => {
    expect(matchPath('/pools/:alias', '/pools')).toBeUndefined();
    expect(matchPath('/pools/:alias', '/pools/a/b')).toBeUndefined();
    expect(matchPath('/pools/:alias', '/tenants/a')).toBeUndefined();
    expect(matchPath('/pools/:alias', '/pools/%E0%A4%A')).toBeUndefined();
  });

  it('prefers the first route that fits', () => {
    const page = () => null;
    const routes = [
      { path: '/new/remove', page },
      { path: '/new/:anything', page },
    ];

    expect(findRoute(routes, '/new/remove')?.route.path).toBe('/new/remove');
    expect(findRoute(routes, '/new/other')?.params).toEqual({ anything: 'other' });
    expect(findRoute(routes, '/elsewhere')).toBeUndefined();
  });
});
