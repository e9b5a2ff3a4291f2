import type { Azure } from '../../azure/azure.ts';
import type { Landscape, ManagedTenant } from '../../model/landscape.ts';
import type { Finding, VirtualNetworkTarget } from '../../model/plan.ts';
import { resourceGroupExists, virtualNetworkActions } from './check-prerequisites.ts';
import type { CheckResult } from './findings.ts';
import {
  checkManagedTenant,
  checkManagementTenant,
  poolAssociation,
  poolReads,
  type TenantChecker,
} from './tenant-checks.ts';

/** Scopes that are looked at in one go: each is several calls of Azure. */
const mostAtOnce = 4;

/**
 * Every prerequisite of a managed tenant that does not depend on a request: the tokens, the permissions on
 * every pool of the landscape, and for each subscription (and resource group that the landscape names)
 * its connection and the permissions there. What could not be looked at for now is `unknown`.
 */
export async function checkTenant(
  { azure, landscape }: { readonly azure: Azure; readonly landscape: Landscape },
  tenant: ManagedTenant,
): Promise<readonly Finding[]> {
  const pools = landscape.pools.map(({ alias, id }) => ({ poolAlias: alias, poolId: id }));
  const targets = targetsOf(tenant);
  const results: CheckResult[] = [];
  for (let index = 0; index < targets.length; index += mostAtOnce) {
    const some = targets.slice(index, index + mostAtOnce).map((target, offset) =>
      checkScope({
        azure,
        landscape,
        target,
        pools: index + offset === 0 ? pools : [],
        poolActions: [poolAssociation, ...poolReads],
        virtualNetworkActions,
      }),
    );
    results.push(...(await Promise.all(some)).flat());
  }
  return withoutRepetitions(results.map(findingNow));
}

async function checkScope(checker: TenantChecker): Promise<readonly CheckResult[]> {
  const { azure, target } = checker;
  const exists = {
    check: 'resource-group',
    subject: `resource group ${target.resourceGroup}`,
    run: () => resourceGroupExists(azure, target),
  } as const;
  const both = await Promise.all([
    checkManagementTenant(checker),
    checkManagedTenant(checker, target.resourceGroup === '' ? [] : [exists]),
  ]);
  return both.flat();
}

/** One a resource group that the landscape names; of a subscription without any, the subscription. */
function targetsOf({ alias, tenantId, subscriptions }: ManagedTenant): VirtualNetworkTarget[] {
  return subscriptions.flatMap(({ subscriptionId, resourceGroups = [''] }) =>
    resourceGroups.map((resourceGroup) => ({
      tenantAlias: alias,
      tenantId,
      subscriptionId,
      resourceGroup,
      virtualNetwork: '',
      virtualNetworkId: '',
      location: '',
    })),
  );
}

const findingNow = ({ finding, retry }: CheckResult): Finding =>
  retry === undefined ? finding : { ...finding, status: 'unknown' };

/** Tokens and connections are looked at with each scope. */
const withoutRepetitions = (findings: readonly Finding[]): readonly Finding[] => [
  ...new Map(findings.map((finding) => [`${finding.check} ${finding.subject}`, finding])).values(),
];
