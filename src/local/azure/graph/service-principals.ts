import { randomUUID } from 'node:crypto';
import type { ServicePrincipalDocument } from '../documents.ts';
import {
  deleteServicePrincipal,
  findApplication,
  findServicePrincipal,
  listServicePrincipals,
  maySignInTo,
  saveServicePrincipal,
} from '../entra/directory.ts';
import { filtered } from './filter.ts';
import { servicePrincipalBody } from './graph-bodies.ts';
import { GraphError } from './graph-error.ts';
import type { GraphCall, GraphRoute } from './graph-service.ts';

/** `/servicePrincipals` of the caller's tenant. */
export const servicePrincipalRoutes: readonly GraphRoute[] = [
  { method: 'GET', path: /^\/servicePrincipals$/i, run: list },
  { method: 'POST', path: /^\/servicePrincipals$/i, run: create },
  { method: 'GET', path: /^\/servicePrincipals\/(?<id>[^/]+)$/i, run: get },
  { method: 'PATCH', path: /^\/servicePrincipals\/(?<id>[^/]+)$/i, run: update },
  {
    method: 'DELETE',
    path: /^\/servicePrincipals\/(?<id>[^/]+)$/i,
    run: (call) => {
      deleteServicePrincipal(call.services.store, found(call));
      return { status: 204 };
    },
  },
  {
    method: 'POST',
    path: /^\/directoryObjects\/(microsoft\.graph\.)?getByIds$/i,
    run: getByIds,
  },
];

function body({ services }: GraphCall, principal: ServicePrincipalDocument) {
  return servicePrincipalBody(principal, findApplication(services.store, principal.clientId));
}

function all({ services, principal }: GraphCall): readonly ServicePrincipalDocument[] {
  return listServicePrincipals(services.store, principal.tenantId);
}

/** By object id or client id. */
function found(call: GraphCall): ServicePrincipalDocument {
  const id = call.parameters['id'] ?? '';
  const principal = all(call).find(({ objectId, clientId }) =>
    [objectId, clientId].some((known) => known.toLowerCase() === id.toLowerCase()),
  );
  if (principal) return principal;
  throw new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function list(call: GraphCall) {
  const bodies = all(call).map((principal) => body(call, principal));
  return { body: { value: filtered(bodies, call.query.get('$filter')) } };
}

function get(call: GraphCall) {
  return { body: body(call, found(call)) };
}

/** Onboards an application to the tenant: the application may live in another one. */
function create(call: GraphCall) {
  const { store } = call.services;
  const { tenantId } = call.principal;
  const clientId = call.body['appId'];
  const application = typeof clientId === 'string' ? findApplication(store, clientId) : undefined;
  if (!application || !maySignInTo(application, tenantId)) {
    throw new GraphError(
      400,
      'NoBackingApplicationObject',
      `The appId '${clientId}' of the service principal does not reference a valid application object.`,
    );
  }
  if (findServicePrincipal(store, tenantId, application.clientId)) {
    throw new GraphError(
      409,
      'Request_MultipleObjectsWithSameKeyValue',
      `The service principal cannot be created, updated, or restored because the service principal name ${application.clientId} is already in use.`,
    );
  }
  const principal: ServicePrincipalDocument = {
    objectId: randomUUID(),
    clientId: application.clientId,
    tenantId,
    displayName: application.displayName,
    administrator: false,
    ...remarksIn(call),
  };
  saveServicePrincipal(store, principal);
  return { status: 201, body: body(call, principal) };
}

/** What clients write down on it; nothing acts on that. */
function remarksIn({ body }: GraphCall): Pick<ServicePrincipalDocument, 'notes' | 'tags'> {
  const { notes, tags } = body;
  return {
    ...(typeof notes === 'string' || notes === null ? { notes } : {}),
    ...(Array.isArray(tags) ? { tags: tags.map(String) } : {}),
  };
}

function update(call: GraphCall) {
  saveServicePrincipal(call.services.store, { ...found(call), ...remarksIn(call) });
  return { status: 204 };
}

function getByIds(call: GraphCall) {
  const ids = Array.isArray(call.body['ids']) ? call.body['ids'].map(String) : [];
  const value = all(call)
    .filter(({ objectId }) => ids.includes(objectId))
    .map((principal) => ({
      '@odata.type': '#microsoft.graph.servicePrincipal',
      ...body(call, principal),
    }));
  return { body: { value } };
}
