import type { Tenant, TenantPage } from '../../model/api/tenant-views.ts';
import { getJson } from '../api/client.ts';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { type Column, Table } from '../components/table.tsx';
import { useResource } from '../hooks/use-resource.ts';

/** The managed tenants of the landscape. */
export function TenantsPage() {
  const tenants = useResource<TenantPage>('tenants', (signal) => getJson('/api/tenants', signal));
  return (
    <>
      <PageHeader
        title="Tenants"
        lead="Tenants that can have VNets with prefixes of the pools. Open one to see its VNets and whether everything is set up."
      />
      <ResourceView resource={tenants} label="Reading the tenants">
        {({ tenants: found }) =>
          found.length === 0 ? (
            <EmptyState icon="tenant" title="The landscape has no managed tenants">
              The network platform team adds tenants to the landscape file of the service.
            </EmptyState>
          ) : (
            <div class="table-frame">
              <Table
                caption="Tenants"
                columns={columns}
                rows={found}
                keyOf={({ alias }) => alias}
              />
            </div>
          )
        }
      </ResourceView>
    </>
  );
}

const columns: readonly Column<Tenant>[] = [
  {
    key: 'alias',
    title: 'Tenant',
    heading: true,
    cell: ({ alias }) => (
      <a href={`/tenants/${encodeURIComponent(alias)}`}>
        <bdi>{alias}</bdi>
      </a>
    ),
  },
  { key: 'id', title: 'Tenant id', cell: ({ tenantId }) => <code>{tenantId}</code> },
  {
    key: 'subscriptions',
    title: 'Subscriptions',
    align: 'end',
    cell: ({ subscriptions }) => subscriptions.length,
  },
  {
    key: 'groups',
    title: 'Resource groups',
    cell: ({ subscriptions }) => {
      const groups = subscriptions.flatMap(({ resourceGroups }) => resourceGroups ?? []);
      const isAnywhere = subscriptions.some(({ resourceGroups }) => resourceGroups === undefined);
      return isAnywhere ? <span class="muted">any</span> : groups.join(', ');
    },
  },
];
