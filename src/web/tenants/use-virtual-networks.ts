import type { VirtualNetworkPage } from '../../model/api/tenant-views.ts';
import { getJson } from '../api/client.ts';
import { type Resource, useResource } from '../hooks/use-resource.ts';

/** The VNets of a tenant, or of one of its subscriptions. */
export function useVirtualNetworks(
  tenant: string,
  subscriptionId: string,
): Resource<VirtualNetworkPage> {
  const query = subscriptionId === '' ? '' : `?${new URLSearchParams({ subscriptionId })}`;
  const path = `/api/tenants/${encodeURIComponent(tenant)}/virtual-networks${query}`;
  return useResource(path, (signal) => getJson<VirtualNetworkPage>(path, signal));
}
