import type { Tenant } from '../../model/api/tenant-views.ts';
import type { Look } from './look.ts';
import { renderTable } from './table.ts';

/** Managed tenants, with one row for each subscription. */
export function renderTenantList(tenants: readonly Tenant[], look: Look): string[] {
  const rows = tenants.flatMap(({ alias, tenantId, subscriptions }) =>
    subscriptions.map(({ subscriptionId, resourceGroups }) => [
      { text: alias, paint: look.colours.bold },
      tenantId,
      subscriptionId,
      resourceGroups?.join(', ') ?? 'all',
    ]),
  );
  return renderTable(
    [
      { title: 'tenant' },
      { title: 'id', drop: 1 },
      { title: 'subscription' },
      { title: 'resource groups', shrinkTo: 15 },
    ],
    rows,
    look,
  );
}
