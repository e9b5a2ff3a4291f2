import type { VendingError } from '../model/errors.ts';
import type { RequestEventType } from '../model/events.ts';
import type { Plan, RequestResult } from '../model/plan.ts';
import type { DecideMessage, VendingRequest } from '../model/requests.ts';
import type { RequestState } from '../model/states.ts';

/** The durable record of one request. Times are ISO 8601, UTC. */
export interface RequestRecord {
  readonly id: string;
  readonly request: VendingRequest;
  /** SHA-256 (hex) of the request in canonical JSON: tells a repetition from a contradiction. */
  readonly contentHash: string;
  readonly instanceId: string;
  readonly state: RequestState;
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
  /** What a person decided; `resume` lets a parked compensation go on. */
  readonly decision: DecideMessage['decision'] | 'resume';
  readonly by: DecideMessage['by'];
  readonly reason?: string;
  /** The plan that was decided on; an approval without one is bound to the plan recorded at that time. */
  readonly planHash?: string;
  readonly at: string;
}

export type ClaimAnswer =
  | { readonly status: 'claimed'; readonly record: RequestRecord }
  | { readonly status: 'repeated'; readonly record: RequestRecord }
  | { readonly status: 'contradiction'; readonly record: RequestRecord };

export type VirtualNetworkClaim =
  | { readonly status: 'claimed' }
  | { readonly status: 'held'; readonly byRequestId: string };

/**
 * The record of requests, decisions, steps and claims. All writes are idempotent, because activities
 * run at least once; every promise resolves only when the write is durable. Everything but a claim of
 * a request is refused (throws) for a request that was never claimed.
 */
export interface Ledger {
  /** Insert-if-absent by request id: exactly one caller ever hears `claimed`. */
  claimRequest(
    record: Pick<RequestRecord, 'id' | 'request' | 'contentHash' | 'instanceId'>,
    at: string,
  ): Promise<ClaimAnswer>;
  getRequest(id: string): Promise<RequestRecord | undefined>;
  /** Requests whose workflow has something to do: not ended, or the end not published. Oldest first. */
  listUnfinishedRequests(): Promise<readonly RequestRecord[]>;
  /**
   * Moves a request to a state and sets the members given. Refuses (throws) a transition that
   * `mayBecome` forbids; moving to the state it is in already is a repetition and allowed. A final
   * state is final: a repetition of it changes nothing.
   */
  updateRequest(id: string, change: RequestChange, at: string): Promise<RequestRecord>;
  /** Takes the pending event away. */
  markOutcomePublished(id: string): Promise<void>;

  /** First write of a key wins; later ones are ignored. */
  appendTimeline(requestId: string, entry: TimelineEntry): Promise<void>;
  listTimeline(requestId: string): Promise<readonly TimelineEntry[]>;

  /**
   * First write of a decision id within its request wins; the answer tells whether this call was the
   * first. Only then the change is made as well, in the same transaction (see `updateRequest`). Refuses
   * (throws) one that leads to the state the request is in already: another decision has made it.
   */
  recordDecision(decision: Decision, change?: RequestChange): Promise<'recorded' | 'repeated'>;
  listDecisions(requestId: string): Promise<readonly Decision[]>;

  /**
   * One running request per VNet; ids compare case-insensitively. A claim of a request in a final state
   * is taken over; that of one parked in `compensation-failed` ends only by its release.
   */
  claimVirtualNetwork(virtualNetworkId: string, requestId: string): Promise<VirtualNetworkClaim>;
  /** Releases the claim if this request holds it. */
  releaseVirtualNetwork(virtualNetworkId: string, requestId: string): Promise<void>;

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
