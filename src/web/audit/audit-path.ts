/** Entries of one page. */
export const auditPageSize = 50;

export interface AuditQuery {
  /** Only entries behind this sequence. */
  readonly after: number;
  /** Only entries about this request; empty for all. */
  readonly request: string;
}

export function readAuditQuery(query: URLSearchParams): AuditQuery {
  const after = Number(query.get('after') ?? 0);
  return {
    after: Number.isSafeInteger(after) && after > 0 ? after : 0,
    request: query.get('request')?.trim() ?? '',
  };
}

function withQuery(path: string, members: Readonly<Record<string, string | number>>): string {
  const query = new URLSearchParams();
  for (const [name, value] of Object.entries(members)) {
    if (value !== '' && value !== 0) query.set(name, String(value));
  }
  const text = query.toString();
  return text === '' ? path : `${path}?${text}`;
}

/** The address of the API. */
export const auditPath = ({ after, request }: AuditQuery, pageSize = auditPageSize): string =>
  withQuery('/api/audit', { after, request, pageSize });

/** The address of the page. */
export const auditHref = ({ after, request }: AuditQuery): string =>
  withQuery('/audit', { after, request });

/** Where the next page begins, out of the link that the API gave. */
export function afterOf(next: string | undefined): number | undefined {
  if (next === undefined) return undefined;
  const after = Number(new URL(next, 'http://localhost').searchParams.get('after'));
  return Number.isSafeInteger(after) && after > 0 ? after : undefined;
}
