import type { Azure } from '../../azure/azure.ts';
import type { Ledger } from '../../ledger/ledger.ts';
import { vendingError } from '../../model/errors.ts';
import type { Landscape } from '../../model/landscape.ts';
import type { Outcome } from '../../model/outcome.ts';
import type {
  Deployment,
  Finding,
  PlannedAllocation,
  VirtualNetworkTarget,
} from '../../model/plan.ts';
import { isOwnedBy } from '../allocate/ownership.ts';
import { type CheckResult, findingsOf, judge } from './findings.ts';
import {
  checkManagedTenant,
  checkManagementTenant,
  poolAssociation,
  poolReads,
  poolRegion,
} from './tenant-checks.ts';

/** What the one PUT, its polls and its compensation need at the resource group of the VNet. */
export const virtualNetworkActions = [
  'Microsoft.Network/virtualNetworks/read',
  'Microsoft.Network/virtualNetworks/write',
  'Microsoft.Network/virtualNetworks/delete',
] as const;

interface Checker {
  readonly azure: Azure;
  readonly ledger: Ledger;
  readonly landscape: Landscape;
  readonly deployment: Deployment;
}

/** Step 1 of `allocate`: every prerequisite in both tenants, all findings at once. */
export async function checkPrerequisites(checker: Checker): Promise<Outcome<readonly Finding[]>> {
  const { azure, landscape, deployment } = checker;
  const { target, allocations } = deployment;
  const tenants = {
    azure,
    landscape,
    target,
    pools: allocations,
    poolActions: [poolAssociation, ...poolReads],
    virtualNetworkActions,
  };
  const resourceGroup = `resource group ${target.resourceGroup}`;
  const results = await Promise.all([
    checkManagementTenant(tenants, (pool) => [
      poolRegion(tenants, pool),
      {
        check: 'pool-capacity',
        subject: `pool ${pool.poolAlias}`,
        run: () => poolCapacity(checker, pool),
      },
    ]),
    checkManagedTenant(tenants, [
      {
        check: 'resource-group',
        subject: resourceGroup,
        run: () => resourceGroupExists(azure, target),
      },
      {
        check: 'virtual-network-name',
        subject: `VNet ${target.virtualNetwork}`,
        run: () => virtualNetworkName(checker),
      },
    ]),
  ]);
  return findingsOf(results.flat());
}

async function poolCapacity(
  { azure }: Checker,
  { poolAlias, poolId, numberOfIpAddresses }: PlannedAllocation,
): Promise<CheckResult> {
  const read = await azure.getPoolUsage(poolId);
  const result = judge('pool-capacity', `pool ${poolAlias}`, read, (usage) =>
    BigInt(usage.numberOfAvailableIpAddresses) >= BigInt(numberOfIpAddresses)
      ? undefined
      : vendingError(
          'PoolExhausted',
          `The pool ${poolAlias} has ${usage.numberOfAvailableIpAddresses} addresses left; ${numberOfIpAddresses} are asked for.`,
        ),
  );
  if (!read.ok) return result;
  const facts = {
    totalIpAddresses: read.value.totalNumberOfIpAddresses,
    availableIpAddresses: read.value.numberOfAvailableIpAddresses,
    askedFor: numberOfIpAddresses,
  };
  return { ...result, finding: { ...result.finding, facts } };
}

/** Whether the resource group of a VNet exists; a target without a region has one at the choice of the reader. */
export async function resourceGroupExists(
  azure: Azure,
  target: VirtualNetworkTarget,
): Promise<CheckResult> {
  const { tenantId, tenantAlias, subscriptionId, resourceGroup } = target;
  const location = target.location || '<region>';
  const found = await azure.getResourceGroup(tenantId, subscriptionId, resourceGroup);
  return judge('resource-group', `resource group ${resourceGroup}`, found, (group) =>
    group
      ? undefined
      : vendingError(
          'ResourceGroupMissing',
          `The resource group '${resourceGroup}' does not exist in the subscription ${subscriptionId} of ${tenantAlias}.`,
          {
            remedy: `Create it: az group create --subscription ${subscriptionId} --name ${resourceGroup} --location ${location}; or name an existing one.`,
          },
        ),
  );
}

async function virtualNetworkName({ azure, ledger, deployment }: Checker): Promise<CheckResult> {
  const { target, requestId } = deployment;
  const found = await azure.getVirtualNetwork(target);
  const isFree =
    found.ok && (found.value === null || (await isOwnedBy(ledger, requestId, found.value)));
  return judge('virtual-network-name', `VNet ${target.virtualNetwork}`, found, () =>
    isFree
      ? undefined
      : vendingError(
          'VirtualNetworkExists',
          `A VNet '${target.virtualNetwork}' exists in '${target.resourceGroup}' and was not created by this request.`,
        ),
  );
}
