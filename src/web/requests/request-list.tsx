import type { ComponentChildren } from 'preact';
import type { RequestSummary } from '../../model/api/request-views.ts';
import type { TenantPage } from '../../model/api/tenant-views.ts';
import { getJson } from '../api/client.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import type { Column } from '../components/table.tsx';
import { useResource } from '../hooks/use-resource.ts';
import { isStateGroup, stateGroups } from './list-path.ts';
import { Pager } from './pager.tsx';
import { RequestFilters } from './request-filters.tsx';
import { RequestTable } from './request-table.tsx';
import { useRequests } from './use-requests.ts';

interface Props {
  readonly caption: string;
  readonly query: URLSearchParams;
  readonly isMine: boolean;
  readonly columns: readonly Column<RequestSummary>[];
  /** Where there is none at all. */
  readonly empty: ComponentChildren;
}

/** A list of requests with filters and pages, all of them in the address. */
export function RequestList({ caption, query, isMine, columns, empty }: Props) {
  const tenants = useResource('tenants', (signal) => getJson<TenantPage>('/api/tenants', signal));
  const group = query.get('state') ?? '';
  const tenant = query.get('tenant') ?? '';
  const requests = useRequests({
    isMine,
    tenant,
    page: query.get('page') ?? '',
    ...(isStateGroup(group) ? { states: stateGroups[group].states } : {}),
  });
  const isFiltered = ['state', 'tenant', 'page'].some((name) => query.has(name));
  return (
    <>
      <RequestFilters
        query={query}
        tenants={tenants.data?.tenants.map(({ alias }) => alias) ?? []}
      />
      <ResourceView resource={requests} label="Reading the requests">
        {(page) => (
          <>
            {page.requests.length > 0 && (
              <RequestTable caption={caption} requests={page.requests} columns={columns} />
            )}
            {page.requests.length === 0 &&
              (isFiltered ? <EmptyState title="No request fits the filters" /> : empty)}
            <Pager query={query} next={page.next} />
          </>
        )}
      </ResourceView>
    </>
  );
}
