import type { ComponentType } from 'preact';
import { useEffect, useState } from 'preact/hooks';
import type { AppRole } from '../../model/api/callers.ts';

export interface PageProps {
  /** What the path pattern took out of the path, decoded. */
  readonly params: Readonly<Record<string, string>>;
  readonly query: URLSearchParams;
}

export interface Route {
  /** Such as `/pools/:alias`. */
  readonly path: string;
  readonly page: ComponentType<PageProps>;
  /** Who may open it; everybody with a role if absent. */
  readonly roles?: readonly AppRole[];
}

/** Takes the path apart by the pattern, or tells that it does not fit. */
export function matchPath(pattern: string, path: string): Record<string, string> | undefined {
  const expected = pattern.split('/').filter(Boolean);
  const given = path.split('/').filter(Boolean);
  if (expected.length !== given.length) return undefined;
  const params: Record<string, string> = {};
  for (const [index, part] of expected.entries()) {
    const value = decode(given[index] ?? '');
    if (value === undefined) return undefined;
    if (part.startsWith(':')) params[part.slice(1)] = value;
    else if (part !== value) return undefined;
  }
  return params;
}

function decode(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

/** The first route whose pattern fits. */
export function findRoute(
  routes: readonly Route[],
  path: string,
): { route: Route; params: Record<string, string> } | undefined {
  for (const route of routes) {
    const params = matchPath(route.path, path);
    if (params !== undefined) return { route, params };
  }
  return undefined;
}

const changed = 'vnetv:navigated';

/** Goes to an address of the page, as a click on a link would. `replace` leaves no entry in the history. */
export function navigate(href: string, { replace = false } = {}): void {
  if (replace) history.replaceState(undefined, '', href);
  else history.pushState(undefined, '', href);
  dispatchEvent(new Event(changed));
}

/** Changes parameters of the address in place, as filters do; an empty value takes the parameter out. */
export function replaceQuery(changes: Readonly<Record<string, string>>): void {
  const query = new URLSearchParams(location.search);
  for (const [name, value] of Object.entries(changes)) {
    if (value === '') query.delete(name);
    else query.set(name, value);
  }
  const text = query.toString();
  navigate(text === '' ? location.pathname : `${location.pathname}?${text}`, { replace: true });
}

export interface Place {
  readonly path: string;
  readonly search: string;
}

const here = (): Place => ({ path: location.pathname, search: location.search });

/** Where the page is; follows links, the back button and `navigate`. */
export function usePlace(): Place {
  const [place, setPlace] = useState(here);
  useEffect(() => {
    const update = () => setPlace(here());
    addEventListener('popstate', update);
    addEventListener(changed, update);
    document.addEventListener('click', followLink);
    return () => {
      removeEventListener('popstate', update);
      removeEventListener(changed, update);
      document.removeEventListener('click', followLink);
    };
  }, []);
  return place;
}

/** Ordinary links of the page stay in it. What opens elsewhere, downloads, or belongs to the server is left to the browser. */
function followLink(event: MouseEvent): void {
  const modified = event.metaKey || event.ctrlKey || event.shiftKey || event.altKey;
  if (event.defaultPrevented || event.button !== 0 || modified) return;
  const link = event.target instanceof Element ? event.target.closest('a') : null;
  if (link === null || link.target !== '' || link.hasAttribute('download')) return;
  const href = link.getAttribute('href');
  if (href === null || href.startsWith('#')) return;
  const url = new URL(href, location.href);
  if (url.origin !== location.origin || /^\/(api|\.auth|assets)(\/|$)/.test(url.pathname)) return;
  event.preventDefault();
  navigate(url.pathname + url.search);
}
