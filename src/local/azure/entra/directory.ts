import { createHash, randomBytes, randomUUID, timingSafeEqual } from 'node:crypto';
import type { AzureServices } from '../contracts.ts';
import type { DocumentStore } from '../document-store.ts';
import type {
  ApplicationDocument,
  ClientSecretDocument,
  ServicePrincipalDocument,
  TenantDocument,
} from '../documents.ts';

/** Applications and service principals of all tenants. Ids compare case-insensitively. */
export function findTenant(store: DocumentStore, tenantId: string): TenantDocument | undefined {
  return store.get<TenantDocument>('tenants', tenantId);
}

export function findApplication(
  store: DocumentStore,
  clientId: string,
): ApplicationDocument | undefined {
  return store.get<ApplicationDocument>('applications', clientId);
}

export function saveApplication(store: DocumentStore, application: ApplicationDocument): void {
  store.put('applications', application.clientId, application);
}

export function listServicePrincipals(
  store: DocumentStore,
  tenantId: string,
): readonly ServicePrincipalDocument[] {
  return store.list<ServicePrincipalDocument>('servicePrincipals', `${tenantId}/`);
}

export function findServicePrincipal(
  store: DocumentStore,
  tenantId: string,
  clientId: string,
): ServicePrincipalDocument | undefined {
  return listServicePrincipals(store, tenantId).find(
    (principal) => principal.clientId.toLowerCase() === clientId.toLowerCase(),
  );
}

export function findServicePrincipalByObjectId(
  store: DocumentStore,
  tenantId: string,
  objectId: string,
): ServicePrincipalDocument | undefined {
  return store.get<ServicePrincipalDocument>('servicePrincipals', `${tenantId}/${objectId}`);
}

export function saveServicePrincipal(
  store: DocumentStore,
  principal: ServicePrincipalDocument,
): void {
  store.put('servicePrincipals', `${principal.tenantId}/${principal.objectId}`, principal);
}

export function deleteServicePrincipal(
  store: DocumentStore,
  principal: ServicePrincipalDocument,
): void {
  store.delete('servicePrincipals', `${principal.tenantId}/${principal.objectId}`);
}

/** An application has a service principal in its own tenant only, unless it is multi-tenant. */
export function maySignInTo(application: ApplicationDocument, tenantId: string): boolean {
  return (
    application.homeTenantId.toLowerCase() === tenantId.toLowerCase() ||
    application.signInAudience !== 'AzureADMyOrg'
  );
}

export function newApplication(
  services: AzureServices,
  properties: Pick<ApplicationDocument, 'displayName' | 'homeTenantId' | 'signInAudience'> &
    Partial<ApplicationDocument>,
): ApplicationDocument {
  return {
    objectId: randomUUID(),
    clientId: randomUUID(),
    createdDateTime: new Date(services.clock.now()).toISOString(),
    secrets: [],
    keys: [],
    federatedCredentials: [],
    otherProperties: {},
    ...properties,
  };
}

/**
 * Secrets, like tokens, live on real time: their users outside (credential caches, certificates) do
 * not know the clock of the platform.
 */
export function newClientSecret(
  displayName: string | null,
  secret: string = newSecret(),
  endDateTime = new Date(Date.now() + 2 * 365 * 24 * 60 * 60 * 1000).toISOString(),
): { readonly secret: string; readonly document: ClientSecretDocument } {
  return {
    secret,
    document: {
      keyId: randomUUID(),
      displayName,
      hint: secret.slice(0, 3),
      hash: hash(secret).toString('hex'),
      startDateTime: new Date().toISOString(),
      endDateTime,
    },
  };
}

export function findClientSecret(
  application: ApplicationDocument,
  secret: string,
): ClientSecretDocument | undefined {
  const given = hash(secret);
  return application.secrets.find((known) =>
    timingSafeEqual(Buffer.from(known.hash, 'hex'), given),
  );
}

function hash(secret: string): Buffer {
  return createHash('sha256').update(secret).digest();
}

/** Begins with a letter: command lines take a secret that begins with "-" for an option. */
const newSecret = (): string => `s${randomBytes(30).toString('base64url')}`;
