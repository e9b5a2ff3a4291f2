import { createHash, X509Certificate } from 'node:crypto';
import type {
  ApplicationDocument,
  KeyCredentialDocument,
  ServicePrincipalDocument,
} from '../documents.ts';

type Body = Readonly<Record<string, unknown>>;

export function applicationBody(application: ApplicationDocument): Body {
  return {
    identifierUris: [],
    tags: [],
    description: null,
    notes: null,
    isFallbackPublicClient: null,
    requiredResourceAccess: [],
    appRoles: [],
    api: { oauth2PermissionScopes: [], preAuthorizedApplications: [] },
    web: { redirectUris: [] },
    spa: { redirectUris: [] },
    publicClient: { redirectUris: [] },
    ...application.otherProperties,
    id: application.objectId,
    appId: application.clientId,
    displayName: application.displayName,
    signInAudience: application.signInAudience,
    createdDateTime: application.createdDateTime,
    deletedDateTime: null,
    publisherDomain: `${application.homeTenantId}.onmicrosoft.com`,
    passwordCredentials: application.secrets.map(({ hash: _, ...shown }) => ({
      ...shown,
      customKeyIdentifier: null,
      secretText: null,
    })),
    keyCredentials: application.keys.map(keyCredentialBody),
  };
}

function keyCredentialBody(key: KeyCredentialDocument): Body {
  const der = Buffer.from(key.certificate, 'base64');
  const certificate = new X509Certificate(der);
  return {
    keyId: key.keyId,
    displayName: key.displayName,
    type: 'AsymmetricX509Cert',
    usage: 'Verify',
    customKeyIdentifier: createHash('sha1').update(der).digest('hex').toUpperCase(),
    startDateTime: new Date(certificate.validFrom).toISOString(),
    endDateTime: new Date(certificate.validTo).toISOString(),
    key: null,
  };
}

export function servicePrincipalBody(
  principal: ServicePrincipalDocument,
  application: ApplicationDocument | undefined,
): Body {
  const { identifierUris = [], appRoles = [], tags = [] } = application?.otherProperties ?? {};
  return {
    id: principal.objectId,
    appId: principal.clientId,
    displayName: principal.displayName,
    appDisplayName: application?.displayName ?? principal.displayName,
    appOwnerOrganizationId: application?.homeTenantId ?? null,
    signInAudience: application?.signInAudience ?? null,
    accountEnabled: true,
    servicePrincipalType: 'Application',
    servicePrincipalNames: [principal.clientId, identifierUris].flat(),
    deletedDateTime: null,
    appRoles,
    notes: principal.notes ?? null,
    // It inherits those of its application.
    tags: [...new Set([tags, principal.tags ?? []].flat())],
    keyCredentials: [],
    passwordCredentials: [],
  };
}
