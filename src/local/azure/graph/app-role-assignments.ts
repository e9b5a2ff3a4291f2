import { randomUUID } from 'node:crypto';
import type { AppRoleAssignmentDocument, ServicePrincipalDocument } from '../documents.ts';
import {
  appRolesOf,
  deleteAppRoleAssignment,
  listAppRoleAssignments,
  saveAppRoleAssignment,
} from '../entra/app-roles.ts';
import { findApplication, findServicePrincipalByObjectId } from '../entra/directory.ts';
import { GraphError } from './graph-error.ts';
import type { GraphCall, GraphRoute } from './graph-service.ts';

/**
 * App roles given to service principals, seen from either side: `appRoleAssignments` of who has
 * them, `appRoleAssignedTo` of the resource.
 */
export const appRoleAssignmentRoutes: readonly GraphRoute[] = [
  { method: 'GET', path: /^\/servicePrincipals\/(?<id>[^/]+)\/appRoleAssignments$/i, run: list },
  { method: 'GET', path: /^\/servicePrincipals\/(?<id>[^/]+)\/appRoleAssignedTo$/i, run: list },
  {
    method: 'POST',
    path: /^\/servicePrincipals\/[^/]+\/(appRoleAssignments|appRoleAssignedTo)$/i,
    run: create,
  },
  {
    method: 'DELETE',
    path: /^\/servicePrincipals\/[^/]+\/(appRoleAssignments|appRoleAssignedTo)\/(?<id>[^/]+)$/i,
    run: remove,
  },
];

function all({ services, principal }: GraphCall): readonly AppRoleAssignmentDocument[] {
  return listAppRoleAssignments(services.store, principal.tenantId);
}

/** Nobody assigns a role to itself here, so that one list serves both sides. */
function list(call: GraphCall) {
  const { objectId } = servicePrincipal(call, call.parameters['id']);
  const value = all(call)
    .filter(({ principalId, resourceId }) => [principalId, resourceId].includes(objectId))
    .map((assignment) => body(call, assignment));
  return { body: { value } };
}

function create(call: GraphCall) {
  const { store } = call.services;
  const { objectId: principalId } = servicePrincipal(call, call.body['principalId']);
  const resource = servicePrincipal(call, call.body['resourceId']);
  const application = findApplication(store, resource.clientId);
  const role = (application ? appRolesOf(application) : []).find(
    ({ id }) => id === call.body['appRoleId'],
  );
  if (!role) throw badRequest('Permission being assigned was not found on application.');
  const assignment: AppRoleAssignmentDocument = {
    id: randomUUID(),
    tenantId: call.principal.tenantId,
    principalId,
    resourceId: resource.objectId,
    appRoleId: role.id,
  };
  const isSame = (other: AppRoleAssignmentDocument) =>
    JSON.stringify({ ...other, id: '' }) === JSON.stringify({ ...assignment, id: '' });
  if (all(call).some(isSame)) {
    throw badRequest('Permission being assigned already exists on the object.');
  }
  saveAppRoleAssignment(store, assignment);
  return { status: 201, body: body(call, assignment) };
}

function remove(call: GraphCall) {
  const id = call.parameters['id'] ?? '';
  const assignment = all(call).find((one) => one.id === id);
  if (!assignment) throw notFound(id);
  deleteAppRoleAssignment(call.services.store, assignment);
  return { status: 204 };
}

function servicePrincipal(call: GraphCall, objectId: unknown): ServicePrincipalDocument {
  const { store } = call.services;
  const id = String(objectId ?? '');
  const found = findServicePrincipalByObjectId(store, call.principal.tenantId, id);
  if (found) return found;
  throw notFound(id);
}

function body(call: GraphCall, assignment: AppRoleAssignmentDocument) {
  const nameOf = (objectId: string) =>
    findServicePrincipalByObjectId(call.services.store, assignment.tenantId, objectId)
      ?.displayName ?? null;
  const { id, appRoleId, principalId, resourceId } = assignment;
  return {
    id,
    deletedDateTime: null,
    appRoleId,
    principalId,
    principalDisplayName: nameOf(principalId),
    principalType: 'ServicePrincipal',
    resourceId,
    resourceDisplayName: nameOf(resourceId),
  };
}

const badRequest = (message: string) => new GraphError(400, 'Request_BadRequest', message);

function notFound(id: string): GraphError {
  return new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}
