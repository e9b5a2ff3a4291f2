import type { Ledger } from '../../ledger/ledger.ts';
import { mostPerPage } from '../../ledger/paging.ts';
import type { AuditEntry } from '../../model/audit.ts';

interface NewestPage {
  readonly entries: readonly AuditEntry[];
  /** Of the next page, if there is more. */
  readonly before: number | undefined;
}

/**
 * A page of the audit trail from its end on. Both stores read it from its beginning; but its entries are
 * numbered without gaps, so where a page begins is known, and those about one request are few.
 */
export async function newestFirst(
  ledger: Pick<Ledger, 'auditHead' | 'listAudit'>,
  asked: {
    readonly before: number | undefined;
    readonly requestId: string | undefined;
    readonly pageSize: number;
  },
): Promise<NewestPage> {
  const { requestId, pageSize } = asked;
  const end = asked.before ?? (await ledger.auditHead()).sequence + 1;
  if (requestId !== undefined) return await newestOfRequest(ledger, requestId, end, pageSize);
  const after = Math.max(0, end - 1 - pageSize);
  const size = end - 1 - after;
  if (size < 1) return { entries: [], before: undefined };
  const { entries } = await ledger.listAudit({ after, pageSize: size });
  // A trail that somebody has cut has fewer entries than numbers.
  const isBefore = ({ sequence }: AuditEntry) => sequence < end;
  return {
    entries: entries.filter(isBefore).toReversed(),
    before: after > 0 ? after + 1 : undefined,
  };
}

async function newestOfRequest(
  ledger: Pick<Ledger, 'listAudit'>,
  requestId: string,
  end: number,
  pageSize: number,
): Promise<NewestPage> {
  const found: AuditEntry[] = [];
  for (let after: number | undefined = 0; after !== undefined; ) {
    const page = await ledger.listAudit({ after, requestId, pageSize: mostPerPage });
    found.push(...page.entries.filter(({ sequence }) => sequence < end));
    after = page.next;
  }
  const entries = found.toReversed().slice(0, pageSize);
  return { entries, before: found.length > pageSize ? entries.at(-1)?.sequence : undefined };
}
