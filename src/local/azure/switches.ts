/**
 * What reference azure-ipam marks [unc]: nobody has it on record, so each is a switch with a default,
 * settable at start and through `POST /_control/state` (`{ "switches": { ... } }`).
 */
export interface Switches {
  /** Whether the cross-tenant connection must be Connected for the auxiliary-token path (17.4). */
  readonly enforceConnection: boolean;
  /** Whether a VNet DELETE without auxiliary token frees a cross-tenant allocation (17.5). */
  readonly deleteWithoutAuxiliaryFreesAllocation: boolean;
  /** Whether `read` below `ipamPools` covers GET on the pool itself (17.6). */
  readonly poolUserMayReadPool: boolean;
  /** Whether a principal without Authorization read may list its own permissions (17.6). */
  readonly permissionsNeedAuthorizationRead: boolean;
  /** A cross-tenant PUT answers its prefixes in the first body (17.3). */
  readonly synchronousCrossTenantAllocation: boolean;
  /** Most auxiliary tokens accepted (documented: 3); more are refused with 401 (17.2). */
  readonly mostAuxiliaryTokens: number;
  /** Code of the refusal of two tokens of one tenant (17.2). */
  readonly duplicateTenantTokenCode: string;
  /** `split` into powers of two, or `round-up` to the next one (17.9). */
  readonly allocationRounding: 'split' | 'round-up';
  readonly allocationFit: 'first-fit' | 'best-fit';
  /** Requests of a VNet are rounded up to a multiple of this count, by address family (17.9). */
  readonly allocationGranularity: { readonly IPv4: string; readonly IPv6: string };
  /**
   * Earliest api-version of a VNet or subnet PUT that may take from a pool (17.11): the one in
   * Microsoft's tutorial. 2024-03-01 is the earliest on record, 2024-05-01 the first in the specification.
   */
  readonly earliestAllocationApiVersion: string;
  /** Lag of usage and association lists behind a PUT or DELETE, in milliseconds at speed 1 (17.7). */
  readonly associationLagMs: number;
  /** Whether subnets are listed as associations of their own (17.7). */
  readonly subnetsAsAssociations: boolean;
  /** Whether the space of child pools counts as allocated in the parent's usage (17.7). */
  readonly childPoolsCountAsAllocated: boolean;
  /** Which second write while `Updating` answers: 409 AnotherOperationInProgress or 429 RetryableError. */
  readonly busyAnswer: 409 | 429;
  /** Whether If-Match / If-None-Match are honoured on a VNet (17.10). */
  readonly honourEtagsOnVirtualNetworks: boolean;
  /**
   * AADSTS code for an application that was made single-tenant while another tenant has a service
   * principal of it. Without one there the code is 700016, as reported.
   */
  readonly singleTenantApplicationAbroad: 700016 | 50194;
  /** How a pool PUT announces its operation (section 7). */
  readonly poolCreateHeader: 'azure-async-operation' | 'location' | 'operation-results';
  /** Code and status of refusals nobody has on record (17.1). */
  readonly poolExhausted: { readonly status: number; readonly code: string };
  readonly shrinkRefused: { readonly status: number; readonly code: string };
  readonly regionRefused: { readonly status: number; readonly code: string };
  readonly poolInUse: { readonly status: number; readonly code: string };
  readonly unknownPool: { readonly status: number; readonly code: string };
  /** Any other refusal of IPAM on a VNet PUT: prefixes outside the pool, two pools of a family (17.1). */
  readonly associationRefused: { readonly status: number; readonly code: string };
  /** What a connection becomes when its other side, once Connected, is removed (17.8). */
  readonly connectionAfterRemoval: 'Revoked' | 'Pending';
  /**
   * Whether a VNet with peerings refuses its DELETE, and how (17.10). Otherwise it goes, and the
   * peerings of the other VNets become Disconnected.
   */
  readonly peeringsBlockDeletion: boolean;
  readonly virtualNetworkPeered: { readonly status: number; readonly code: string };
  /**
   * Whether a PUT of a VNet or subnet needs a right at everything that its body refers to (`peer` at the
   * VNets of its peerings; `join` at security groups, route tables, NAT gateways, ...), unchanged or not:
   * reported for peerings (Azure/azure-powershell#13544) and DDoS protection plans.
   */
  readonly checkReferencesOfVirtualNetworks: boolean;
  /**
   * How long a new role assignment is listed but does not count yet, in milliseconds at speed 1; in Azure
   * minutes, up to ten (section 9).
   */
  readonly rolePropagationMs: number;
  /** Whether a peering whose other side is Disconnected refuses its PUT: `RemotePeeringIsDisconnected`. */
  readonly refusePeeringWithDisconnectedRemote: boolean;
}

/** Codes that are unknown in Azure share one constant, so that no client learns to rely on them. */
const unrecordedCode = 'IpamOperationRefused';

export const defaultSwitches: Switches = {
  enforceConnection: false,
  deleteWithoutAuxiliaryFreesAllocation: true,
  poolUserMayReadPool: false,
  permissionsNeedAuthorizationRead: false,
  synchronousCrossTenantAllocation: true,
  mostAuxiliaryTokens: 3,
  duplicateTenantTokenCode: 'AuxiliaryTokensContainDuplicates',
  allocationRounding: 'split',
  allocationFit: 'first-fit',
  allocationGranularity: { IPv4: '8', IPv6: String(2n ** 64n) },
  earliestAllocationApiVersion: '2022-07-01',
  associationLagMs: 0,
  subnetsAsAssociations: false,
  childPoolsCountAsAllocated: true,
  busyAnswer: 409,
  honourEtagsOnVirtualNetworks: true,
  singleTenantApplicationAbroad: 50194,
  poolCreateHeader: 'azure-async-operation',
  poolExhausted: { status: 400, code: unrecordedCode },
  shrinkRefused: { status: 400, code: unrecordedCode },
  regionRefused: { status: 400, code: unrecordedCode },
  poolInUse: { status: 400, code: unrecordedCode },
  unknownPool: { status: 400, code: unrecordedCode },
  associationRefused: { status: 400, code: unrecordedCode },
  connectionAfterRemoval: 'Revoked',
  peeringsBlockDeletion: false,
  virtualNetworkPeered: { status: 400, code: 'InUseVirtualNetworkCannotBeDeleted' },
  refusePeeringWithDisconnectedRemote: true,
  checkReferencesOfVirtualNetworks: false,
  rolePropagationMs: 0,
};
