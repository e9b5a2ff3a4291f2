import { GraphError } from './graph-error.ts';

/**
 * The members that `$filter` compares, in any case: `appId eq '...' and displayName eq '...'`, also
 * `startswith(displayName,'...')` and `servicePrincipalNames/any(c:c eq '...')`.
 */
export function filtered<T extends Readonly<Record<string, unknown>>>(
  items: readonly T[],
  filter: string | null,
): readonly T[] {
  if (!filter) return items;
  const conditions = filter.split(/\s+and\s+/i).map(parseCondition);
  return items.filter((item) => conditions.every((holds) => holds(item)));
}

type Condition = (item: Readonly<Record<string, unknown>>) => boolean;

function parseCondition(text: string): Condition {
  const value = "'((?:[^']|'')*)'";
  const equals = new RegExp(`^\\(?\\s*(\\w+)\\s+eq\\s+${value}\\s*\\)?$`, 'i').exec(text);
  if (equals) return (item) => lower(item[equals[1] ?? '']) === literal(equals[2]);
  const starts = new RegExp(`^startswith\\(\\s*(\\w+)\\s*,\\s*${value}\\s*\\)$`, 'i').exec(text);
  if (starts) return (item) => lower(item[starts[1] ?? '']).startsWith(literal(starts[2]));
  const any = new RegExp(
    `^(\\w+)/any\\(\\s*(\\w+)\\s*:\\s*\\2\\s+eq\\s+${value}\\s*\\)$`,
    'i',
  ).exec(text);
  if (any) {
    return (item) => {
      const list = item[any[1] ?? ''];
      return Array.isArray(list) && list.some((each) => lower(each) === literal(any[3]));
    };
  }
  throw new GraphError(
    400,
    'Request_UnsupportedQuery',
    `Unsupported or invalid query filter clause specified: '${text}'.`,
  );
}

function literal(quoted: string | undefined): string {
  return (quoted ?? '').replaceAll("''", "'").toLowerCase();
}

function lower(value: unknown): string {
  return typeof value === 'string' ? value.toLowerCase() : '';
}
