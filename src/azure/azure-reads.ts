import type { Outcome } from '../model/outcome.ts';

/** Space of a pool that is held back for something that is no VNet. */
export interface StaticCidr {
  /** ARM id. */
  readonly id: string;
  readonly name: string;
  readonly prefixes: readonly string[];
}

/** A VNet in a list. */
export interface ListedVirtualNetwork {
  readonly id: string;
  readonly name: string;
  readonly resourceGroup: string;
  readonly location: string;
  readonly addressPrefixes: readonly string[];
  /** ARM ids of the pools that it has prefixes of. */
  readonly poolIds: readonly string[];
  readonly tags: Readonly<Record<string, string>>;
}

/** What people are shown beside what the workflow asks of Azure; the rules of `Azure` hold here, too. */
export interface AzureReads {
  /** Needs `staticCidrs/read`, which IPAM Pool User may lack: a refusal is `PermissionMissing`. */
  listStaticCidrs(poolId: string): Promise<Outcome<readonly StaticCidr[]>>;
  /**
   * All VNets of a subscription or of one of its resource groups, in the order of Azure. Who has no right on the whole
   * subscription is refused unless they ask for a group (`PermissionMissing`).
   */
  listVirtualNetworks(
    tenantId: string,
    subscriptionId: string,
    resourceGroup?: string,
  ): Promise<Outcome<readonly ListedVirtualNetwork[]>>;
}
