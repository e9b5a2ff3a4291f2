import type { Azure, EffectivePermission } from '../azure/azure.ts';
import { allows } from '../azure/permissions.ts';
import type { Ledger } from '../ledger/ledger.ts';
import { type VendingError, vendingError } from '../model/errors.ts';
import type { Landscape } from '../model/landscape.ts';
import { failure, type Outcome, success } from '../model/outcome.ts';
import type { Deployment, Finding, PlannedAllocation, PrerequisiteCheck } from '../model/plan.ts';
import { isOwnedBy } from './ownership.ts';

/** What the one PUT, its polls and its compensation need at a pool (azure-ipam 9). */
const poolActions = [
  'Microsoft.Network/networkManagers/ipamPools/associateResourcesToPool/action',
  'Microsoft.Network/networkManagers/ipamPools/getPoolUsage/action',
  'Microsoft.Network/networkManagers/ipamPools/listAssociatedResources/action',
] as const;

/** What they need at the resource group of the VNet. */
const virtualNetworkActions = [
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

/**
 * Step 1: every prerequisite in both tenants, all findings at once. Fails only when a check could not
 * be made for now (throttling, an outage), so that the whole step is tried again.
 */
export async function checkPrerequisites(checker: Checker): Promise<Outcome<readonly Finding[]>> {
  const results = (await Promise.all([managementSide(checker), managedSide(checker)])).flat();
  const passing = results.find((result) => result.retry !== undefined)?.retry;
  return passing ? failure(passing) : success(results.map((result) => result.finding));
}

interface CheckResult {
  readonly finding: Finding;
  /** Set when the check could not be made for now. */
  readonly retry?: VendingError;
}

/** What is looked at for each pool of the request. */
const poolChecks = [
  { check: 'pool-permission', look: poolPermission },
  { check: 'pool-region', look: poolRegion },
  { check: 'pool-capacity', look: poolCapacity },
] as const;

async function managementSide(checker: Checker): Promise<readonly CheckResult[]> {
  const { azure, landscape, deployment } = checker;
  const { tenantId } = landscape.managementTenant;
  const subject = `management tenant ${tenantId}`;
  const token = await azure.checkToken(tenantId);
  const tokenResult = judge('management-token', subject, token);
  const dependent: DependentCheck[] = deployment.allocations.flatMap((allocation) =>
    poolChecks.map(({ check, look }) => ({
      check,
      subject: `pool ${allocation.poolAlias}`,
      run: () => look(checker, allocation),
    })),
  );
  dependent.push({
    check: 'connection',
    subject: `subscription ${deployment.target.subscriptionId}`,
    run: () => connection(checker),
  });
  return [tokenResult, ...(await runDependent(token.ok, subject, dependent))];
}

async function managedSide(checker: Checker): Promise<readonly CheckResult[]> {
  const { azure, deployment } = checker;
  const { target } = deployment;
  const subject = `managed tenant ${target.tenantAlias} (${target.tenantId})`;
  const token = await azure.checkToken(target.tenantId);
  const resourceGroup = `resource group ${target.resourceGroup}`;
  return [
    judge('managed-token', subject, token),
    ...(await runDependent(token.ok, subject, [
      {
        run: () => virtualNetworkPermission(checker),
        check: 'virtual-network-permission',
        subject: resourceGroup,
      },
      { run: () => resourceGroupExists(checker), check: 'resource-group', subject: resourceGroup },
      {
        run: () => virtualNetworkName(checker),
        check: 'virtual-network-name',
        subject: `VNet ${target.virtualNetwork}`,
      },
    ])),
  ];
}

interface DependentCheck {
  readonly run: () => Promise<CheckResult>;
  readonly check: PrerequisiteCheck;
  readonly subject: string;
}

/** Without a token nothing else of that tenant can be looked at: each check says so. */
async function runDependent(
  hasToken: boolean,
  tenant: string,
  checks: readonly DependentCheck[],
): Promise<readonly CheckResult[]> {
  if (hasToken) return await Promise.all(checks.map(({ run }) => run()));
  return checks.map(({ check, subject }) => ({
    finding: {
      check,
      subject,
      status: 'unknown',
      error: vendingError(
        'TokenUnavailable',
        `Not checked, for want of a token of the ${tenant}.`,
        {
          kind: 'operator',
          cause: 'Every look into a tenant needs a token of that tenant.',
          remedy: 'Cure the finding about the token first.',
        },
      ),
    },
  }));
}

async function poolPermission(
  { azure, landscape }: Checker,
  { poolAlias, poolId }: PlannedAllocation,
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

async function virtualNetworkPermission({
  azure,
  landscape,
  deployment,
}: Checker): Promise<CheckResult> {
  const { tenantId, subscriptionId, resourceGroup } = deployment.target;
  const subscription = `/subscriptions/${subscriptionId}`;
  const scope = `${subscription}/resourceGroups/${resourceGroup}`;
  let permissions = await azure.listPermissions({ tenantId, scope });
  // A group that does not exist has no permissions of its own; the subscription's would hold for it.
  if (!permissions.ok && permissions.error.code === 'ResourceGroupMissing') {
    permissions = await azure.listPermissions({ tenantId, scope: subscription });
  }
  return judgePermissions(
    'virtual-network-permission',
    `resource group ${resourceGroup}`,
    permissions,
    virtualNetworkActions,
    `Assign the role Network Contributor to the application: az role assignment create --role "Network Contributor" --assignee ${landscape.application.clientId} --scope ${scope}`,
  );
}

async function poolRegion(
  { azure, deployment }: Checker,
  { poolAlias, poolId }: PlannedAllocation,
): Promise<CheckResult> {
  const { location } = deployment.target;
  return judge('pool-region', `pool ${poolAlias}`, await azure.getPool(poolId), (pool) =>
    pool.location === location
      ? undefined
      : vendingError(
          'RegionMismatch',
          `The pool ${poolAlias} is in ${pool.location}, the VNet would be in ${location}.`,
        ),
  );
}

async function poolCapacity(
  { azure }: Checker,
  { poolAlias, poolId, numberOfIpAddresses }: PlannedAllocation,
): Promise<CheckResult> {
  return judge('pool-capacity', `pool ${poolAlias}`, await azure.getPoolUsage(poolId), (usage) =>
    BigInt(usage.numberOfAvailableIpAddresses) >= BigInt(numberOfIpAddresses)
      ? undefined
      : vendingError(
          'PoolExhausted',
          `The pool ${poolAlias} has ${usage.numberOfAvailableIpAddresses} addresses left; ${numberOfIpAddresses} are asked for.`,
        ),
  );
}

async function connection({ azure, landscape, deployment }: Checker): Promise<CheckResult> {
  const { tenantId, subscriptionId, tenantAlias } = deployment.target;
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

async function resourceGroupExists({ azure, deployment }: Checker): Promise<CheckResult> {
  const { tenantId, tenantAlias, subscriptionId, resourceGroup, location } = deployment.target;
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

function judgePermissions(
  check: PrerequisiteCheck,
  subject: string,
  permissions: Outcome<readonly EffectivePermission[]>,
  actions: readonly string[],
  remedy: string,
): CheckResult {
  return judge(check, subject, permissions, (granted) => {
    const missing = actions.filter((action) => !allows(granted, action));
    if (missing.length === 0) return undefined;
    return vendingError(
      'PermissionMissing',
      `The application lacks ${missing.join(', ')} on the ${subject}.`,
      { remedy },
    );
  });
}

/** Makes a finding of what was read; a refusal to let us look is `unknown`, not missing. */
function judge<T>(
  check: PrerequisiteCheck,
  subject: string,
  read: Outcome<T>,
  fault: (value: T) => VendingError | undefined = () => undefined,
): CheckResult {
  if (read.ok) {
    const error = fault(read.value);
    return {
      finding: error
        ? { check, subject, status: 'failed', error }
        : { check, subject, status: 'passed' },
    };
  }
  const { error } = read;
  const isToken = check === 'management-token' || check === 'managed-token';
  const status = !isToken && unreadable.has(error.code) ? 'unknown' : 'failed';
  return {
    finding: { check, subject, status, error },
    ...(error.kind === 'retryable' ? { retry: error } : {}),
  };
}

/** Errors that say only that Azure does not let us look, or that there is nothing to look at. */
const unreadable: ReadonlySet<string> = new Set(['PermissionMissing', 'NotFound']);
