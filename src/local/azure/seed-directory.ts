import { createHash } from 'node:crypto';
import type { AzureServices } from './contracts.ts';
import { roleAssignmentId } from './core/role-assignments.ts';
import type {
  ResourceGroupDocument,
  RoleAssignmentDocument,
  SubscriptionDocument,
  TenantDocument,
} from './documents.ts';
import { seedAppRoleAssignment } from './entra/app-roles.ts';
import {
  newApplication,
  newClientSecret,
  saveApplication,
  saveServicePrincipal,
} from './entra/directory.ts';
import { roleNamed } from './gateway/roles.ts';
import type { AzureSeed, BuiltInRoleName } from './seed.ts';

/** Puts tenants, subscriptions, resource groups, applications and role assignments of a seed in place. */
export function seedDirectory(services: AzureServices, seed: AzureSeed): void {
  for (const tenant of seed.tenants) seedTenant(services, tenant);
  for (const application of seed.applications) seedApplication(services, application);
  for (const assignment of seed.appRoleAssignments ?? []) {
    seedAppRoleAssignment(services.store, assignment);
  }
  for (const { scope, role, principalId } of seed.roleAssignments) {
    assignRole(services, scope, role, principalId);
  }
}

function seedTenant(services: AzureServices, tenant: AzureSeed['tenants'][number]): void {
  const { store } = services;
  const { tenantId, displayName, administrator } = tenant;
  store.put('tenants', tenantId, { tenantId, displayName } satisfies TenantDocument);
  seedApplication(
    services,
    {
      clientId: administrator.clientId,
      displayName: `Administrator of ${displayName}`,
      homeTenantId: tenantId,
      signInAudience: 'AzureADMyOrg',
      clientSecret: administrator.clientSecret,
      servicePrincipals: [{ tenantId, objectId: administrator.objectId }],
    },
    true,
  );
  for (const subscription of tenant.subscriptions) {
    const { subscriptionId } = subscription;
    store.put('subscriptions', subscriptionId, {
      subscriptionId,
      displayName: subscription.displayName,
      tenantId,
    } satisfies SubscriptionDocument);
    const scope = `/subscriptions/${subscriptionId}`;
    assignRole(services, scope, 'Owner', administrator.objectId);
    for (const { name, location } of subscription.resourceGroups) {
      const id = `${scope}/resourceGroups/${name}`;
      store.put('resourceGroups', id, {
        id,
        name,
        location,
        provisioningState: 'Succeeded',
      } satisfies ResourceGroupDocument);
    }
  }
}

function seedApplication(
  services: AzureServices,
  application: AzureSeed['applications'][number],
  administrator = false,
): void {
  const { clientId, displayName, homeTenantId, signInAudience, identifierUri } = application;
  saveApplication(
    services.store,
    newApplication(services, {
      clientId,
      displayName,
      homeTenantId,
      signInAudience,
      secrets: [newClientSecret('seed', application.clientSecret).document],
      otherProperties: {
        ...(identifierUri === undefined ? {} : { identifierUris: [identifierUri] }),
        ...(application.appRoles ? { appRoles: application.appRoles.map(appRole) } : {}),
      },
    }),
  );
  for (const { tenantId, objectId } of application.servicePrincipals) {
    saveServicePrincipal(services.store, {
      objectId,
      clientId,
      tenantId,
      displayName,
      administrator,
    });
  }
}

function appRole(value: string): Readonly<Record<string, unknown>> {
  return {
    id: guidOf(`app role ${value}`),
    value,
    displayName: value,
    description: value,
    allowedMemberTypes: ['User', 'Application'],
    isEnabled: true,
  };
}

/** The name follows from what is assigned, so that two starts from one seed are the same. */
export function assignRole(
  services: AzureServices,
  scope: string,
  role: BuiltInRoleName,
  principalId: string,
): RoleAssignmentDocument {
  const { roleId } = roleNamed(role);
  const name = guidOf(`${scope}|${roleId}|${principalId}`.toLowerCase());
  const assignment: RoleAssignmentDocument = {
    id: roleAssignmentId(scope, name),
    name,
    scope,
    roleId,
    principalId,
    principalType: 'ServicePrincipal',
    description: null,
    createdOn: new Date(services.clock.now()).toISOString(),
    createdBy: '',
  };
  services.store.put('roleAssignments', assignment.id, assignment);
  return assignment;
}

function guidOf(text: string): string {
  const hex = createHash('sha256').update(text).digest('hex');
  return hex.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, '$1-$2-5$3-8$4-$5');
}
