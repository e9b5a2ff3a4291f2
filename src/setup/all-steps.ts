import { parsePoolId } from '../azure/arm-ids.ts';
import type { ManagedTenant } from '../model/landscape.ts';
import type { TenantName } from './administration.ts';
import {
  homeTenantOf,
  managedTenantNameOf,
  managementTenantOf,
  type SetupContext,
} from './context.ts';
import { managedRole, managementRoles } from './roles.ts';
import type { Step } from './step.ts';
import { applicationStep, multiTenantStep } from './steps/application.ts';
import { type ConnectedSubscription, connectionSteps } from './steps/connections.ts';
import { customRoleStep } from './steps/custom-role.ts';
import { effectiveRolesStep } from './steps/effective-roles.ts';
import { federatedCredentialStep, trustingApplication } from './steps/federated-credential.ts';
import {
  managerPathOf,
  networkManagerId,
  networkManagerStep,
  resourceGroupStep,
} from './steps/management.ts';
import { poolStep, poolStepId } from './steps/pool.ts';
import { type RoleTarget, roleAssignmentId, roleAssignmentStep } from './steps/role-assignment.ts';
import { servicePrincipalStep } from './steps/service-principal.ts';
import { signInStep } from './steps/sign-in.ts';
import { signInApplicationSteps } from './steps/sign-in-application.ts';
import { surplusRolesStep } from './steps/surplus-roles.ts';

/** What the steps of a set-up are about: those that all tenants share, and those of each managed tenant. */
export interface SetupSteps {
  readonly shared: readonly Step[];
  readonly managed: readonly Step[];
}

/** Microsoft's tutorial, steps 1 to 5, in the order in which they build on one another. */
export function stepsOf(context: SetupContext, forUndo = false): SetupSteps {
  const tenants = chosenTenants(context);
  const management = managementTenantOf(context);
  const home = homeTenantOf(context);
  const known = new Set([management.tenantId, home.tenantId]);
  const others = tenants.filter(({ tenantId }) => !known.has(tenantId));
  return {
    shared: [
      ...[management, home].filter(distinct).map((tenant) => signInStep(context, tenant)),
      applicationStep(context),
      multiTenantStep(context),
      ...(context.managedIdentity === undefined && !forUndo
        ? []
        : [federatedCredentialStep(context, trustingApplication(context))]),
      ...signInApplicationSteps(context, forUndo),
      ...[management, home]
        .filter(distinct)
        .map((tenant) => servicePrincipalStep(context, tenant, subscriptionsIn(context, tenant))),
      resourceGroupStep(context),
      networkManagerStep(context),
      ...context.landscape.pools.map((pool) => poolStep(context, pool)),
      ...managementRoleSteps(context),
    ],
    managed: [
      ...others.flatMap((managed) => {
        const tenant = managedTenantNameOf(managed);
        return [
          signInStep(context, tenant),
          servicePrincipalStep(context, tenant, subscriptionsIn(context, tenant)),
        ];
      }),
      ...tenants.flatMap((managed) => managedTenantSteps(context, managed)),
    ],
  };
}

const distinct = (tenant: TenantName, index: number, all: readonly TenantName[]): boolean =>
  all.findIndex(({ tenantId }) => tenantId === tenant.tenantId) === index;

function chosenTenants({ landscape, tenants }: SetupContext): readonly ManagedTenant[] {
  return landscape.managedTenants.filter(
    ({ alias }) => tenants === undefined || tenants.includes(alias),
  );
}

/** Every subscription of a tenant that the landscape names. */
function subscriptionsIn({ landscape }: SetupContext, { tenantId }: TenantName): string[] {
  const { managementTenant, managedTenants, pools } = landscape;
  const found = [
    ...(managementTenant.tenantId === tenantId
      ? [managementTenant.subscriptionId, ...pools.map(({ id }) => parsePoolId(id).subscriptionId)]
      : []),
    ...managedTenants
      .filter((managed) => managed.tenantId === tenantId)
      .flatMap(({ subscriptions }) => subscriptions.map(({ subscriptionId }) => subscriptionId)),
  ];
  return [...new Set(found.map((subscriptionId) => subscriptionId.toLowerCase()))];
}

/** The definitions of the custom roles that are given, each once. */
function customRoleSteps(context: SetupContext, targets: readonly RoleTarget[]): readonly Step[] {
  const given = targets.filter(({ role }) => role.definition !== undefined);
  return [...new Map(given.map((target) => [target.role.roleId, target])).values()].map(
    ({ tenant, role, subscriptionId }) => customRoleStep(context, tenant, role, subscriptionId),
  );
}

function managementTargets(context: SetupContext): readonly RoleTarget[] {
  const { landscape } = context;
  const tenant = managementTenantOf(context);
  const { subscriptionId } = landscape.managementTenant;
  const rolesIn = (id: string) => managementRoles(context.roles, tenant.tenantId, id.toLowerCase());
  return [
    ...landscape.pools.map((pool) => ({
      tenant,
      role: rolesIn(parsePoolId(pool.id).subscriptionId).pool,
      scope: pool.id,
      subject: `pool ${pool.alias}`,
      subscriptionId: parsePoolId(pool.id).subscriptionId,
      needs: [poolStepId(pool)],
    })),
    {
      tenant,
      role: rolesIn(subscriptionId).networkManager,
      scope: managerPathOf(context),
      subject: `network manager ${landscape.managementTenant.networkManager}`,
      subscriptionId,
      needs: [networkManagerId],
    },
  ];
}

function managementRoleSteps(context: SetupContext): readonly Step[] {
  const tenant = managementTenantOf(context);
  const targets = managementTargets(context);
  return [
    ...customRoleSteps(context, targets),
    ...targets.map((target) => roleAssignmentStep(context, target)),
    ...effectiveRolesStep(context, 'roles in effect', targets),
    ...(isAlsoManaged(context) ? [] : surplusSteps(context, tenant, targets.map(roleAssignmentId))),
  ];
}

/** Then its roles are all given only once those of managed tenants are. */
const isAlsoManaged = (context: SetupContext): boolean =>
  chosenTenants(context).some(
    ({ tenantId }) => tenantId === context.landscape.managementTenant.tenantId,
  );

/** In the tenants that one run sets up, after all roles that it gives there. */
function surplusSteps(
  context: SetupContext,
  tenant: TenantName,
  needs: readonly string[],
): readonly Step[] {
  const { landscape } = context;
  const isManagement = tenant.tenantId === landscape.managementTenant.tenantId;
  const targets = [
    ...(isManagement ? managementTargets(context) : []),
    ...landscape.managedTenants
      .filter(({ tenantId }) => tenantId === tenant.tenantId)
      .flatMap((managed) => managedTargets(context, managed)),
  ];
  return [surplusRolesStep(context, tenant, targets, subscriptionsIn(context, tenant), needs)];
}

function managedTargets(context: SetupContext, managed: ManagedTenant): readonly RoleTarget[] {
  const tenant = managedTenantNameOf(managed);
  return managed.subscriptions.flatMap(({ subscriptionId, resourceGroups }) => {
    const role = managedRole(context.roles, tenant.tenantId, subscriptionId.toLowerCase());
    const subscription = `/subscriptions/${subscriptionId}`;
    const places =
      resourceGroups === undefined
        ? [{ scope: subscription, subject: `subscription ${subscriptionId}` }]
        : resourceGroups.map((group) => ({
            scope: `${subscription}/resourceGroups/${group}`,
            subject: `resource group ${group} of ${subscriptionId}`,
          }));
    return places.map(
      (place): RoleTarget => ({ ...place, tenant, role, subscriptionId, needs: [] }),
    );
  });
}

function managedTenantSteps(context: SetupContext, managed: ManagedTenant): readonly Step[] {
  const tenant = managedTenantNameOf(managed);
  const subscriptionIds = managed.subscriptions.map(({ subscriptionId }) => subscriptionId);
  const targets = managedTargets(context, managed);
  // In one tenant a network manager reaches its subscriptions without a connection.
  const isAbroad = managed.tenantId !== context.landscape.managementTenant.tenantId;
  const connections = subscriptionIds.map(
    (subscriptionId): ConnectedSubscription => ({ tenant, alias: managed.alias, subscriptionId }),
  );
  return [
    ...(isAbroad ? connections.flatMap((to) => connectionSteps(context, to)) : []),
    ...customRoleSteps(context, targets),
    ...targets.map((target) => roleAssignmentStep(context, target)),
    ...effectiveRolesStep(context, `roles in effect ${tenant.tenantId}`, targets),
    ...surplusSteps(context, tenant, targets.map(roleAssignmentId)),
  ];
}
