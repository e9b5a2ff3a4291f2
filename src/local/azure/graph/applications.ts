import { randomUUID, X509Certificate } from 'node:crypto';
import type { ApplicationDocument, KeyCredentialDocument } from '../documents.ts';
import {
  deleteServicePrincipal,
  findServicePrincipal,
  newApplication,
  newClientSecret,
  saveApplication,
} from '../entra/directory.ts';
import { filtered } from './filter.ts';
import { applicationBody } from './graph-bodies.ts';
import { GraphError } from './graph-error.ts';
import type { GraphCall, GraphRoute } from './graph-service.ts';

/** `/applications` and what hangs below one; only those of the caller's own tenant are visible. */
export const applicationRoutes: readonly GraphRoute[] = [
  { method: 'GET', path: /^\/applications$/, run: list },
  { method: 'POST', path: /^\/applications$/, run: create },
  { method: 'GET', path: /^\/applications\/(?<id>[^/]+)$/, run: get },
  { method: 'PATCH', path: /^\/applications\/(?<id>[^/]+)$/, run: update },
  { method: 'DELETE', path: /^\/applications\/(?<id>[^/]+)$/, run: remove },
  {
    method: 'POST',
    path: /^\/applications\/(?<id>[^/]+)\/(microsoft\.graph\.)?addPassword$/i,
    run: addPassword,
  },
  {
    method: 'POST',
    path: /^\/applications\/(?<id>[^/]+)\/(microsoft\.graph\.)?removePassword$/i,
    run: removePassword,
  },
  {
    method: 'GET',
    path: /^\/applications\/(?<id>[^/]+)\/owners$/,
    run: () => ({ body: { value: [] } }),
  },
  {
    method: 'GET',
    path: /^\/applications\/(?<id>[^/]+)\/federatedIdentityCredentials$/,
    run: (call) => ({ body: { value: found(call).federatedCredentials } }),
  },
  {
    method: 'POST',
    path: /^\/applications\/(?<id>[^/]+)\/federatedIdentityCredentials$/,
    run: addFederatedCredential,
  },
  {
    method: 'DELETE',
    path: /^\/applications\/(?<id>[^/]+)\/federatedIdentityCredentials\/(?<credential>[^/]+)$/,
    run: removeFederatedCredential,
  },
];

function applications({ services, principal }: GraphCall): readonly ApplicationDocument[] {
  return services.store
    .list<ApplicationDocument>('applications')
    .filter(({ homeTenantId }) => homeTenantId.toLowerCase() === principal.tenantId.toLowerCase());
}

/** By object id, or by `applications(appId='...')`. */
function found(call: GraphCall): ApplicationDocument {
  const id = call.parameters['id'] ?? '';
  const application = applications(call).find(({ objectId, clientId }) =>
    [objectId, clientId].some((known) => known.toLowerCase() === id.toLowerCase()),
  );
  if (application) return application;
  throw new GraphError(
    404,
    'Request_ResourceNotFound',
    `Resource '${id}' does not exist or one of its queried reference-property objects are not present.`,
  );
}

function list(call: GraphCall) {
  const bodies = applications(call).map(applicationBody);
  return { body: { value: filtered(bodies, call.query.get('$filter')) } };
}

function get(call: GraphCall) {
  return { body: applicationBody(found(call)) };
}

function create(call: GraphCall) {
  const { displayName, signInAudience = 'AzureADMyOrg', ...rest } = call.body;
  if (typeof displayName !== 'string' || displayName === '') {
    const message = "A value is required for property 'displayName' of resource 'Application'.";
    throw new GraphError(400, 'Request_BadRequest', message);
  }
  const empty = newApplication(call.services, {
    displayName,
    homeTenantId: call.principal.tenantId,
    signInAudience: audience(signInAudience),
  });
  const application = withChanges(empty, rest);
  saveApplication(call.services.store, application);
  return { status: 201, body: applicationBody(application) };
}

function update(call: GraphCall) {
  saveApplication(call.services.store, withChanges(found(call), call.body));
  return { status: 204 };
}

/** Its service principal at home goes with it; those elsewhere stay, as in Azure. */
function remove(call: GraphCall) {
  const application = found(call);
  const { store } = call.services;
  const atHome = findServicePrincipal(store, application.homeTenantId, application.clientId);
  if (atHome) deleteServicePrincipal(store, atHome);
  store.delete('applications', application.clientId);
  return { status: 204 };
}

/** What a client sends back unchanged, or what only Entra ID itself sets. */
const readOnly = [
  'id',
  'appId',
  'createdDateTime',
  'deletedDateTime',
  'publisherDomain',
  '@odata.context',
];

function withChanges(
  application: ApplicationDocument,
  changes: Readonly<Record<string, unknown>>,
): ApplicationDocument {
  const { displayName, signInAudience, keyCredentials, passwordCredentials, ...others } = changes;
  const kept = Object.entries(others).filter(([name]) => !readOnly.includes(name));
  return {
    ...application,
    ...(typeof displayName === 'string' ? { displayName } : {}),
    ...(signInAudience === undefined ? {} : { signInAudience: audience(signInAudience) }),
    ...(Array.isArray(keyCredentials)
      ? { keys: keyCredentials.map((key) => keyCredential(application, key)) }
      : {}),
    ...(Array.isArray(passwordCredentials)
      ? { secrets: keptSecrets(application, passwordCredentials) }
      : {}),
    otherProperties: { ...application.otherProperties, ...Object.fromEntries(kept) },
  };
}

function audience(value: unknown): string {
  const known = ['AzureADMyOrg', 'AzureADMultipleOrgs', 'AzureADandPersonalMicrosoftAccount'];
  if (typeof value === 'string' && known.includes(value)) return value;
  throw new GraphError(
    400,
    'Request_BadRequest',
    `Invalid value specified for property 'signInAudience' of resource 'Application'. Known values: ${known.join(', ')}.`,
  );
}

/** A PATCH replaces the list: entries named by keyId stay, entries with a key are new. */
function keyCredential(application: ApplicationDocument, entry: unknown): KeyCredentialDocument {
  const { keyId, key, displayName } = (entry ?? {}) as Readonly<Record<string, unknown>> & {
    keyId?: unknown;
    key?: unknown;
    displayName?: unknown;
  };
  const known = application.keys.find((each) => each.keyId === keyId);
  if (known && typeof key !== 'string') return known;
  try {
    const certificate = new X509Certificate(Buffer.from(String(key), 'base64'));
    return {
      keyId: typeof keyId === 'string' ? keyId : randomUUID(),
      displayName: typeof displayName === 'string' ? displayName : certificate.subject,
      certificate: certificate.raw.toString('base64'),
    };
  } catch {
    throw new GraphError(
      400,
      'KeyCredentialsInvalidValue',
      'Key credential is invalid: its key must be a certificate in base64.',
    );
  }
}

/** A PATCH may take secrets away; new ones come from addPassword only. */
function keptSecrets(application: ApplicationDocument, entries: readonly unknown[]) {
  const keyIds = entries.map((entry) => (entry as { keyId?: unknown } | null)?.keyId);
  return application.secrets.filter(({ keyId }) => keyIds.includes(keyId));
}

function addPassword(call: GraphCall) {
  const application = found(call);
  const { displayName, endDateTime } = (call.body['passwordCredential'] ?? {}) as {
    displayName?: unknown;
    endDateTime?: unknown;
  };
  const { secret, document } = newClientSecret(
    typeof displayName === 'string' ? displayName : null,
    undefined,
    typeof endDateTime === 'string' ? endDateTime : undefined,
  );
  const secrets = [...application.secrets, document];
  saveApplication(call.services.store, { ...application, secrets });
  const { hash: _, ...shown } = document;
  return { body: { ...shown, customKeyIdentifier: null, secretText: secret } };
}

function removePassword(call: GraphCall) {
  const application = found(call);
  const secrets = application.secrets.filter(({ keyId }) => keyId !== call.body['keyId']);
  if (secrets.length === application.secrets.length) {
    throw new GraphError(
      400,
      'Request_BadRequest',
      `No password credential found with keyId '${call.body['keyId']}'.`,
    );
  }
  saveApplication(call.services.store, { ...application, secrets });
  return { status: 204 };
}

function addFederatedCredential(call: GraphCall) {
  const application = found(call);
  const { name, issuer, subject, audiences } = call.body;
  if (
    typeof name !== 'string' ||
    typeof issuer !== 'string' ||
    typeof subject !== 'string' ||
    !Array.isArray(audiences)
  ) {
    const message = 'A federated identity credential needs name, issuer, subject and audiences.';
    throw new GraphError(400, 'Request_BadRequest', message);
  }
  if (application.federatedCredentials.some((known) => known.name === name)) {
    const message = `FederatedIdentityCredential with name ${name} already exists.`;
    throw new GraphError(409, 'Request_MultipleObjectsWithSameKeyValue', message);
  }
  const credential = { id: randomUUID(), name, issuer, subject, audiences: audiences.map(String) };
  const federatedCredentials = [...application.federatedCredentials, credential];
  saveApplication(call.services.store, { ...application, federatedCredentials });
  return { status: 201, body: credential };
}

/** By id or name. */
function removeFederatedCredential(call: GraphCall) {
  const application = found(call);
  const wanted = call.parameters['credential'];
  const federatedCredentials = application.federatedCredentials.filter(
    ({ id, name }) => id !== wanted && name !== wanted,
  );
  if (federatedCredentials.length === application.federatedCredentials.length) {
    const message = `Resource '${wanted}' does not exist or one of its queried reference-property objects are not present.`;
    throw new GraphError(404, 'Request_ResourceNotFound', message);
  }
  saveApplication(call.services.store, { ...application, federatedCredentials });
  return { status: 204 };
}
