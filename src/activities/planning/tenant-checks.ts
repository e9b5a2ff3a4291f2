import type { Azure } from '../../azure/azure.ts';
import { vendingError } from '../../model/errors.ts';
import type { Landscape } from '../../model/landscape.ts';
import { success } from '../../model/outcome.ts';
import type { PlannedAllocation, VirtualNetworkTarget } from '../../model/plan.ts';
import {
  type CheckResult,
  type DependentCheck,
  judge,
  judgePermissions,
  runDependent,
} from './findings.ts';

export type PoolReference = Pick<PlannedAllocation, 'poolAlias' | 'poolId'>;

/** What every operation needs of both tenants; which actions, is the operation's matter. */
export interface TenantChecker<P extends PoolReference = PoolReference> {
  readonly azure: Azure;
  readonly landscape: Landscape;
  readonly target: VirtualNetworkTarget;
  readonly pools: readonly P[];
  /** ARM actions that the operation needs on each pool. */
  readonly poolActions: readonly string[];
  /** ARM actions that it needs on the resource group of the VNet. */
  readonly virtualNetworkActions: readonly string[];
}

/** Reads of a pool that every operation makes (azure-ipam 9). */
export const poolReads = [
  'Microsoft.Network/networkManagers/ipamPools/getPoolUsage/action',
  'Microsoft.Network/networkManagers/ipamPools/listAssociatedResources/action',
] as const;

/** What a PUT needs that makes, changes or drops an association (azure-ipam 9). */
export const poolAssociation =
  'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action';

/** The token of the management tenant, permissions on each pool, what else `checksOf` asks of it, the connection. */
export async function checkManagementTenant<P extends PoolReference>(
  checker: TenantChecker<P>,
  checksOf: (pool: P) => readonly DependentCheck[] = () => [],
): Promise<readonly CheckResult[]> {
  const { azure, landscape, target, pools } = checker;
  const { tenantId } = landscape.managementTenant;
  const subject = `management tenant ${tenantId}`;
  const token = await azure.checkToken(tenantId);
  const dependent: readonly DependentCheck[] = [
    ...pools.flatMap((pool) => [
      {
        check: 'pool-permission' as const,
        subject: `pool ${pool.poolAlias}`,
        run: () => poolPermission(checker, pool),
      },
      ...checksOf(pool),
    ]),
    {
      check: 'connection',
      subject: `subscription ${target.subscriptionId}`,
      run: () => connection(checker),
    },
  ];
  return [
    judge('management-token', subject, token),
    ...(await runDependent(token.ok, subject, dependent)),
  ];
}

/** The token of the managed tenant, permissions on the resource group, and what else is asked of it. */
export async function checkManagedTenant(
  checker: TenantChecker,
  checks: readonly DependentCheck[] = [],
): Promise<readonly CheckResult[]> {
  const { azure, target } = checker;
  const subject = `managed tenant ${target.tenantAlias} (${target.tenantId})`;
  const token = await azure.checkToken(target.tenantId);
  return [
    judge('managed-token', subject, token),
    ...(await runDependent(token.ok, subject, [
      {
        check: 'virtual-network-permission',
        subject: scopeText(target),
        run: () => virtualNetworkPermission(checker),
      },
      ...checks,
    ])),
  ];
}

/** A VNet that exists is in its region; a request that says another one (empty: none) means another VNet. */
export const regionOfVirtualNetwork = (
  { virtualNetwork, location }: VirtualNetworkTarget,
  asked: string,
): CheckResult =>
  judge('virtual-network', `VNet ${virtualNetwork}`, success(null), () =>
    asked === '' || asked === location
      ? undefined
      : vendingError(
          'RegionMismatch',
          `The VNet '${virtualNetwork}' is in ${location}, not in ${asked}.`,
          {
            cause: 'The request names another region than the one where the VNet is.',
            remedy: 'Leave the location out, or correct it; a VNet never moves to another region.',
          },
        ),
  );

/** The pool must be in the region of the VNet. */
export const poolRegion = (
  { azure, target }: Pick<TenantChecker, 'azure' | 'target'>,
  { poolAlias, poolId }: PoolReference,
): DependentCheck => ({
  check: 'pool-region',
  subject: `pool ${poolAlias}`,
  run: async () =>
    judge('pool-region', `pool ${poolAlias}`, await azure.getPool(poolId), (pool) =>
      pool.location === target.location
        ? undefined
        : vendingError(
            'RegionMismatch',
            `The pool ${poolAlias} is in ${pool.location}, the VNet in ${target.location}.`,
          ),
    ),
});

const scopeText = ({ resourceGroup, subscriptionId }: VirtualNetworkTarget): string =>
  resourceGroup === '' ? `subscription ${subscriptionId}` : `resource group ${resourceGroup}`;

async function poolPermission(
  { azure, landscape, poolActions }: TenantChecker,
  { poolAlias, poolId }: PoolReference,
): Promise<CheckResult> {
  const { tenantId } = landscape.managementTenant;
  const permissions = await azure.listPermissions({ tenantId, scope: poolId });
  return judgePermissions(
    'pool-permission',
    `pool ${poolAlias}`,
    permissions,
    poolActions,
    `Assign the role IPAM Pool User on the pool to the application: az role assignment create --role "IPAM Pool User" --assignee ${landscape.application.clientId} --scope ${poolId}`,
  );
}

/** Permissions on the resource group of the target; of one without, on the subscription. */
async function virtualNetworkPermission({
  azure,
  landscape,
  target,
  virtualNetworkActions,
}: TenantChecker): Promise<CheckResult> {
  const { tenantId, subscriptionId, resourceGroup } = target;
  const subscription = `/subscriptions/${subscriptionId}`;
  const scope =
    resourceGroup === '' ? subscription : `${subscription}/resourceGroups/${resourceGroup}`;
  let permissions = await azure.listPermissions({ tenantId, scope });
  // A group that does not exist has no permissions of its own; the subscription's would hold for it.
  if (!permissions.ok && permissions.error.code === 'ResourceGroupMissing') {
    permissions = await azure.listPermissions({ tenantId, scope: subscription });
  }
  return judgePermissions(
    'virtual-network-permission',
    scopeText(target),
    permissions,
    virtualNetworkActions,
    `Assign the role Network Contributor to the application: az role assignment create --role "Network Contributor" --assignee ${landscape.application.clientId} --scope ${scope}`,
  );
}

async function connection({ azure, landscape, target }: TenantChecker): Promise<CheckResult> {
  const { tenantId, subscriptionId, tenantAlias } = target;
  const connections = await azure.listScopeConnections(tenantId, subscriptionId);
  const result = judge('connection', `subscription ${subscriptionId}`, connections, (found) => {
    if (found.some(({ state }) => state === 'Connected')) return undefined;
    const states = found.map(({ name, state }) => `'${name}' is ${state}`).join(', ');
    return vendingError(
      'ConnectionNotConnected',
      `The network manager ${landscape.managementTenant.networkManager} is not connected with the subscription ${subscriptionId} of ${tenantAlias}: ${states || 'there is no connection'}.`,
      {
        remedy:
          found.length === 0
            ? 'Create the scope connection at the network manager and the network manager connection in the subscription, with exactly the same scope.'
            : 'Create (or renew) the network manager connection in the subscription of the managed tenant, with exactly the same scope.',
      },
    );
  });
  // Whether Azure enforces the connection is unconfirmed (azure-ipam 12): the landscape decides.
  const isOptional = !landscape.requireConnection && result.finding.status === 'failed';
  return isOptional ? { finding: { ...result.finding, status: 'unknown' } } : result;
}
