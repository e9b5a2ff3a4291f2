import { z } from 'zod';
import type { AzureServices } from '../contracts.ts';
import type {
  ApplicationDocument,
  CustomRoleDocument,
  LockDocument,
  ResourceGroupDocument,
  RoleAssignmentDocument,
  ServicePrincipalDocument,
} from '../documents.ts';
import {
  deleteServicePrincipal,
  findApplication,
  findServicePrincipal,
  saveApplication,
  saveServicePrincipal,
} from '../entra/directory.ts';
import { findRole, roleDefinitions } from '../gateway/roles.ts';
import { changeNetwork, describeNetwork } from '../network/network-operations.ts';
import type { BuiltInRoleName } from '../seed.ts';
import { assignRole } from '../seed-directory.ts';
import { switchChangesSchema } from '../switch-schemas.ts';
import { defaultSwitches, type Switches } from '../switches.ts';

const roleNames = roleDefinitions.map((role) => role.name) as [
  BuiltInRoleName,
  ...BuiltInRoleName[],
];
const sameText = (a: string, b: string) => a.toLowerCase() === b.toLowerCase();

/** Body of `POST /_control/state`: changes behind everybody's back. */
export const stateChangeSchema = z.strictObject({
  switches: switchChangesSchema.optional(),
  roleAssignments: z
    .strictObject({
      /** Those that fit everything that is given. */
      drop: z
        .array(
          z
            .strictObject({
              id: z.string().optional(),
              scope: z.string().optional(),
              role: z.enum(roleNames).optional(),
              principalId: z.string().optional(),
            })
            .refine((drop) => Object.keys(drop).length > 0, 'must say which'),
        )
        .optional(),
      add: z
        .array(
          z.strictObject({
            scope: z.string().startsWith('/'),
            role: z.enum(roleNames),
            principalId: z.string(),
          }),
        )
        .optional(),
    })
    .optional(),
  servicePrincipals: z
    .strictObject({
      drop: z.array(z.strictObject({ tenantId: z.string(), clientId: z.string() })).optional(),
      add: z
        .array(z.strictObject({ tenantId: z.string(), clientId: z.string(), objectId: z.guid() }))
        .optional(),
      /** Whether one may change its directory through Graph. */
      change: z
        .array(
          z.strictObject({
            tenantId: z.string(),
            clientId: z.string(),
            administrator: z.boolean(),
          }),
        )
        .optional(),
    })
    .optional(),
  applications: z
    .array(
      z.strictObject({
        clientId: z.string(),
        signInAudience: z.enum(['AzureADMyOrg', 'AzureADMultipleOrgs']).optional(),
        /** Takes all secrets and keys away. */
        dropCredentials: z.boolean().optional(),
      }),
    )
    .optional(),
  /** For the network part: VNets, pools, connections. */
  network: z.unknown().optional(),
});

export type StateChange = z.infer<typeof stateChangeSchema>;

/** A change that names what does not exist. */
export class StateChangeError extends Error {
  override readonly name = 'StateChangeError';
}

/** Answer of `GET /_control/state`; never a secret or a key. */
export function describeState(services: AzureServices): unknown {
  const { store, switches } = services;
  return {
    switches,
    tenants: store.list('tenants'),
    subscriptions: store.list('subscriptions'),
    resourceGroups: store.list<ResourceGroupDocument>('resourceGroups'),
    applications: store
      .list<ApplicationDocument>('applications')
      .map(({ clientId, displayName, homeTenantId, signInAudience, ...more }) => ({
        clientId,
        displayName,
        homeTenantId,
        signInAudience,
        federatedCredentials: more.federatedCredentials,
        appRoles: more.otherProperties['appRoles'] ?? [],
        tags: more.otherProperties['tags'] ?? [],
      })),
    servicePrincipals: store.list<ServicePrincipalDocument>('servicePrincipals'),
    roleAssignments: store
      .list<RoleAssignmentDocument>('roleAssignments')
      .map(({ id, scope, roleId, principalId }) => ({
        id,
        scope,
        role: findRole(store, roleId)?.name ?? roleId,
        principalId,
      })),
    customRoles: store.list<CustomRoleDocument>('customRoles'),
    locks: store
      .list<LockDocument>('locks')
      .map(({ id, name, scope, level, notes }) => ({ id, name, scope, level, notes })),
    ...describeNetwork(services),
  };
}

/**
 * Makes a change, all of it or nothing.
 *
 * @throws StateChangeError when it names something that does not exist.
 */
export function changeState(
  services: AzureServices,
  switches: { -readonly [Name in keyof Switches]: Switches[Name] },
  change: StateChange,
): void {
  services.store.transaction(() => {
    changeRoleAssignments(services, change);
    changeServicePrincipals(services, change);
    changeApplications(services, change);
    if (change.network !== undefined) changeNetworkOrSay(services, change.network);
  });
  for (const [name, value] of Object.entries(change.switches ?? {})) {
    Object.assign(switches, { [name]: value ?? defaultSwitches[name as keyof Switches] });
  }
}

/** The network part says what is wrong with a change in an error of any kind. */
function changeNetworkOrSay(services: AzureServices, change: unknown): void {
  try {
    changeNetwork(services, change);
  } catch (error) {
    const reason = error instanceof z.ZodError ? z.prettifyError(error) : String(error);
    throw new StateChangeError(`network: ${reason}`, { cause: error });
  }
}

function changeRoleAssignments(services: AzureServices, change: StateChange): void {
  const { drop = [], add = [] } = change.roleAssignments ?? {};
  for (const wanted of drop) {
    const found = services.store
      .list<RoleAssignmentDocument>('roleAssignments')
      .filter(
        ({ id, scope, roleId, principalId }) =>
          (wanted.id === undefined || sameText(wanted.id, id)) &&
          (wanted.scope === undefined || sameText(wanted.scope, scope)) &&
          (wanted.principalId === undefined || sameText(wanted.principalId, principalId)) &&
          (wanted.role === undefined || wanted.role === findRole(services.store, roleId)?.name),
      );
    if (found.length === 0) {
      throw new StateChangeError(`No role assignment fits ${JSON.stringify(wanted)}.`);
    }
    for (const { id } of found) services.store.delete('roleAssignments', id);
  }
  for (const { scope, role, principalId } of add) assignRole(services, scope, role, principalId);
}

function changeServicePrincipals(services: AzureServices, change: StateChange): void {
  const { drop = [], add = [], change: changed = [] } = change.servicePrincipals ?? {};
  const existing = (tenantId: string, clientId: string): ServicePrincipalDocument => {
    const principal = findServicePrincipal(services.store, tenantId, clientId);
    if (principal) return principal;
    throw new StateChangeError(`Tenant ${tenantId} has no service principal of ${clientId}.`);
  };
  for (const { tenantId, clientId } of drop) {
    deleteServicePrincipal(services.store, existing(tenantId, clientId));
  }
  for (const { tenantId, clientId, administrator } of changed) {
    saveServicePrincipal(services.store, { ...existing(tenantId, clientId), administrator });
  }
  for (const { tenantId, clientId, objectId } of add) {
    const application = findApplication(services.store, clientId);
    if (!application) throw new StateChangeError(`There is no application ${clientId}.`);
    const { displayName } = application;
    saveServicePrincipal(services.store, {
      objectId,
      clientId: application.clientId,
      tenantId,
      displayName,
      administrator: false,
    });
  }
}

function changeApplications(services: AzureServices, change: StateChange): void {
  for (const { clientId, signInAudience, dropCredentials } of change.applications ?? []) {
    const application = findApplication(services.store, clientId);
    if (!application) throw new StateChangeError(`There is no application ${clientId}.`);
    saveApplication(services.store, {
      ...application,
      ...(signInAudience === undefined ? {} : { signInAudience }),
      ...(dropCredentials ? { secrets: [], keys: [], federatedCredentials: [] } : {}),
    });
  }
}
