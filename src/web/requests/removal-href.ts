import type { RequestDetail } from '../../model/api/request-views.ts';

/** The form for a removal, filled in with the VNet of a request. */
export function removalHref({ target, id }: Pick<RequestDetail, 'target' | 'id'>): string {
  const query = new URLSearchParams({
    tenant: target.tenant,
    subscription: target.subscriptionId,
    group: target.resourceGroup,
    vnet: target.virtualNetwork,
    of: id,
  });
  return `/new/remove?${query}`;
}
