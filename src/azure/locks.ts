import { z } from 'zod';
import { type Outcome, success } from '../model/outcome.ts';
import type { VirtualNetworkTarget } from '../model/plan.ts';
import { listPages } from './arm-pages.ts';
import type { LockView } from './azure.ts';
import type { CrossTenantClient } from './cross-tenant-client.ts';

const apiVersion = '2020-05-01';

const lockSchema = z
  .object({ id: z.string(), name: z.string(), properties: z.object({ level: z.string() }) })
  .transform(({ id, name, properties: { level } }) => ({ id, name, level }));

/** See `Azure.listLocks`. Without `$filter` Azure lists what lies at, above and below the VNet. */
export async function listLocks(
  arm: CrossTenantClient,
  { tenantAlias, tenantId, subscriptionId, virtualNetwork, virtualNetworkId }: VirtualNetworkTarget,
): Promise<Outcome<readonly LockView[]>> {
  const call = {
    doing: `Listing the locks on VNet '${virtualNetwork}' in tenant '${tenantAlias}'`,
    tenantId,
    subscriptionId,
  };
  const url = `${virtualNetworkId}/providers/Microsoft.Authorization/locks?api-version=${apiVersion}`;
  const listed = await listPages(arm, call, url, lockSchema);
  if (!listed.ok) return listed;
  // The level NotSpecified forbids nothing.
  return success(
    listed.value.filter(
      (lock): lock is LockView => lock.level === 'CanNotDelete' || lock.level === 'ReadOnly',
    ),
  );
}

/** ARM id of what a lock was put on. */
export const scopeOfLock = ({ id }: LockView): string =>
  id.replace(/\/providers\/Microsoft\.Authorization\/locks\/[^/]+$/i, '');
