import type { VirtualNetworkView } from '../../azure/azure.ts';
import { type VendingError, vendingError } from '../../model/errors.ts';
import { failure, type Outcome, success } from '../../model/outcome.ts';
import {
  type Finding,
  overridableChecks,
  type Removal,
  type VirtualNetworkTarget,
} from '../../model/plan.ts';
import { allocationsToRelease, findMisspelledPrefix } from '../../model/plan-removal.ts';
import { planExistingTarget } from '../../model/plan-target.ts';
import type { RemoveRequest } from '../../model/requests.ts';
import type { Dependencies } from '../dependencies.ts';
import { isSettled } from '../settled.ts';
import { findCreator } from './creator.ts';
import { type CheckResult, findingsOf, judge, prerequisitesNotMet } from './findings.ts';
import { otherHolders } from './other-holders.ts';
import { planRelease } from './plan-release.ts';
import type { PlannedWork } from './plan-request.ts';
import { inUse, locks, managedState, ownership, peerings } from './removal-obstacles.ts';
import {
  checkManagedTenant,
  checkManagementTenant,
  poolAssociation,
  poolReads,
  regionOfVirtualNetwork,
} from './tenant-checks.ts';

const read = 'Microsoft.Network/virtualNetworks/read';
const peeringActions = [
  'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete',
  'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write',
];
const poolDisassociation =
  'Microsoft.Network/networkManagers/ipamPools/disassociateResourcesFromPool/action';

/**
 * Step 1 of `remove`: what is there to be removed, and everything that stands against it, all at once.
 * The VNet is read once, so that all findings are about the same one.
 */
export async function planRemoval(
  dependencies: Dependencies,
  request: RemoveRequest,
): Promise<Outcome<PlannedWork>> {
  const { azure, landscape } = dependencies;
  const asked = planExistingTarget(request, landscape);
  if (!asked.ok) return asked;
  const found = await azure.getVirtualNetwork(asked.value);
  if (!found.ok) return failure(await whyUnread(dependencies, asked.value, found.error));
  const view = found.value;
  if (view === null) {
    // The request alone says the region; a pool of another one may list the VNet all the same.
    return await planRelease(dependencies, request, { ...asked.value, location: '' });
  }
  const target = { ...asked.value, location: view.location };
  const unusable = whyUnusable(target, view);
  if (unusable) return failure(unusable);
  const hasAllocation = [view, ...view.subnets].some(({ allocations }) => allocations.length > 0);
  if (request.mode === 'disassociate' && !hasAllocation) {
    return await planRelease(dependencies, request, target);
  }
  return await planSomething(dependencies, request, target, view);
}

/** Why the VNet cannot be planned with as it is shown; passes by itself. */
function whyUnusable(
  { virtualNetwork }: VirtualNetworkTarget,
  view: VirtualNetworkView,
): VendingError | undefined {
  if (findMisspelledPrefix(view) !== undefined) {
    return vendingError(
      'AzureAnswerInvalid',
      `Azure shows a prefix of the VNet '${virtualNetwork}' that is none.`,
    );
  }
  if (isSettled(view)) return undefined;
  return vendingError(
    'ResourceBusy',
    `The VNet '${virtualNetwork}' is ${view.provisioningState}; the plan waits until it is settled.`,
  );
}

async function planSomething(
  dependencies: Dependencies,
  request: RemoveRequest,
  target: VirtualNetworkTarget,
  view: VirtualNetworkView,
): Promise<Outcome<PlannedWork>> {
  const { azure, ledger, landscape } = dependencies;
  const { mode } = request;
  const { allocations, unknownPoolIds } = allocationsToRelease(view, landscape.pools);
  const tenants = { azure, landscape, target, pools: allocations, ...actionsOf(request) };
  const creator = await findCreator(ledger, view);
  const holders = await otherHolders(azure, target, allocations);
  if (!holders.ok) return holders;
  const results = await Promise.all([
    checkManagementTenant(tenants),
    checkManagedTenant(tenants, [locks(azure, target, mode)]),
    regionOfVirtualNetwork(target, request.target.location ?? ''),
    poolsKnown(target, unknownPoolIds),
    ...(mode === 'disassociate'
      ? []
      : [
          ownership(target, creator),
          inUse(target, view),
          peerings(target, view, request.detachPeerings),
          ...(creator.createdBy === undefined ? [] : [managedState(azure, target, view, creator)]),
        ]),
  ]);
  const findings = findingsOf(results.flat());
  if (!findings.ok) return findings;
  const judged = setAside(findings.value, request);
  const change: Removal = {
    requestId: request.id,
    operation: 'remove',
    mode,
    target,
    resourceGuid: view.resourceGuid,
    allocations,
    ...(holders.value.length > 0 ? { otherHolders: holders.value } : {}),
    ...(mode === 'delete' && creator.createdBy !== undefined
      ? { createdBy: creator.createdBy }
      : {}),
    detachedPeerings: request.detachPeerings ? view.peerings.map(({ name }) => name).sort() : [],
    overrides: overridableChecks.filter((check) =>
      judged.some((finding) => finding.check === check && finding.status === 'overridden'),
    ),
  };
  return success({ change, findings: judged, tags: view.tags });
}

function actionsOf({ mode, detachPeerings }: RemoveRequest) {
  if (mode === 'disassociate') {
    return {
      poolActions: [poolAssociation, poolDisassociation, ...poolReads],
      virtualNetworkActions: [read, 'Microsoft.Network/virtualNetworks/write'],
    };
  }
  return {
    poolActions: poolReads,
    virtualNetworkActions: [
      read,
      'Microsoft.Network/virtualNetworks/delete',
      ...(detachPeerings ? peeringActions : []),
    ],
  };
}

/** The release can be verified only with pools that the landscape lists. */
const poolsKnown = (
  { virtualNetwork }: VirtualNetworkTarget,
  unknownPoolIds: readonly string[],
): CheckResult =>
  judge('association', `VNet ${virtualNetwork}`, success(unknownPoolIds), () =>
    unknownPoolIds.length === 0
      ? undefined
      : vendingError(
          'UnknownPool',
          `The VNet '${virtualNetwork}' has prefixes of ${unknownPoolIds.join(', ')}, not listed in the landscape, so nobody could verify that they go back.`,
          {
            kind: 'operator',
            remedy: 'Add the pool to the landscape, then send the request again under a new id.',
          },
        ),
  );

/** An operator may set some obstacles aside, if the request asks for it; nothing else can be. */
const setAside = (findings: readonly Finding[], { override }: RemoveRequest): readonly Finding[] =>
  findings.map((finding) =>
    override && finding.status === 'failed' && overridableChecks.includes(finding.check)
      ? { ...finding, status: 'overridden' }
      : finding,
  );

/** A VNet that cannot be read cannot be planned with; the error names all that is wrong with the tenants. */
async function whyUnread(
  { azure, landscape }: Dependencies,
  target: VirtualNetworkTarget,
  error: VendingError,
): Promise<VendingError> {
  if (error.kind === 'retryable') return error;
  const tenants = {
    azure,
    landscape,
    target,
    pools: [],
    poolActions: [],
    virtualNetworkActions: [read],
  };
  const results = await Promise.all([checkManagementTenant(tenants), checkManagedTenant(tenants)]);
  const findings = findingsOf(results.flat());
  if (!findings.ok) return findings.error;
  return prerequisitesNotMet(findings.value) ?? error;
}
