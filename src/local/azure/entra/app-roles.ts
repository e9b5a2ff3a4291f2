import type { DocumentStore } from '../document-store.ts';
import type {
  ApplicationDocument,
  AppRoleAssignmentDocument,
  ServicePrincipalDocument,
} from '../documents.ts';
import { findApplication, findServicePrincipal, listServicePrincipals } from './directory.ts';

interface AppRole {
  readonly id: string;
  readonly value: string;
}

/** An application as what a token is for: its service principal in the tenant of the token. */
export interface Resource {
  readonly application: ApplicationDocument;
  readonly principal: ServicePrincipalDocument;
}

/** The application that a tenant knows by this application ID URI or client id. */
export function findResource(
  store: DocumentStore,
  tenantId: string,
  audience: string,
): Resource | undefined {
  for (const principal of listServicePrincipals(store, tenantId)) {
    const application = findApplication(store, principal.clientId);
    if (application && namesOf(application).includes(audience)) return { application, principal };
  }
  return undefined;
}

function namesOf({ clientId, otherProperties }: ApplicationDocument): readonly unknown[] {
  const uris = otherProperties['identifierUris'];
  return Array.isArray(uris) ? [clientId, ...uris] : [clientId];
}

/** The values of the app roles that a service principal has been assigned at a resource. */
export function assignedRoles(
  store: DocumentStore,
  { application, principal }: Resource,
  principalId: string,
): readonly string[] {
  const assigned = listAppRoleAssignments(store, principal.tenantId)
    .filter((one) => one.resourceId === principal.objectId && one.principalId === principalId)
    .map(({ appRoleId }) => appRoleId);
  return appRolesOf(application).flatMap(({ id, value }) => (assigned.includes(id) ? [value] : []));
}

/** The app roles that an application has, by what Graph calls them. */
export function appRolesOf({ otherProperties }: ApplicationDocument): readonly AppRole[] {
  const roles = otherProperties['appRoles'];
  if (!Array.isArray(roles)) return [];
  return roles.filter(
    (role): role is AppRole => typeof role?.id === 'string' && typeof role.value === 'string',
  );
}

export function listAppRoleAssignments(
  store: DocumentStore,
  tenantId: string,
): readonly AppRoleAssignmentDocument[] {
  return store.list<AppRoleAssignmentDocument>('appRoleAssignments', `${tenantId}/`);
}

export function saveAppRoleAssignment(
  store: DocumentStore,
  assignment: AppRoleAssignmentDocument,
): void {
  store.put('appRoleAssignments', `${assignment.tenantId}/${assignment.id}`, assignment);
}

export function deleteAppRoleAssignment(
  store: DocumentStore,
  { tenantId, id }: AppRoleAssignmentDocument,
): void {
  store.delete('appRoleAssignments', `${tenantId}/${id}`);
}

/** The service principal of a resource that a seed names by its client id, and the role that it names. */
export function seedAppRoleAssignment(
  store: DocumentStore,
  assignment: {
    readonly tenantId: string;
    readonly principalId: string;
    readonly resourceClientId: string;
    readonly role: string;
  },
): void {
  const { tenantId, principalId, resourceClientId, role } = assignment;
  const resource = findServicePrincipal(store, tenantId, resourceClientId);
  const application = findApplication(store, resourceClientId);
  const appRoleId = application && appRolesOf(application).find(({ value }) => value === role)?.id;
  if (!resource || !appRoleId) throw new Error(`The seed has no role '${role}' to assign.`);
  const id = `${resource.objectId}.${principalId}.${appRoleId}`;
  saveAppRoleAssignment(store, {
    id,
    tenantId,
    principalId,
    resourceId: resource.objectId,
    appRoleId,
  });
}
