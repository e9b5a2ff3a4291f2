import type { AddressFamily } from '../../../model/prefixes.ts';

/** Collections of the document store that the network half owns; keys are ARM ids unless said otherwise. */
export const collections = {
  networkManagers: 'networkManagers',
  pools: 'ipamPools',
  staticCidrs: 'staticCidrs',
  /** Key: pool id, `|`, id of the VNet. */
  allocations: 'ipamAllocations',
  virtualNetworks: 'virtualNetworks',
  scopeConnections: 'scopeConnections',
  networkManagerConnections: 'networkManagerConnections',
  /** Key: GUID of the operation. */
  operations: 'networkOperations',
  /** Operations that have not ended, by the same key: what `settle` looks at. */
  runningOperations: 'runningNetworkOperations',
  /** What was deleted not long ago: the services answer its 404 for a while, and the gateway's index lags. */
  tombstones: 'networkTombstones',
  /** Key: `operation-urls`; what signs the URLs of operations. */
  secrets: 'networkSecrets',
} as const;

export type JsonObject = Readonly<Record<string, unknown>>;

export interface SystemData {
  readonly createdBy: string;
  readonly createdAt: number;
  readonly lastModifiedBy: string;
  readonly lastModifiedAt: number;
}

export interface NetworkManagerRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly location: string;
  readonly tags: JsonObject | undefined;
  readonly description: string;
  readonly subscriptions: readonly string[];
  readonly managementGroups: readonly string[];
  readonly scopeAccesses: readonly unknown[];
  readonly resourceGuid: string;
  readonly etag: string;
}

export interface PoolRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly location: string;
  readonly tags: JsonObject | null;
  readonly family: AddressFamily;
  readonly description: string | null;
  readonly displayName: string;
  readonly parentPoolName: string | null;
  readonly addressPrefixes: readonly string[];
  /** Members of newer api-versions, kept as sent: `minAllocationSize`, `maxAllocationSize`. */
  readonly otherProperties: JsonObject;
  readonly provisioningState: 'Succeeded' | 'Updating' | 'Deleting' | 'Failed';
  /** The operation that is changing the pool, and what it is going to set. */
  readonly change?: { readonly operationId: string; readonly addressPrefixes: readonly string[] };
  readonly systemData: SystemData;
}

export interface StaticCidrRecord {
  readonly id: string;
  readonly poolId: string;
  readonly description: string;
  readonly addressPrefixes: readonly string[];
  readonly createdAt: number;
}

/** What a pool has given to one VNet, as the pool keeps it. */
export interface AllocationRecord {
  readonly poolId: string;
  readonly resourceId: string;
  /** Empty once released, until the release shows. */
  readonly prefixes: readonly string[];
  /** What lists and usage show before `shownFrom`. */
  readonly prefixesBefore: readonly string[];
  readonly shownFrom: number;
  readonly createdAt: number;
  /** Time-limited hold of space that is not yet assigned (azure-ipam 6.4). */
  readonly reservation?: { readonly prefixes: readonly string[]; readonly expiresAt: number };
}

/** Entry of `ipamPoolPrefixAllocations` on a VNet or subnet. */
export interface AllocationEntry {
  readonly poolId: string;
  readonly numberOfIpAddresses: string | undefined;
  readonly prefixes: readonly string[];
}

/** What a service that lives in a subnet leaves there. */
export interface SubnetLink {
  readonly name: string;
  readonly linkedResourceType: string;
  readonly link?: string | undefined;
  readonly allowDelete?: boolean | undefined;
}

export interface SubnetRecord {
  readonly name: string;
  /** Plain subnets answer the member they were made with. */
  readonly prefixMember: 'addressPrefix' | 'addressPrefixes';
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly AllocationEntry[];
  /** Ids of what lives in the subnet: IP configurations of network interfaces, gateways, ... */
  readonly ipConfigurations: readonly string[];
  /** Ids. */
  readonly privateEndpoints?: readonly string[];
  readonly serviceAssociationLinks?: readonly SubnetLink[];
  readonly resourceNavigationLinks?: readonly SubnetLink[];
  /** What we do not interpret, kept as sent. */
  readonly otherProperties: JsonObject;
  readonly otherMembers: JsonObject;
}

export interface PeeringRecord {
  readonly name: string;
  readonly remoteVirtualNetworkId: string;
  /** Prefixes of the remote VNet when the peering was last written. */
  readonly remoteAddressPrefixes: readonly string[];
  /** The other side was deleted since the peering was last written. */
  readonly disconnected?: boolean;
  readonly otherProperties: JsonObject;
}

export interface VirtualNetworkRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly location: string;
  readonly tags: JsonObject | undefined;
  readonly etag: string;
  readonly resourceGuid: string;
  readonly provisioningState: 'Succeeded' | 'Updating' | 'Deleting' | 'Failed';
  /** The last operation on the VNet, its subnets or its peerings. */
  readonly operationId: string | undefined;
  readonly addressPrefixes: readonly string[];
  readonly allocations: readonly AllocationEntry[];
  readonly subnets: readonly SubnetRecord[];
  readonly peerings: readonly PeeringRecord[];
  /** Prefixes that the answers do not show yet; `until` null: never. */
  readonly hidden?: { readonly prefixes: readonly string[]; readonly until: number | null };
  readonly otherProperties: JsonObject;
  readonly otherMembers: JsonObject;
}

export interface ScopeConnectionRecord {
  readonly id: string;
  /** Tenant of `resourceId`: the managed side. */
  readonly targetTenantId: string;
  readonly resourceId: string;
  readonly description: string;
  readonly writtenAt: number;
  readonly createdAt: number;
  readonly forcedState?: string;
  /** The other side was removed after both had been connected. */
  readonly otherSideRemoved?: boolean;
}

export interface NetworkManagerConnectionRecord {
  readonly id: string;
  readonly tenantId: string;
  readonly networkManagerId: string;
  readonly description: string;
  readonly createdAt: number;
  readonly forcedState?: string;
  readonly otherSideRemoved?: boolean;
}

export interface Tombstone {
  readonly id: string;
  readonly deletedAt: number;
}
