import { HostError } from './host-error.ts';
import type { RegisteredFunction } from './loaded-app.ts';

type Segment =
  | { readonly kind: 'literal'; readonly text: string }
  | {
      readonly kind: 'parameter' | 'rest';
      readonly name: string;
      readonly optional: boolean;
      readonly allowed: RegExp;
    };

interface Route {
  readonly target: RegisteredFunction;
  readonly methods: ReadonlySet<string>;
  readonly segments: readonly Segment[];
}

export interface RouteMatch {
  readonly target: RegisteredFunction;
  readonly params: Record<string, string>;
}

const constraints = new Map<string, RegExp>([
  ['int', /^-?\d+$/],
  ['long', /^-?\d+$/],
  ['guid', /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i],
  ['alpha', /^[a-z]+$/i],
  ['bool', /^(true|false)$/i],
]);

const kindOrder = { literal: 0, parameter: 1, rest: 2 } as const;

/** Finds the HTTP function for a path, as the Functions host does: literal parts win. */
export class HttpRoutes {
  readonly #routes: readonly Route[];

  constructor(targets: readonly RegisteredFunction[], routePrefix: string) {
    this.#routes = targets
      .map((target) => toRoute(target, routePrefix))
      .sort((a, b) => comparePrecedence(a.segments, b.segments));
    this.#refuseConflicts();
  }

  /** `path` still has its percent-encoding. */
  match(method: string, path: string): RouteMatch | undefined {
    const parts = path.split('/').filter((part) => part !== '');
    for (const route of this.#routes) {
      const params = route.methods.has(method) ? matchSegments(route.segments, parts) : undefined;
      if (params) {
        return { target: route.target, params };
      }
    }
    return undefined;
  }

  #refuseConflicts(): void {
    const seen = new Map<string, string>();
    for (const { target, methods, segments } of this.#routes) {
      const shape = segments
        .map((s) => (s.kind === 'literal' ? s.text.toLowerCase() : `{${s.kind}:${s.allowed}}`))
        .join('/');
      for (const method of methods) {
        const other = seen.get(`${method} ${shape}`);
        if (other !== undefined) {
          throw new HostError(
            'route-conflict',
            `The functions "${other}" and "${target.name}" both answer ${method} /${shape}.`,
            'Give one of them another route or other methods.',
          );
        }
        seen.set(`${method} ${shape}`, target.name);
      }
    }
  }
}

function toRoute(target: RegisteredFunction, routePrefix: string): Route {
  const { trigger, name } = target;
  const route = typeof trigger['route'] === 'string' ? trigger['route'] : name;
  const methods = Array.isArray(trigger['methods']) ? trigger['methods'] : ['GET', 'POST'];
  return {
    target,
    methods: new Set(methods.map((method) => String(method).toUpperCase())),
    segments: `${routePrefix}/${route}`
      .split('/')
      .filter((part) => part !== '')
      .map((part) => toSegment(part, name)),
  };
}

function toSegment(part: string, functionName: string): Segment {
  if (!/[{}]/.test(part)) {
    return { kind: 'literal', text: part };
  }
  const match = /^\{(\*{0,2})(\w+)(?::(\w+))?(\?)?\}$/.exec(part);
  const allowed = match?.[3] === undefined ? /^/ : constraints.get(match[3].toLowerCase());
  if (!match?.[2] || !allowed) {
    throw new HostError(
      'bad-trigger-options',
      `The route of function "${functionName}" has the part "${part}", which the local host does not understand.`,
      `Use {name}, {name?}, {*rest} or {name:constraint} with one of ${[...constraints.keys()].join(', ')}.`,
    );
  }
  const isRest = match[1] !== '';
  return {
    kind: isRest ? 'rest' : 'parameter',
    name: match[2],
    optional: isRest || match[4] === '?',
    allowed,
  };
}

function comparePrecedence(a: readonly Segment[], b: readonly Segment[]): number {
  for (let index = 0; index < Math.max(a.length, b.length); index++) {
    const [left, right] = [a[index], b[index]];
    if (!left || !right) {
      return left ? 1 : -1;
    }
    const order =
      kindOrder[left.kind] - kindOrder[right.kind] || constrained(right) - constrained(left);
    if (order !== 0) {
      return order;
    }
  }
  return 0;
}

function constrained(segment: Segment): number {
  return segment.kind !== 'literal' && segment.allowed.source !== '^' ? 1 : 0;
}

function matchSegments(
  segments: readonly Segment[],
  parts: readonly string[],
): Record<string, string> | undefined {
  const params: Record<string, string> = {};
  for (const [index, segment] of segments.entries()) {
    const part = parts[index];
    if (segment.kind === 'rest') {
      const rest = parts.slice(index).map(decode).join('/');
      return rest === '' ? params : { ...params, [segment.name]: rest };
    }
    if (part === undefined) {
      if (segment.kind === 'parameter' && segment.optional) {
        continue;
      }
      return undefined;
    }
    const value = decode(part);
    if (!fits(segment, value)) {
      return undefined;
    }
    if (segment.kind === 'parameter') {
      params[segment.name] = value;
    }
  }
  return parts.length > segments.length ? undefined : params;
}

function fits(segment: Segment, value: string): boolean {
  return segment.kind === 'literal'
    ? segment.text.toLowerCase() === value.toLowerCase()
    : segment.allowed.test(value);
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    return part;
  }
}
