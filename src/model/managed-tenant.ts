import type { Landscape, ManagedTenant } from './landscape.ts';

/** The managed tenant of an alias or tenant id. */
export const findManagedTenant = (
  landscape: Pick<Landscape, 'managedTenants'>,
  asked: string,
): ManagedTenant | undefined =>
  landscape.managedTenants.find(
    ({ alias, tenantId }) => alias === asked || tenantId === asked.toLowerCase(),
  );
