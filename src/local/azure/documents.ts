/**
 * The documents that the front half of the emulated Azure keeps, by collection of the store:
 * `tenants` (key: tenant id), `subscriptions` (subscription id), `resourceGroups` (ARM id),
 * `applications` (client id), `servicePrincipals` (`{tenant id}/{object id}`), `roleAssignments`
 * (ARM id), `customRoles` (GUID), `appRoleAssignments` (`{tenant id}/{id}`), `locks` (ARM id), `signingKeys`,
 * `resourceGroupDeletions` (job id).
 */
export interface TenantDocument {
  readonly tenantId: string;
  readonly displayName: string;
}

export interface SubscriptionDocument {
  readonly subscriptionId: string;
  readonly displayName: string;
  readonly tenantId: string;
}

export interface ResourceGroupDocument {
  /** ARM id, in the case of the first PUT. */
  readonly id: string;
  readonly name: string;
  readonly location: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly provisioningState: 'Succeeded' | 'Deleting';
}

export interface ClientSecretDocument {
  readonly keyId: string;
  readonly displayName: string | null;
  /** The first three characters, as Graph shows them. */
  readonly hint: string;
  /** SHA-256 of the secret; the secret itself is never kept. */
  readonly hash: string;
  readonly startDateTime: string;
  readonly endDateTime: string;
}

export interface KeyCredentialDocument {
  readonly keyId: string;
  readonly displayName: string | null;
  /** X.509 certificate, DER in base64. */
  readonly certificate: string;
}

export interface FederatedCredentialDocument {
  readonly id: string;
  readonly name: string;
  readonly issuer: string;
  readonly subject: string;
  readonly audiences: readonly string[];
}

export interface ApplicationDocument {
  readonly objectId: string;
  readonly clientId: string;
  readonly displayName: string;
  readonly homeTenantId: string;
  readonly signInAudience: string;
  readonly createdDateTime: string;
  readonly secrets: readonly ClientSecretDocument[];
  readonly keys: readonly KeyCredentialDocument[];
  readonly federatedCredentials: readonly FederatedCredentialDocument[];
  /** What Graph clients set. Tokens heed identifierUris and appRoles; nothing acts on tags, web, ... */
  readonly otherProperties: Readonly<Record<string, unknown>>;
}

export interface ServicePrincipalDocument {
  readonly objectId: string;
  readonly clientId: string;
  readonly tenantId: string;
  readonly displayName: string;
  /** Whether it may change applications and service principals of its tenant through Graph. */
  readonly administrator: boolean;
  readonly notes?: string | null;
  readonly tags?: readonly string[];
}

/** An app role of one application (the resource), given to a service principal of the same tenant. */
export interface AppRoleAssignmentDocument {
  readonly id: string;
  readonly tenantId: string;
  /** Object id of the service principal that has the role. */
  readonly principalId: string;
  /** Object id of the service principal of the resource. */
  readonly resourceId: string;
  readonly appRoleId: string;
}

export interface RoleAssignmentDocument {
  /** ARM id: `{scope}/providers/Microsoft.Authorization/roleAssignments/{name}`. */
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  /** GUID of the role definition. */
  readonly roleId: string;
  readonly principalId: string;
  readonly principalType: string;
  readonly description: string | null;
  readonly createdOn: string;
  readonly createdBy: string;
  /** From when on it counts, in milliseconds since 1970 on the platform's clock; at once unless given. */
  readonly effectiveAt?: number;
}

/** A role that a tenant has defined for itself. */
export interface CustomRoleDocument {
  /** GUID; its name. */
  readonly roleId: string;
  readonly tenantId: string;
  readonly name: string;
  readonly description: string;
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
  /** Where it may be assigned: there and below. */
  readonly assignableScopes: readonly string[];
  readonly createdOn: string;
  readonly updatedOn: string;
}

export interface LockDocument {
  /** ARM id: `{scope}/providers/Microsoft.Authorization/locks/{name}`. */
  readonly id: string;
  readonly name: string;
  readonly scope: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
  readonly notes?: string;
  /** Applications that own it, as sent. */
  readonly owners?: readonly unknown[];
  readonly createdBy: string;
  readonly createdAt: string;
  readonly lastModifiedBy: string;
  readonly lastModifiedAt: string;
}
