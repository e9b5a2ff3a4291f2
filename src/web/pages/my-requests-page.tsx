import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { RequestList } from '../requests/request-list.tsx';
import { ageColumn, requestColumn, stateColumn, targetColumn } from '../requests/request-table.tsx';
import type { PageProps } from '../shell/router.ts';
import { hasRole, useMe } from '../shell/session.ts';

const columns = [requestColumn, targetColumn, stateColumn, ageColumn];

/** What the signed-in person has asked for. */
export function MyRequestsPage({ query }: PageProps) {
  const mayAsk = hasRole(useMe(), 'Vnet.Request', 'Vnet.Operate');
  const newRequest = (
    <a class="button button-primary" href="/new">
      New request
    </a>
  );
  return (
    <>
      <PageHeader title="My requests" actions={mayAsk ? newRequest : undefined} />
      <RequestList
        caption="My requests, newest first"
        query={query}
        isMine
        columns={columns}
        empty={
          <EmptyState icon="person" title="You have not asked for anything yet">
            Ask for a virtual network, and follow it here.
          </EmptyState>
        }
      />
    </>
  );
}
