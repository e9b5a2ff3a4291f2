import type { Landscape, LandscapePool } from './landscape.ts';
import { failure, type Outcome, success } from './outcome.ts';
import type { PlannedAssociation, VirtualNetworkTarget } from './plan.ts';
import { type Fault, planTarget, requestError } from './plan-target.ts';
import { comparePrefixes, familyOf, totalAddressCount } from './prefixes.ts';
import type { AssociateRequest } from './requests.ts';

/** What a request says of an association: which VNet, which pools. */
export interface RequestedAssociation {
  /** Its region is empty unless the request says it. */
  readonly target: VirtualNetworkTarget;
  readonly pools: readonly LandscapePool[];
}

/** From the request and the landscape alone. The error names every fault of the request at once. */
export function resolveAssociation(
  request: AssociateRequest,
  landscape: Landscape,
): Outcome<RequestedAssociation> {
  const faults: Fault[] = [];
  const asked = { ...request.target, location: request.target.location ?? '' };
  const target = planTarget(asked, landscape, faults);
  const pools = resolvePools(request, landscape, faults);
  const [first] = faults;
  return target === undefined || first !== undefined
    ? failure(requestError(request.id, first?.code ?? 'UnknownTenant', faults))
    : success({ target, pools });
}

function resolvePools(
  request: AssociateRequest,
  landscape: Landscape,
  faults: Fault[],
): LandscapePool[] {
  const pools: LandscapePool[] = [];
  for (const alias of request.pools) {
    const pool = landscape.pools.find((candidate) => candidate.alias === alias);
    if (pool === undefined) {
      const offered = landscape.pools.map((candidate) => candidate.alias).join(', ');
      faults.push({
        code: 'UnknownPool',
        text: `the pool '${alias}' is not in the landscape, which has ${offered}`,
      });
      continue;
    }
    const other = pools.find((earlier) => earlier.family === pool.family);
    if (other !== undefined) {
      faults.push({
        code: 'RequestInvalid',
        text: `the pools '${other.alias}' and '${pool.alias}' are both ${pool.family}; a VNet takes at most one pool of each family`,
      });
    }
    pools.push(pool);
  }
  return pools;
}

/** The allocation that covers all prefixes which a VNet has of the pool's family. */
export function associationWith(
  pool: LandscapePool,
  addressPrefixes: readonly string[],
): PlannedAssociation {
  const prefixes = addressPrefixes
    .filter((prefix) => familyOf(prefix) === pool.family)
    .sort(comparePrefixes);
  return {
    poolAlias: pool.alias,
    poolId: pool.id,
    family: pool.family,
    numberOfIpAddresses: String(totalAddressCount(prefixes)),
    prefixes,
  };
}
