/** The parts of the ARM id of an IPAM pool. */
export interface PoolIdParts {
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly networkManager: string;
  readonly pool: string;
}

const poolId =
  /^\/subscriptions\/([^/]+)\/resourceGroups\/([^/]+)\/providers\/Microsoft\.Network\/networkManagers\/([^/]+)\/ipamPools\/([^/]+)$/i;

/** @throws on anything else: the landscape admits ids of pools only. */
export function parsePoolId(id: string): PoolIdParts {
  const [, subscriptionId, resourceGroup, networkManager, pool] = poolId.exec(id) ?? [];
  if (!subscriptionId || !resourceGroup || !networkManager || !pool) {
    throw new Error(`'${id}' is not the ARM id of an IPAM pool.`);
  }
  return { subscriptionId, resourceGroup, networkManager, pool };
}

/** The subscription of any ARM id. @throws when there is none. */
export function subscriptionOf(id: string): string {
  const subscriptionId = /^\/subscriptions\/([^/]+)(?:\/|$)/i.exec(id)?.[1];
  if (!subscriptionId) throw new Error(`'${id}' is not an ARM id in a subscription.`);
  return subscriptionId;
}

/** For ARM ids and GUIDs: they come back in another case than they were sent (azure-ipam 2.5, trap 10). */
export const sameId = (one: string, other: string): boolean =>
  one.toLowerCase() === other.toLowerCase();
