import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { approvalColumns, byDeadline } from '../requests/approval-columns.tsx';
import { Pager } from '../requests/pager.tsx';
import { RequestTable } from '../requests/request-table.tsx';
import { useRequests } from '../requests/use-requests.ts';
import type { PageProps } from '../shell/router.ts';

/** What waits for an approval, what expires first on top. */
export function ApprovalsPage({ query }: PageProps) {
  const requests = useRequests({
    isAwaitingMe: true,
    page: query.get('page') ?? '',
    pageSize: 100,
  });
  return (
    <>
      <PageHeader
        title="Approvals"
        lead="Requests that wait for your decision. What expires first comes first."
      />
      <ResourceView resource={requests} label="Reading what waits for your decision">
        {(page) => (
          <>
            {page.requests.length === 0 ? (
              <EmptyState icon="approve" title="Nothing waits for your decision">
                Requests that need your approval appear here by themselves.
              </EmptyState>
            ) : (
              <RequestTable
                caption="Requests that wait for your decision"
                requests={page.requests.toSorted(byDeadline)}
                columns={approvalColumns}
              />
            )}
            <Pager query={query} next={page.next} />
          </>
        )}
      </ResourceView>
    </>
  );
}
