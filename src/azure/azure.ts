import type { Outcome } from '../model/outcome.ts';
import type { Deployment, VirtualNetworkTarget } from '../model/plan.ts';
import type { AddressFamily } from '../model/prefixes.ts';
import type { VirtualNetworkDocument } from '../model/virtual-network-document.ts';

/** An allocation as the VNet shows it. */
export interface VirtualNetworkAllocation {
  readonly poolId: string;
  readonly numberOfIpAddresses: string;
  /** Empty until the pool has answered. */
  readonly prefixes: readonly string[];
}

/** Something that keeps a subnet, and with it the VNet, from being deleted. */
export interface SubnetUser {
  readonly kind:
    | 'ipConfiguration'
    | 'privateEndpoint'
    | 'serviceAssociationLink'
    | 'resourceNavigationLink';
  /** ARM id, or what Azure shows instead. */
  readonly id: string;
}

/** What the workflow reads of a VNet in a managed tenant. */
export interface VirtualNetworkView {
  readonly id: string;
  /** Constant for the life of the VNet: another one of the same name has another one. */
  readonly resourceGuid: string;
  readonly location: string;
  readonly etag: string;
  readonly provisioningState: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly VirtualNetworkAllocation[];
  readonly subnets: readonly {
    readonly name: string;
    readonly addressPrefixes: readonly string[];
    readonly allocations: readonly VirtualNetworkAllocation[];
    readonly users: readonly SubnetUser[];
  }[];
  readonly peerings: readonly { readonly name: string; readonly remoteId: string }[];
}

/** A VNet twice: what the workflow understands of it, and everything that Azure wrote. */
export interface VirtualNetworkReading {
  readonly view: VirtualNetworkView;
  readonly document: VirtualNetworkDocument;
}

/** A management lock that holds for a resource. */
export interface LockView {
  readonly name: string;
  /** ARM id of the lock itself; its scope is what stands before `/providers/Microsoft.Authorization`. */
  readonly id: string;
  readonly level: 'CanNotDelete' | 'ReadOnly';
}

/** An accepted long-running operation. */
export interface StartedOperation {
  /** Of the VNet in the answer, where there is one. */
  readonly resourceGuid?: string;
  /** Signed and confidential: belongs into the ledger's step state, never into history or logs. */
  readonly operationUrl: string | undefined;
  readonly retryAfterSeconds: number | undefined;
  /** `x-ms-request-id` of the call. */
  readonly requestId: string | undefined;
}

export interface OperationView {
  readonly status: 'running' | 'succeeded';
  readonly retryAfterSeconds: number | undefined;
}

export interface PoolView {
  readonly location: string;
  readonly family: AddressFamily;
  readonly addressPrefixes: readonly string[];
}

export interface PoolUsage {
  readonly addressPrefixes: readonly string[];
  readonly availableAddressPrefixes: readonly string[];
  /** Static CIDRs among them. */
  readonly allocatedAddressPrefixes?: readonly string[];
  /** Promised to resources, and taken back when they do not take it. */
  readonly reservedAddressPrefixes?: readonly string[];
  readonly childPools?: readonly PoolAssociation[];
  readonly numberOfAllocatedIpAddresses: string;
  readonly numberOfAvailableIpAddresses: string;
  readonly totalNumberOfIpAddresses: string;
}

export interface PoolAssociation {
  readonly resourceId: string;
  readonly prefixes: readonly string[];
  /** Absent when there are none. */
  readonly reservedPrefixes?: readonly string[];
}

/** One element of the permissions API; `allows` in permissions.ts says what it means. */
export interface EffectivePermission {
  readonly actions: readonly string[];
  readonly notActions: readonly string[];
}

export type ConnectionState = 'Connected' | 'Pending' | 'Conflict' | 'Revoked' | 'Rejected';

/** A scope in a tenant: the token of that tenant is the primary one. */
export interface TenantScope {
  readonly tenantId: string;
  /** ARM id of a subscription, resource group or resource. */
  readonly scope: string;
}

/**
 * What the workflow asks of Entra ID and Azure Resource Manager. Every method makes at most the one
 * call that its name says (tokens and further pages apart), classifies its result and never waits:
 * retries belong to the orchestration. A missing resource is `null` where the type says so, else
 * `NotFound`. After `AzureUnavailable` and `AzureAnswerInvalid` a write may have had its effect.
 */
export interface Azure {
  /** Proves that a token for Resource Manager can be had in the tenant; answers who we are there. */
  checkToken(tenantId: string): Promise<Outcome<{ readonly objectId: string }>>;

  listPermissions(at: TenantScope): Promise<Outcome<readonly EffectivePermission[]>>;
  getResourceGroup(
    tenantId: string,
    subscriptionId: string,
    name: string,
  ): Promise<Outcome<{ readonly location: string } | null>>;

  getVirtualNetwork(target: VirtualNetworkTarget): Promise<Outcome<VirtualNetworkView | null>>;
  /** The same reading, with all that Azure wrote: for writes that must keep what we do not know. */
  readVirtualNetwork(target: VirtualNetworkTarget): Promise<Outcome<VirtualNetworkReading | null>>;
  /**
   * PUT of a whole existing VNet, with the auxiliary token and `If-Match`, so that a change which somebody
   * makes meanwhile is not lost: then `PreconditionFailed`.
   */
  updateVirtualNetwork(
    target: VirtualNetworkTarget,
    document: VirtualNetworkDocument,
    etag: string,
  ): Promise<Outcome<StartedOperation>>;
  /** Our side of one peering; `null` when it is gone already. */
  deletePeering(
    target: VirtualNetworkTarget,
    peering: string,
  ): Promise<Outcome<StartedOperation | null>>;
  /** Makes our side of a peering as the document says, with the auxiliary token. */
  createPeering(
    target: VirtualNetworkTarget,
    peering: string,
    document: VirtualNetworkDocument,
  ): Promise<Outcome<StartedOperation>>;
  /**
   * Locks at the VNet, above it (resource group, subscription) and below it (subnets, peerings); a write is
   * forbidden by those at and above alone. Needs `Microsoft.Authorization/locks/read`.
   */
  listLocks(target: VirtualNetworkTarget): Promise<Outcome<readonly LockView[]>>;
  /**
   * The one PUT that allocates: primary token of the managed tenant, auxiliary token of the
   * management tenant, `If-None-Match: *` so that an existing VNet is never overwritten.
   */
  createVirtualNetwork(deployment: Deployment): Promise<Outcome<StartedOperation>>;
  /**
   * DELETE with the auxiliary token and `If-Match`; `null` when the VNet, or its resource group, is
   * gone already. Whether Azure honours both headers on a VNet is unconfirmed (azure-ipam 17.10), so
   * read before.
   */
  deleteVirtualNetwork(
    target: VirtualNetworkTarget,
    etag: string,
  ): Promise<Outcome<StartedOperation | null>>;
  /**
   * One poll of an operation. `Failed` and `Canceled` are errors that carry Azure's code;
   * `NotFound` means that Azure has forgotten the operation: read the VNet.
   */
  pollOperation(
    target: VirtualNetworkTarget,
    operationUrl: string,
  ): Promise<Outcome<OperationView>>;

  /** Needs `ipamPools/read`, which IPAM Pool User may lack: a refusal is `PermissionMissing`. */
  getPool(poolId: string): Promise<Outcome<PoolView>>;
  getPoolUsage(poolId: string): Promise<Outcome<PoolUsage>>;
  listPoolAssociations(poolId: string): Promise<Outcome<readonly PoolAssociation[]>>;

  /**
   * Connections of the network manager (management side) to a subscription; empty when there is none.
   * Needs `scopeConnections/read`, which IPAM Pool User lacks: a refusal is `PermissionMissing`.
   */
  listScopeConnections(
    tenantId: string,
    subscriptionId: string,
  ): Promise<Outcome<readonly { readonly name: string; readonly state: ConnectionState }[]>>;
}
