import { HostError } from './host-error.ts';

interface Literal {
  readonly kind: 'literal';
  readonly text: string;
}

interface Parameter {
  readonly kind: 'parameter' | 'rest';
  readonly name: string;
  readonly optional: boolean;
  readonly allowed: RegExp;
}

type Segment = Literal | Parameter;

const integer = /^-?\d+$/;
const constraints = new Map<string, RegExp>([
  ['int', integer],
  ['long', integer],
  ['guid', /^[0-9a-f]{8}-([0-9a-f]{4}-){3}[0-9a-f]{12}$/i],
  ['alpha', /^[a-z]+$/i],
  ['bool', /^(true|false)$/i],
]);
const anything = /^/;

const kindOrder = { literal: 0, parameter: 1, rest: 2 } as const;

/** A route such as `api/requests/{id}` or `{*path}`. */
export class RouteTemplate {
  readonly text: string;
  readonly #segments: readonly Segment[];

  /** @throws HostError for what the local host does not understand */
  constructor(text: string, functionName: string) {
    this.text = text;
    this.#segments = text
      .split('/')
      .filter((part) => part !== '')
      .map((part) => toSegment(part, functionName));
  }

  /** The values of the parameters, when this is the path's route. The path has its percent-encoding. */
  match(path: string): Record<string, string> | undefined {
    const parts = partsOf(path);
    const params: Record<string, string> = {};
    for (const [index, segment] of this.#segments.entries()) {
      if (segment.kind === 'rest') {
        const rest = parts.slice(index).join('/');
        return rest === '' ? params : { ...params, [segment.name]: rest };
      }
      const part = parts[index];
      if (part === undefined) {
        if (segment.kind === 'parameter' && segment.optional) continue;
        return undefined;
      }
      if (!fits(segment, part)) return undefined;
      if (segment.kind === 'parameter') params[segment.name] = part;
    }
    return parts.length > this.#segments.length ? undefined : params;
  }

  /** Whether there are paths that both match. */
  overlaps(other: RouteTemplate): boolean {
    return overlap(this.#segments, other.#segments);
  }

  /** Negative when this one says more about its paths, 0 when none does. */
  comparePrecision(other: RouteTemplate): number {
    const [mine, others] = [this.#segments, other.#segments];
    for (let index = 0; index < Math.max(mine.length, others.length); index++) {
      const [left, right] = [mine[index], others[index]];
      if (!left || !right) return left ? 1 : -1;
      const order =
        kindOrder[left.kind] - kindOrder[right.kind] || constrained(right) - constrained(left);
      if (order !== 0) return order;
    }
    return 0;
  }
}

function toSegment(part: string, functionName: string): Segment {
  if (!/[{}]/.test(part)) return { kind: 'literal', text: part };
  const match = /^\{(\*{0,2})(\w+)(?::(\w+))?(\?)?\}$/.exec(part);
  const allowed = match?.[3] === undefined ? anything : constraints.get(match[3].toLowerCase());
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

/** One slash at the end does not count. */
function partsOf(path: string): readonly string[] {
  const inner = path.replace(/^\//, '').replace(/\/$/, '');
  return inner === '' ? [] : inner.split('/').map(decode);
}

/** An encoded slash stays encoded, as in ASP.NET Core: it separates nothing. */
function decode(part: string): string {
  try {
    return part
      .split(/(%2f)/i)
      .map((piece, index) => (index % 2 === 0 ? decodeURIComponent(piece) : piece))
      .join('');
  } catch {
    return part;
  }
}

function fits(segment: Segment, value: string): boolean {
  return segment.kind === 'literal'
    ? segment.text.toLowerCase() === value.toLowerCase()
    : value !== '' && segment.allowed.test(value);
}

function overlap([left, ...lefts]: readonly Segment[], rights: readonly Segment[]): boolean {
  const [right, ...others] = rights;
  if (left?.kind === 'rest' || right?.kind === 'rest') return true;
  if (!left) return rights.every(isOptional);
  if (!right) return isOptional(left) && lefts.every(isOptional);
  return segmentsOverlap(left, right) && overlap(lefts, others);
}

function segmentsOverlap(left: Segment, right: Segment): boolean {
  if (left.kind === 'literal') return fits(right, left.text);
  if (right.kind === 'literal') return fits(left, right.text);
  const bothConstrained = constrained(left) + constrained(right) === 2;
  return !bothConstrained || left.allowed === right.allowed;
}

function isOptional(segment: Segment): boolean {
  return segment.kind !== 'literal' && segment.optional;
}

function constrained(segment: Segment): number {
  return segment.kind !== 'literal' && segment.allowed !== anything ? 1 : 0;
}
