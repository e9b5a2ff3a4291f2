import type { PoolPage } from '../../model/api/pool-views.ts';
import type { TenantPage } from '../../model/api/tenant-views.ts';
import { getJson } from '../api/client.ts';
import { type Resource, useResource } from '../hooks/use-resource.ts';
import type { Offer } from './allocate-draft.ts';

/** What a request can be for: tenants, pools, required tags. */
export function useOffer(): Resource<Offer> {
  return useResource('offer', async (signal) => {
    const [{ tenants, requiredTags }, { pools }] = await Promise.all([
      getJson<TenantPage>('/api/tenants', signal),
      getJson<PoolPage>('/api/pools', signal),
    ]);
    return { tenants, requiredTags, pools };
  });
}
