import type { AuditEntry, AuditHead } from '../model/audit.ts';
import type { DecisionKind } from '../model/decision-kinds.ts';
import type { VendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { Plan, RequestResult } from '../model/plan.ts';
import type {
  QuotaAnswer,
  QuotaLimit,
  QuotaMeasure,
  QuotaRelease,
  QuotaStanding,
  QuotaUsage,
} from '../model/quotas.ts';
import type { VendingRequest } from '../model/requests.ts';
import type { RequestState } from '../model/states.ts';

/** The durable record of one request. Times are ISO 8601, UTC. */
export interface RequestRecord {
  readonly id: string;
  readonly request: VendingRequest;
  /** SHA-256 (hex) of the request in canonical JSON: tells a repetition from a contradiction. */
  readonly contentHash: string;
  readonly instanceId: string;
  /** Alias of the managed tenant; what the request says where the landscape does not know it. */
  readonly tenant: string;
  readonly state: RequestState;
  /** Grows with every change of the record and every decision on it; from 1. */
  readonly revision: number;
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly plan?: Plan;
  readonly error?: VendingError;
  readonly result?: RequestResult;
  /** What a failed compensation left behind, in words an operator can act on. */
  readonly leftovers?: readonly string[];
  /** The event that tells how the request ended, until it is published. */
  readonly pendingEvent?: RequestEventType;
}

/** What happened in a request, for people: one entry a key, first write of a key wins. */
export interface TimelineEntry {
  /** Unique within the request; the same happening recorded twice has the same key. */
  readonly key: string;
  readonly at: string;
  readonly step: string;
  readonly status: 'started' | 'waiting' | 'succeeded' | 'failed' | 'information';
  readonly message: string;
}

/** A new state, and what the request has got with it. */
export type RequestChange = { readonly state: RequestState } & Partial<
  Pick<RequestRecord, 'plan' | 'error' | 'result' | 'leftovers' | 'pendingEvent'>
>;

export interface Decision {
  /** Chosen by the decider's system; the same decision delivered twice has the same id. */
  readonly id: string;
  readonly requestId: string;
  readonly decision: DecisionKind;
  /** A person, by object id and tenant id; the policy has a name only. */
  readonly by: {
    readonly name: string;
    readonly email?: string | undefined;
    readonly objectId?: string;
    readonly tenantId?: string;
  };
  /** Which way it came. */
  readonly channel: 'queue' | 'api' | 'policy';
  /** The stage of the approval that it is about. */
  readonly stage?: string;
  readonly reason?: string;
  /** The plan that was decided on; an approval without one is bound to the plan recorded at that time. */
  readonly planHash?: string;
  readonly at: string;
}

/** What a request is claimed with. */
export type RequestClaim = Pick<
  RequestRecord,
  'id' | 'request' | 'contentHash' | 'instanceId' | 'tenant'
>;

export type ClaimAnswer =
  | { readonly status: 'claimed'; readonly record: RequestRecord }
  | { readonly status: 'repeated'; readonly record: RequestRecord }
  | { readonly status: 'contradiction'; readonly record: RequestRecord };

export interface DecisionOptions {
  /** Made in the same transaction, if this call is the first with the decision's id. */
  readonly change?: RequestChange;
  /** The revision that the decision was judged by; on another one nothing is written. */
  readonly ifRevision?: number;
}

/** `conflict`: the request has another revision than the decision was judged by; judge it again. */
export type DecisionRecording = 'recorded' | 'repeated' | 'conflict';

export type VirtualNetworkClaim =
  | { readonly status: 'claimed' }
  | { readonly status: 'held'; readonly byRequestId: string };

/** Which requests; a member that is absent sets no condition. */
export interface RequestQuery {
  readonly states?: readonly RequestState[];
  /** Who asked, by both ids. */
  readonly requester?: { readonly objectId: string; readonly tenantId: string };
  readonly tenant?: string;
  /** ISO 8601, UTC, with milliseconds, as the ledger writes times. */
  readonly createdFrom?: string;
  readonly createdBefore?: string;
  /** From 1 to `mostPerPage`. */
  readonly pageSize: number;
  /** Of the page before. Throws `InvalidContinuation` for anything else. */
  readonly continuation?: string;
}

export interface RequestListPage {
  readonly requests: readonly RequestRecord[];
  /** Leads to the next page, if there is more. */
  readonly continuation?: string;
}

export interface AuditQuery {
  /** Only entries behind this sequence. */
  readonly after?: number;
  readonly requestId?: string;
  /** From 1 to `mostPerPage`. */
  readonly pageSize: number;
}

export interface AuditList {
  readonly entries: readonly AuditEntry[];
  /** `after` of the next page, if there is more. */
  readonly next?: number;
}

/** How full a pool was. Counts are decimal. */
export interface PoolUsage {
  /** Alias. */
  readonly pool: string;
  readonly at: string;
  readonly allocatedIpAddresses: string;
  readonly totalIpAddresses: string;
}

/**
 * The record of requests, decisions, steps and claims. All writes are idempotent, because activities
 * run at least once; every promise resolves only when the write is durable. Everything but a claim of
 * a request is refused (throws) for a request that was never claimed.
 *
 * Every change of a record and every decision appends exactly one entry to the audit trail, in the same
 * transaction. What changes nothing, such as a repetition, appends none.
 */
export interface Ledger {
  /** Insert-if-absent by request id: exactly one caller ever hears `claimed`. */
  claimRequest(claim: RequestClaim, at: string): Promise<ClaimAnswer>;
  getRequest(id: string): Promise<RequestRecord | undefined>;
  /** Requests whose workflow has something to do: not ended, or the end not published. Oldest first. */
  listUnfinishedRequests(): Promise<readonly RequestRecord[]>;
  /** Newest first. Requests that are claimed meanwhile come before the first page, so no page repeats or misses one. */
  listRequests(query: RequestQuery): Promise<RequestListPage>;
  /**
   * Moves a request to a state and sets the members given. Refuses (throws) a transition that
   * `mayBecome` forbids; moving to the state it is in already is a repetition and allowed. A final
   * state is final: a repetition of it changes nothing.
   */
  updateRequest(id: string, change: RequestChange, at: string): Promise<RequestRecord>;
  /** Takes the pending event away. No change of the record: it has the same revision after it. */
  markOutcomePublished(id: string): Promise<void>;

  /** First write of a key wins; later ones are ignored. */
  appendTimeline(requestId: string, entry: TimelineEntry): Promise<void>;
  listTimeline(requestId: string): Promise<readonly TimelineEntry[]>;

  /**
   * First write of a decision id within its request wins; the answer tells whether this call was the
   * first. Only then the change is made as well, in the same transaction (see `updateRequest`). Refuses
   * (throws) one that leads to the state the request is in already: another decision has made it.
   */
  recordDecision(decision: Decision, options?: DecisionOptions): Promise<DecisionRecording>;
  listDecisions(requestId: string): Promise<readonly Decision[]>;

  /** Oldest first. */
  listAudit(query: AuditQuery): Promise<AuditList>;
  /** The last entry of the trail; `emptyAudit` when there is none. */
  auditHead(): Promise<AuditHead>;

  /**
   * One running request per VNet; ids compare case-insensitively. A claim of a request in a final state
   * is taken over; that of one parked in `compensation-failed` ends only by its release.
   */
  claimVirtualNetwork(virtualNetworkId: string, requestId: string): Promise<VirtualNetworkClaim>;
  /** Releases the claim if this request holds it. */
  releaseVirtualNetwork(virtualNetworkId: string, requestId: string): Promise<void>;

  /**
   * Counts what a VNet takes for its keys, unless one of the limits stands against it; then nothing is
   * written. A VNet is counted once, whatever the case of its id, and a repetition changes nothing. A request
   * that has given back reserves nothing any more.
   */
  reserveQuota(usage: QuotaUsage, limits: readonly QuotaLimit[]): Promise<QuotaAnswer>;
  /** How the limits stand to a reservation; nothing is written. */
  previewQuota(usage: QuotaUsage, limits: readonly QuotaLimit[]): Promise<readonly QuotaStanding[]>;
  /** Gives back what a request has reserved for a VNet, or all that the VNet takes; once a request. */
  releaseQuota(virtualNetworkId: string, requestId: string, release: QuotaRelease): Promise<void>;
  /** Decimal: what all VNets of the key take. */
  quotaUsed(key: string, measure: QuotaMeasure): Promise<string>;

  /** First write for a pool and time wins. */
  recordPoolUsage(usage: PoolUsage): Promise<void>;
  /** From a time on, oldest first. */
  listPoolUsage(pool: string, from: string): Promise<readonly PoolUsage[]>;

  /**
   * Confidential facts of a step (a signed operation URL): kept here, so that they stay out of
   * durable history, and never shown.
   */
  putStepState(
    requestId: string,
    step: string,
    state: Readonly<Record<string, string>>,
  ): Promise<void>;
  getStepState(
    requestId: string,
    step: string,
  ): Promise<Readonly<Record<string, string>> | undefined>;

  close(): Promise<void>;
}
