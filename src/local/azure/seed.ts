/**
 * What the emulated Azure holds when its data folder is new. ARM ids are in Azure's own case; every
 * GUID is written out, so that two starts from the same seed are the same.
 */
export interface AzureSeed {
  readonly tenants: readonly {
    readonly tenantId: string;
    readonly displayName: string;
    readonly subscriptions: readonly {
      readonly subscriptionId: string;
      readonly displayName: string;
      readonly resourceGroups: readonly { readonly name: string; readonly location: string }[];
    }[];
    /** Owner on all subscriptions of the tenant and application administrator of its directory. */
    readonly administrator: {
      readonly clientId: string;
      readonly objectId: string;
      readonly clientSecret: string;
    };
  }[];
  readonly applications: readonly {
    readonly clientId: string;
    readonly displayName: string;
    readonly homeTenantId: string;
    readonly signInAudience: 'AzureADMyOrg' | 'AzureADMultipleOrgs';
    readonly clientSecret: string;
    /** What tokens for it are asked for by. */
    readonly identifierUri?: string;
    /** Values of its app roles. */
    readonly appRoles?: readonly string[];
    readonly servicePrincipals: readonly { readonly tenantId: string; readonly objectId: string }[];
  }[];
  /** App roles at an application, given to another one; both have a service principal in the tenant. */
  readonly appRoleAssignments?: readonly {
    readonly tenantId: string;
    readonly principalId: string;
    readonly resourceClientId: string;
    readonly role: string;
  }[];
  readonly roleAssignments: readonly {
    readonly scope: string;
    readonly role: BuiltInRoleName;
    readonly principalId: string;
  }[];
  readonly networkManagers: readonly {
    readonly id: string;
    readonly location: string;
    /** Subscriptions (ARM ids) of its own tenant. */
    readonly subscriptions: readonly string[];
  }[];
  readonly pools: readonly {
    readonly id: string;
    readonly location: string;
    readonly addressPrefixes: readonly string[];
    readonly parentPoolName?: string;
    readonly displayName?: string;
  }[];
  /** Management side of cross-tenant connections. */
  readonly scopeConnections: readonly {
    readonly networkManagerId: string;
    readonly name: string;
    readonly tenantId: string;
    /** Subscription, as ARM id. */
    readonly resourceId: string;
  }[];
  /** Managed side of cross-tenant connections. */
  readonly networkManagerConnections: readonly {
    readonly subscriptionId: string;
    readonly name: string;
    readonly networkManagerId: string;
  }[];
}

export type BuiltInRoleName =
  | 'Owner'
  | 'Contributor'
  | 'Reader'
  | 'User Access Administrator'
  | 'Network Contributor'
  | 'IPAM Pool User';
