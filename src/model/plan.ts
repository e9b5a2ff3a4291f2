import type { VendingError } from './errors.ts';
import type { AddressFamily } from './prefixes.ts';

/** One VNet, in one subscription of one managed tenant. */
export interface VirtualNetworkTarget {
  readonly tenantAlias: string;
  readonly tenantId: string;
  readonly subscriptionId: string;
  readonly resourceGroup: string;
  readonly virtualNetwork: string;
  /** ARM id, in the case that Azure documents. Compare ids case-insensitively. */
  readonly virtualNetworkId: string;
  /** Azure region, canonical (`centralus`). */
  readonly location: string;
}

export interface PlannedAllocation {
  readonly poolAlias: string;
  readonly poolId: string;
  readonly family: AddressFamily;
  /** Decimal; IPv6 counts exceed 2^53. */
  readonly numberOfIpAddresses: string;
}

export interface PlannedSubnet {
  readonly name: string;
  readonly allocations: readonly PlannedAllocation[];
}

export const prerequisiteChecks = [
  'management-token',
  'managed-token',
  'pool-permission',
  'virtual-network-permission',
  'connection',
  'pool-region',
  'pool-capacity',
  'resource-group',
  'virtual-network-name',
] as const;

export type PrerequisiteCheck = (typeof prerequisiteChecks)[number];

/** One prerequisite, checked. `unknown`: Azure does not let us look; it does not stop the request. */
export interface Finding {
  readonly check: PrerequisiteCheck;
  readonly status: 'passed' | 'failed' | 'unknown';
  /** What was looked at, in words: a tenant, a scope, a pool. */
  readonly subject: string;
  /** For `failed` and `unknown`: what, why, remedy. */
  readonly error?: VendingError;
}

/** What the policy of the landscape says of a request, and which rule said it. */
export interface PolicyVerdict {
  readonly effect: 'auto-approve' | 'require-approval' | 'deny';
  readonly rule: string;
  readonly reason: string;
}

/** What is going to be deployed. `planHash` covers exactly these members. */
export interface Deployment {
  readonly requestId: string;
  readonly operation: 'allocate';
  readonly target: VirtualNetworkTarget;
  readonly allocations: readonly PlannedAllocation[];
  readonly subnets: readonly PlannedSubnet[];
  /** The tags asked for and the ownership tag. */
  readonly tags: Readonly<Record<string, string>>;
}

/** What the workflow is going to do, computed before approval. */
export interface Plan {
  readonly deployment: Deployment;
  /** SHA-256 (hex) of the deployment in canonical JSON. */
  readonly planHash: string;
  readonly policy: PolicyVerdict;
  readonly findings: readonly Finding[];
}

/** What a request that reached `succeeded` has allocated, as VNet and pool agree on it. */
export interface AllocationResult {
  readonly virtualNetworkId: string;
  readonly allocations: readonly {
    readonly poolAlias: string;
    readonly poolId: string;
    readonly prefixes: readonly string[];
  }[];
}

/** Tag on every VNet that the workflow creates: which request owns it. Proof of ownership needs the ledger too. */
export const ownershipTag = 'vnet-vending-request';
