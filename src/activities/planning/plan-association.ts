import type { VirtualNetworkView } from '../../azure/azure.ts';
import { scopeOfLock } from '../../azure/locks.ts';
import { vendingError } from '../../model/errors.ts';
import type { LandscapePool } from '../../model/landscape.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import type {
  Association,
  Finding,
  PlannedAssociation,
  VirtualNetworkTarget,
} from '../../model/plan.ts';
import { associationWith, resolveAssociation } from '../../model/plan-association.ts';
import { familyOf, isPrefix } from '../../model/prefixes.ts';
import type { AssociateRequest } from '../../model/requests.ts';
import { isSameId, isWithin } from '../../model/resource-ids.ts';
import { sentUpdate } from '../associate/update-virtual-network.ts';
import type { Dependencies } from '../dependencies.ts';
import { isSettled } from '../settled.ts';
import {
  type CheckResult,
  type DependentCheck,
  findingsOf,
  judge,
  prerequisitesNotMet,
} from './findings.ts';
import type { PlannedWork } from './plan-request.ts';
import { refusalOfPrefixes } from './pool-prefixes.ts';
import {
  checkManagedTenant,
  checkManagementTenant,
  poolAssociation,
  poolReads,
  poolRegion,
  regionOfVirtualNetwork,
  type TenantChecker,
} from './tenant-checks.ts';

/** What the one PUT and its compensation need at the resource group of the VNet. */
const virtualNetworkActions = [
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/virtualNetworks/write',
] as const;

/** Step 1 of `associate`: the VNet as it is, and every prerequisite in both tenants. */
export async function planAssociation(
  dependencies: Dependencies,
  request: AssociateRequest,
): Promise<Outcome<PlannedWork>> {
  const { azure, landscape } = dependencies;
  const asked = resolveAssociation(request, landscape);
  if (!asked.ok) return asked;
  const { target, pools } = asked.value;
  const found = await azure.getVirtualNetwork(target);
  if (!found.ok) {
    return found.error.kind === 'retryable'
      ? found
      : failure(await unreadable(dependencies, target, pools, found.error));
  }
  const unusable = refuse(target, found.value);
  if (unusable) return failure(unusable);
  const view = found.value as VirtualNetworkView;
  const change: Association = {
    requestId: request.id,
    operation: 'associate',
    target: { ...target, location: view.location },
    resourceGuid: view.resourceGuid,
    allocations: pools.map((pool) => associationWith(pool, view.addressPrefixes)),
  };
  const own = await allocatedByUs(dependencies, change);
  const findings = await check({ dependencies, change, pools, view, own, asked: target.location });
  return findings.ok ? success({ change, findings: findings.value, tags: view.tags }) : findings;
}

/** Why there is nothing to plan with. */
function refuse(
  { virtualNetwork, resourceGroup }: VirtualNetworkTarget,
  view: VirtualNetworkView | null,
) {
  if (!view) {
    return vendingError(
      'VirtualNetworkMissing',
      `There is no VNet '${virtualNetwork}' in '${resourceGroup}'.`,
    );
  }
  const odd = view.addressPrefixes.filter((prefix) => !isPrefix(prefix));
  if (odd.length > 0) {
    return vendingError(
      'AzureAnswerInvalid',
      `The VNet '${virtualNetwork}' shows address prefixes that are none.`,
    );
  }
  return isSettled(view)
    ? undefined
    : vendingError(
        'ResourceBusy',
        `The VNet '${virtualNetwork}' is ${view.provisioningState}; the plan waits until it is settled.`,
      );
}

/** Everything else that hinders the request is told together with what hides the VNet. */
async function unreadable(
  { azure, landscape }: Dependencies,
  target: VirtualNetworkTarget,
  pools: readonly LandscapePool[],
  error: Parameters<typeof failure>[0],
) {
  const checker = checkerOf({ azure, landscape }, target, pools.map(referenceTo));
  const results = await Promise.all([checkManagementTenant(checker), checkManagedTenant(checker)]);
  return prerequisitesNotMet(results.flat().map(({ finding }) => finding)) ?? error;
}

const referenceTo = ({ alias, id }: LandscapePool) => ({ poolAlias: alias, poolId: id });

const checkerOf = <P extends { readonly poolAlias: string; readonly poolId: string }>(
  { azure, landscape }: Pick<Dependencies, 'azure' | 'landscape'>,
  target: VirtualNetworkTarget,
  pools: readonly P[],
): TenantChecker<P> => ({
  azure,
  landscape,
  target,
  pools,
  poolActions: [poolAssociation, ...poolReads],
  virtualNetworkActions,
});

/** The pools whose allocations this very request has made, as far as the ledger can know. */
async function allocatedByUs(
  { ledger }: Dependencies,
  { requestId, allocations }: Association,
): Promise<readonly string[]> {
  const sent = await sentUpdate(ledger, requestId, 'associate');
  return sent ? allocations.map(({ poolId }) => poolId) : [];
}

interface Subject {
  readonly dependencies: Dependencies;
  readonly change: Association;
  readonly pools: readonly LandscapePool[];
  readonly view: VirtualNetworkView;
  /** Pools whose allocations are of this request. */
  readonly own: readonly string[];
  /** The region that the request says; empty when it says none. */
  readonly asked: string;
}

async function check(subject: Subject): Promise<Outcome<readonly Finding[]>> {
  const { dependencies, change } = subject;
  const { target, allocations } = change;
  const checker = checkerOf(dependencies, target, allocations);
  const results = await Promise.all([
    checkManagementTenant(checker, (allocation) => [
      region(subject, checker, allocation),
      prefixes(subject, allocation),
    ]),
    checkManagedTenant(checker, [locks(subject)]),
  ]);
  const read = [
    regionOfVirtualNetwork(target, subject.asked),
    ...allocations.map((one) => association(subject, one)),
  ];
  return findingsOf([...read, ...results.flat()]);
}

/** The pool must be able to take the prefixes in; what it has given by this request, it holds for it. */
function prefixes(
  { dependencies, change: { target }, view, own }: Subject,
  allocation: PlannedAssociation,
): DependentCheck {
  const { poolAlias, poolId } = allocation;
  const subject = `pool ${poolAlias}`;
  const isOurs = (id: string) => isSameId(id, poolId) && own.includes(poolId);
  return {
    check: 'pool-prefixes',
    subject,
    run: async () =>
      judge(
        'pool-prefixes',
        subject,
        view.allocations.some((present) => isOurs(present.poolId))
          ? success(null)
          : await refusalOfPrefixes(dependencies.azure, allocation, target),
        (refusal) => refusal ?? undefined,
      ),
  };
}

/** A VNet takes one pool of a family. */
function association(
  { dependencies, change: { target }, view, own }: Subject,
  { poolAlias, family }: PlannedAssociation,
): CheckResult {
  const present = view.allocations.find(
    ({ poolId, prefixes }) =>
      familyIn(poolId, prefixes, dependencies.landscape.pools) === family &&
      !own.some((id) => isSameId(id, poolId)),
  );
  return judge('association', `pool ${poolAlias}`, success(null), () =>
    present === undefined
      ? undefined
      : vendingError(
          'AlreadyAssociated',
          `The VNet '${target.virtualNetwork}' has ${present.prefixes.join(', ') || 'an allocation'} of the pool ${present.poolId} already.`,
        ),
  );
}

function familyIn(
  poolId: string,
  prefixes: readonly string[],
  pools: readonly LandscapePool[],
): string | undefined {
  const [prefix] = prefixes.filter(isPrefix);
  if (prefix !== undefined) return familyOf(prefix);
  return pools.find(({ id }) => isSameId(id, poolId))?.family;
}

/** What the landscape knows of the region counts where Azure does not let us read the pool. */
function region(
  { pools }: Subject,
  checker: TenantChecker,
  allocation: PlannedAssociation,
): DependentCheck {
  const looked = poolRegion(checker, allocation);
  const { target } = checker;
  const known = pools.find(({ id }) => id === allocation.poolId)?.location;
  if (known === undefined || known === target.location) return looked;
  const error = vendingError(
    'RegionMismatch',
    `The pool ${allocation.poolAlias} is in ${known}, the VNet in ${target.location}.`,
  );
  const { subject, check } = looked;
  return {
    check,
    subject,
    run: async () => ({ finding: { check, subject, status: 'failed', error } }),
  };
}

/** A lock with ReadOnly at the VNet or above it forbids the PUT. */
function locks({ dependencies, change: { target } }: Subject): DependentCheck {
  const subject = `VNet ${target.virtualNetwork}`;
  return {
    check: 'locks',
    subject,
    run: async () =>
      judge('locks', subject, await dependencies.azure.listLocks(target), (found) => {
        const names = found
          .filter(
            (lock) =>
              lock.level === 'ReadOnly' && isWithin(target.virtualNetworkId, scopeOfLock(lock)),
          )
          .map((lock) => `'${lock.name}' on ${scopeOfLock(lock)}`);
        return names.length === 0
          ? undefined
          : vendingError(
              'VirtualNetworkLocked',
              `The VNet '${target.virtualNetwork}' must not be changed: ReadOnly lock ${names.join(', ')}.`,
            );
      }),
  };
}
