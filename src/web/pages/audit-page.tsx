import { AuditList } from '../audit/audit-list.tsx';
import { VerificationCard } from '../audit/verification-card.tsx';
import { PageHeader } from '../components/page-header.tsx';
import type { PageProps } from '../shell/router.ts';

/** What happened, in the order in which it happened, so that nobody can change it unnoticed. */
export function AuditPage({ query }: PageProps) {
  return (
    <>
      <PageHeader
        title="Audit"
        lead="Every request, decision and change, in the order in which they happened."
        actions={
          <>
            <a class="button" href="/api/audit/export?format=jsonl" download>
              Export as JSON lines
            </a>
            <a class="button" href="/api/audit/export?format=csv" download>
              Export as CSV
            </a>
          </>
        }
      />
      <VerificationCard />
      <AuditList query={query} />
    </>
  );
}
