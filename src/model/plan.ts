import type { ApprovalStage } from './approval-stages.ts';
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
  /** Azure region, canonical (`centralus`). Empty where nobody can tell it: the VNet of a removal is gone. */
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
  'virtual-network',
  'pool-prefixes',
  'association',
  'ownership',
  'managed-state',
  'in-use',
  'peerings',
  'locks',
  'quota',
] as const;

export type PrerequisiteCheck = (typeof prerequisiteChecks)[number];

/** Obstacles of a removal that an operator may set aside; nobody can set aside what Azure refuses. */
export const overridableChecks: readonly PrerequisiteCheck[] = ['ownership', 'managed-state'];

/**
 * One prerequisite, checked. `unknown`: Azure does not let us look; it does not stop the request.
 * `overridden`: it is not met, and an operator has to approve the removal nonetheless.
 */
export interface Finding {
  readonly check: PrerequisiteCheck;
  readonly status: 'passed' | 'failed' | 'unknown' | 'overridden';
  /** What was looked at, in words: a tenant, a scope, a pool. */
  readonly subject: string;
  /** For all but `passed`: what, why, remedy. */
  readonly error?: VendingError;
  /** Counts that were looked at, in decimal: `availableIpAddresses`, `limit`, ... */
  readonly facts?: Readonly<Record<string, string>>;
}

/** What the policy of the landscape says of a request, and which rule said it. */
export interface PolicyVerdict {
  readonly effect: 'auto-approve' | 'require-approval' | 'deny';
  readonly rule: string;
  readonly reason: string;
}

/** A VNet that `allocate` creates. */
export interface Deployment {
  readonly requestId: string;
  readonly operation: 'allocate';
  readonly target: VirtualNetworkTarget;
  readonly allocations: readonly PlannedAllocation[];
  readonly subnets: readonly PlannedSubnet[];
  /** The tags asked for and the ownership tag. */
  readonly tags: Readonly<Record<string, string>>;
}

/** An allocation that covers prefixes a VNet has already. */
export interface PlannedAssociation extends PlannedAllocation {
  /** What of the VNet's address space the pool holds, or is to hold; sorted. */
  readonly prefixes: readonly string[];
}

/** An existing VNet that `associate` makes join pools. */
export interface Association {
  readonly requestId: string;
  readonly operation: 'associate';
  readonly target: VirtualNetworkTarget;
  /** Tells the VNet that was planned for from another one of its name. */
  readonly resourceGuid: string;
  readonly allocations: readonly PlannedAssociation[];
}

/** What `remove` takes away. */
export interface Removal {
  readonly requestId: string;
  readonly operation: 'remove';
  readonly mode: RemovalMode;
  readonly target: VirtualNetworkTarget;
  /**
   * Absent when there is nothing to remove: the VNet is gone or, for `disassociate`, has no association.
   * Then only the release is verified.
   */
  readonly resourceGuid?: string;
  /** What goes back to the pools. */
  readonly allocations: readonly PlannedAssociation[];
  /**
   * Ids, other than that of the VNet, for which pools list what goes back. Absent when there are none; what
   * they hold then was given to them after the release.
   */
  readonly otherHolders?: readonly string[];
  /** The request that created the VNet, where tag and ledger prove it. */
  readonly createdBy?: string;
  /** Our side of these peerings is taken off before the deletion; empty unless asked for. */
  readonly detachedPeerings: readonly string[];
  /** Obstacles that only an operator may set aside, and that the request asks to set aside. */
  readonly overrides: readonly PrerequisiteCheck[];
}

export type RemovalMode = 'delete' | 'disassociate';

/** What is going to be changed, by the operation. `planHash` covers exactly these members. */
export type PlannedChange = Deployment | Association | Removal;

/** What the workflow is going to do, computed before approval. */
export interface Plan {
  readonly change: PlannedChange;
  /** SHA-256 (hex) of the change in canonical JSON. */
  readonly planHash: string;
  readonly policy: PolicyVerdict;
  /** Of the approval, in order; none where the policy needs none. */
  readonly stages: readonly ApprovalStage[];
  readonly findings: readonly Finding[];
  /** When it was made; the first stage is counted from then. */
  readonly madeAt: string;
  /** From 1; a plan that changed while it waited for its approval is made anew, and asked for again. */
  readonly version: number;
}

/** What a request that reached `succeeded` has allocated, as VNet and pool agree on it. */
export interface AllocationResult {
  readonly virtualNetworkId: string;
  readonly allocations: readonly PoolPrefixes[];
}

/** What a removal gave back. */
export interface RemovalResult {
  readonly virtualNetworkId: string;
  readonly mode: RemovalMode;
  /** There was nothing to remove when the request was planned. */
  readonly alreadyGone: boolean;
  readonly released: readonly PoolPrefixes[];
}

export type RequestResult = AllocationResult | RemovalResult;

interface PoolPrefixes {
  readonly poolAlias: string;
  readonly poolId: string;
  readonly prefixes: readonly string[];
}

/** Whether an operator, and nobody else, may approve the plan. */
export const needsOperator = ({ change }: Pick<Plan, 'change'>): boolean =>
  change.operation === 'remove' && change.overrides.length > 0;

/** Tag on every VNet that the workflow creates: which request owns it. Proof of ownership needs the ledger too. */
export const ownershipTag = 'vnet-vending-request';
