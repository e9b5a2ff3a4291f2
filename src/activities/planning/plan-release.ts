import { vendingError } from '../../model/errors.ts';
import type { LandscapePool } from '../../model/landscape.ts';
import { type Outcome, success } from '../../model/outcome.ts';
import type { PlannedAssociation, Removal, VirtualNetworkTarget } from '../../model/plan.ts';
import { releaseOf } from '../../model/plan-removal.ts';
import { isPrefix } from '../../model/prefixes.ts';
import type { RemoveRequest } from '../../model/requests.ts';
import { isWithin } from '../../model/resource-ids.ts';
import type { Dependencies } from '../dependencies.ts';
import { type CheckResult, findingsOf, judge } from './findings.ts';
import type { PlannedWork } from './plan-request.ts';
import { checkManagedTenant, checkManagementTenant, poolReads } from './tenant-checks.ts';

/**
 * A removal with nothing to remove: the VNet is gone, or has no association. What pools still list for it
 * is planned, so that its release is verified.
 */
export async function planRelease(
  { azure, landscape }: Dependencies,
  { id, mode }: RemoveRequest,
  target: VirtualNetworkTarget,
): Promise<Outcome<PlannedWork>> {
  const pools = poolsOfRegion(landscape.pools, target);
  const listed = new Map<LandscapePool, PlannedAssociation>();
  const tenants = {
    azure,
    landscape,
    target,
    pools: pools.map((pool) => ({ poolAlias: pool.alias, poolId: pool.id, pool })),
    poolActions: poolReads,
    virtualNetworkActions: ['Microsoft.Network/virtualNetworks/read'],
  };
  const results = await Promise.all([
    checkManagementTenant(tenants, ({ pool }) => [
      {
        check: 'association',
        subject: `pool ${pool.alias}`,
        run: () => lookAtPool(azure, target, pool, listed),
      },
    ]),
    checkManagedTenant(tenants),
  ]);
  const findings = findingsOf(results.flat());
  if (!findings.ok) return findings;
  const [holding] = pools.filter((pool) => listed.has(pool));
  const change: Removal = {
    requestId: id,
    operation: 'remove',
    mode,
    target: { ...target, location: target.location || (holding?.location ?? '') },
    allocations: [...listed.values()].sort((a, b) => (a.poolAlias < b.poolAlias ? -1 : 1)),
    detachedPeerings: [],
    overrides: [],
  };
  return success({ change, findings: findings.value, tags: {} });
}

/** A VNet takes prefixes only from pools of its region; of one that is gone the region may be unknown. */
export const poolsOfRegion = (
  pools: readonly LandscapePool[],
  target: Pick<VirtualNetworkTarget, 'location'>,
): readonly LandscapePool[] =>
  pools.filter(({ location }) => target.location === '' || target.location === location);

/** Adds what the pool lists for the VNet, if anything. */
async function lookAtPool(
  azure: Dependencies['azure'],
  { virtualNetworkId }: VirtualNetworkTarget,
  pool: LandscapePool,
  listed: Map<LandscapePool, PlannedAssociation>,
): Promise<CheckResult> {
  const associations = await azure.listPoolAssociations(pool.id);
  const result = judge('association', `pool ${pool.alias}`, associations, (all) => {
    const own = all.filter(({ resourceId }) => isWithin(resourceId, virtualNetworkId));
    const prefixes = own.flatMap((association) => association.prefixes);
    if (!prefixes.every(isPrefix)) {
      return vendingError(
        'AzureAnswerInvalid',
        `The pool ${pool.alias} lists a prefix for the VNet that is none.`,
        { kind: 'operator' },
      );
    }
    if (own.length > 0) listed.set(pool, releaseOf(pool, prefixes));
    return undefined;
  });
  // Without a look there is no saying that the pool holds nothing. A pool that is gone holds nothing.
  const isForbidden = !associations.ok && associations.error.code === 'PermissionMissing';
  return isForbidden ? { ...result, finding: { ...result.finding, status: 'failed' } } : result;
}
