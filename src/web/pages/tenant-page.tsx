import type { Tenant, TenantPage as TenantList } from '../../model/api/tenant-views.ts';
import { getJson } from '../api/client.ts';
import { Card } from '../components/card.tsx';
import { CopyButton } from '../components/copy-button.tsx';
import { EmptyState } from '../components/empty-state.tsx';
import { PageHeader } from '../components/page-header.tsx';
import { ResourceView } from '../components/resource-view.tsx';
import { useResource } from '../hooks/use-resource.ts';
import type { PageProps } from '../shell/router.ts';
import { hasRole, useMe } from '../shell/session.ts';
import { DoctorCard } from '../tenants/doctor-card.tsx';
import { NetworksCard } from '../tenants/networks-card.tsx';

/** One managed tenant: where VNets may be, whether everything is set up, and which VNets there are. */
export function TenantPage({ params }: PageProps) {
  const alias = params['alias'] ?? '';
  const me = useMe();
  const tenants = useResource<TenantList>('tenants', (signal) => getJson('/api/tenants', signal));
  return (
    <>
      <PageHeader title={alias} parent={{ href: '/tenants', label: 'Tenants' }} />
      <ResourceView resource={tenants} label={`Reading the tenant ${alias}`}>
        {({ tenants: found }) => {
          const tenant = found.find((each) => each.alias === alias);
          if (tenant === undefined) {
            return (
              <EmptyState icon="tenant" title={`The landscape lists no tenant ${alias}`}>
                <a href="/tenants">See those that it lists</a>
              </EmptyState>
            );
          }
          return (
            <>
              <TenantFacts tenant={tenant} />
              {hasRole(me, 'Vnet.Approve', 'Vnet.Operate', 'Vnet.Read') && (
                <DoctorCard alias={alias} />
              )}
              <NetworksCard alias={alias} />
            </>
          );
        }}
      </ResourceView>
    </>
  );
}

function TenantFacts({ tenant: { tenantId, subscriptions } }: { tenant: Tenant }) {
  return (
    <Card title="What the landscape says">
      <dl class="facts">
        <dt>Tenant id</dt>
        <dd>
          <code>{tenantId}</code>
          <CopyButton text={tenantId} label="tenant id" />
        </dd>
        <dt>{subscriptions.length === 1 ? 'Subscription' : 'Subscriptions'}</dt>
        <dd>
          <ul class="plain-list">
            {subscriptions.map(({ subscriptionId, resourceGroups }) => (
              <li key={subscriptionId}>
                <code>{subscriptionId}</code>
                <CopyButton text={subscriptionId} label="subscription id" />
                <div class="muted small">
                  {resourceGroups === undefined
                    ? 'in every resource group'
                    : `only in ${resourceGroups.join(', ')}`}
                </div>
              </li>
            ))}
          </ul>
        </dd>
      </dl>
    </Card>
  );
}
