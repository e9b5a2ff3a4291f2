import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { RequestList } from '../requests/request-list.tsx';
import {
  ageColumn,
  requestColumn,
  requesterColumn,
  stateColumn,
  targetColumn,
} from '../requests/request-table.tsx';
import type { PageProps } from '../shell/router.ts';
import { hasRole, useMe } from '../shell/session.ts';

const columns = [requestColumn, targetColumn, requesterColumn, stateColumn, ageColumn];

/** Every request that the signed-in person may see. */
export function AllRequestsPage({ query }: PageProps) {
  const seesAll = hasRole(useMe(), 'Vnet.Operate', 'Vnet.Read');
  return (
    <>
      <PageHeader
        title="All requests"
        lead={
          seesAll ? undefined : 'Those that you may decide on or have decided on, and your own.'
        }
      />
      <RequestList
        caption="Requests, newest first"
        query={query}
        isMine={false}
        columns={columns}
        empty={<EmptyState title="There are no requests yet" />}
      />
    </>
  );
}
