import type { AuditEntry, AuditHead, AuditVerification } from '../model/audit.ts';
import { type AuditedRequest, verifyAudit } from '../model/verify-audit.ts';
import { contentHash } from './content-hash.ts';
import type { Ledger } from './ledger.ts';
import { mostPerPage } from './paging.ts';

/**
 * Proves that nobody changed audit trail, records and decisions but the ledger itself; see docs/ledger.md
 * for what that can and cannot show. `noted`: heads that were kept elsewhere. The ledger may be written
 * all the while.
 */
export async function verifyLedger(
  ledger: Ledger,
  noted: readonly AuditHead[] = [],
): Promise<AuditVerification> {
  const head = await ledger.auditHead();
  return await verifyAudit({
    hashOf: contentHash,
    noted: [head, ...noted],
    requests: { asOf: head.sequence, each: requestsOf(ledger) },
    entries: trailOf(ledger),
  });
}

/** The whole audit trail, oldest first. */
export async function* trailOf(ledger: Ledger, after = 0): AsyncGenerator<AuditEntry> {
  for (let from: number | undefined = after; from !== undefined; ) {
    const page = await ledger.listAudit({ after: from, pageSize: mostPerPage });
    yield* page.entries;
    from = page.next;
  }
}

/** How many requests are looked up at once. */
const atOnce = 20;

async function* requestsOf(ledger: Ledger): AsyncGenerator<AuditedRequest> {
  for (let continuation: string | undefined, isFirst = true; isFirst || continuation; ) {
    isFirst = false;
    const page = await ledger.listRequests({
      pageSize: mostPerPage,
      ...(continuation === undefined ? {} : { continuation }),
    });
    for (let index = 0; index < page.requests.length; index += atOnce) {
      yield* await Promise.all(
        page.requests.slice(index, index + atOnce).map(async (record) => ({
          // Decisions are added only, so those that the record counts are there.
          record,
          decisions: await ledger.listDecisions(record.id),
        })),
      );
    }
    continuation = page.continuation;
  }
}
