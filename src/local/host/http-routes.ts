import { HostError } from './host-error.ts';
import type { RegisteredFunction } from './loaded-app.ts';
import { RouteTemplate } from './route-template.ts';

interface Route {
  readonly target: RegisteredFunction;
  readonly methods: ReadonlySet<string>;
  readonly template: RouteTemplate;
}

export interface RouteMatch {
  readonly target: RegisteredFunction;
  readonly params: Record<string, string>;
}

/**
 * Finds the HTTP function for a path as the Functions host does: it tries the routes in the order of
 * the functions' names, however general or special they are (azure-functions-host 9876). An app in
 * which a general route would so take the requests of a special one is refused.
 */
export class HttpRoutes {
  readonly #routes: readonly Route[];

  constructor(targets: readonly RegisteredFunction[], routePrefix: string) {
    this.#routes = targets
      .map((target) => toRoute(target, routePrefix))
      .sort((a, b) => compareNames(a.target.name, b.target.name));
    for (const [index, route] of this.#routes.entries()) {
      for (const earlier of this.#routes.slice(0, index)) refuseConflict(earlier, route);
    }
  }

  /** `path` still has its percent-encoding. `HEAD` is a method like any other, as in Azure. */
  match(method: string, path: string): RouteMatch | undefined {
    for (const { target, methods, template } of this.#routes) {
      const params = methods.has(method) ? template.match(path) : undefined;
      if (params) return { target, params };
    }
    return undefined;
  }
}

function toRoute(target: RegisteredFunction, routePrefix: string): Route {
  const { trigger, name } = target;
  // An empty route is none: the root can only be had by a route such as {*path}.
  const route = trigger['route'] || name;
  const methods = Array.isArray(trigger['methods']) ? trigger['methods'] : ['GET', 'POST'];
  return {
    target,
    methods: new Set(methods.map((method) => String(method).toUpperCase())),
    template: new RouteTemplate(`${routePrefix}/${route}`, name),
  };
}

/** As .NET's OrdinalIgnoreCase. */
function compareNames(left: string, right: string): number {
  const [a, b] = [left.toUpperCase(), right.toUpperCase()];
  return a < b ? -1 : Number(a > b);
}

function refuseConflict(earlier: Route, later: Route): void {
  const shared = [...earlier.methods].filter((method) => later.methods.has(method));
  if (shared.length === 0 || !earlier.template.overlaps(later.template)) return;
  const precision = earlier.template.comparePrecision(later.template);
  if (precision < 0) return;
  const [first, second] = [earlier, later].map(
    ({ target, template }) => `"${target.name}" (${template.text})`,
  );
  if (precision === 0) {
    throw new HostError(
      'route-conflict',
      `The functions ${first} and ${second} both answer ${shared.join(', ')}.`,
      'Give one of them another route or other methods.',
    );
  }
  throw new HostError(
    'route-conflict',
    `The function ${first} takes the requests of ${second}: Azure tries routes in the order of the functions' names.`,
    `Rename one, so that "${later.target.name}" comes first; a catch-all needs a name such as "zPage".`,
  );
}
