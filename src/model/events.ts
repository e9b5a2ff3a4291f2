import type { DecisionKind } from './decision-kinds.ts';
import type { VendingError } from './errors.ts';
import type {
  AllocationResult,
  Finding,
  Plan,
  PlannedChange,
  PolicyVerdict,
  RemovalResult,
  RequestResult,
} from './plan.ts';
import type {
  AllocateRequest,
  AssociateRequest,
  RemoveRequest,
  VendingRequest,
} from './requests.ts';
import type { RequestState } from './states.ts';

/** In every event about a request, so that a receiver needs no look-up. */
interface RequestFacts {
  readonly requestId: string;
  readonly operation: VendingRequest['operation'];
  readonly state: RequestState;
  readonly ticket?: VendingRequest['ticket'];
  readonly target: VendingRequest['target'];
}

/** What was asked for, beside the target: the members differ by operation. */
interface SubmittedFacts extends RequestFacts {
  readonly dryRun: boolean;
  readonly allocations?: AllocateRequest['allocations'];
  readonly pools?: AssociateRequest['pools'];
  readonly mode?: RemoveRequest['mode'];
}

interface PlanFacts extends RequestFacts {
  readonly planHash: string;
  readonly policy: PolicyVerdict;
  /** For approvers: everything that `planHash` covers. */
  readonly change: PlannedChange;
  /** Only what is not `passed`. */
  readonly findings: readonly Finding[];
}

interface DecisionFacts extends RequestFacts {
  readonly planHash?: string;
  readonly decision?: DecisionInEvent;
  readonly error?: VendingError;
}

interface EndFacts extends RequestFacts {
  readonly error?: VendingError;
  readonly leftovers?: readonly string[];
}

/** A decision as events tell it: who by ids and name, without the mail address. */
export interface DecisionInEvent {
  readonly decision: DecisionKind;
  readonly by: Pick<VendingRequest['requester'], 'name' | 'objectId' | 'tenantId'>;
  readonly reason?: string;
  readonly at: string;
}

/** What each event about a request carries (features 7). Nothing confidential: no mail address, token or signed URL. */
interface RequestEventData {
  'request.submitted': SubmittedFacts;
  'request.planned': RequestFacts & Partial<PlanFacts> & { readonly error?: VendingError };
  /** The end of a dry run. */
  'request.validated': RequestFacts & Partial<PlanFacts>;
  'approval.requested': RequestFacts & Partial<PlanFacts>;
  'approval.granted': DecisionFacts;
  'approval.denied': DecisionFacts;
  'approval.expired': DecisionFacts;
  'allocation.succeeded': RequestFacts & { readonly result?: AllocationResult };
  'allocation.failed': EndFacts;
  'allocation.compensated': EndFacts;
  'allocation.compensation-failed': EndFacts;
  'association.succeeded': RequestFacts & { readonly result?: AllocationResult };
  'association.failed': EndFacts;
  'association.compensated': EndFacts;
  'association.compensation-failed': EndFacts;
  'removal.succeeded': RequestFacts & { readonly result?: RemovalResult };
  /** The VNet, or its association, is gone; the pool has not confirmed it within the bound. */
  'removal.release-unverified': EndFacts;
  'removal.failed': EndFacts;
  'removal.compensated': EndFacts;
  'removal.compensation-failed': EndFacts;
}

/** A happening in the life of a request. */
export type RequestEventType = keyof RequestEventData;

/** A message that never became a request, or a decision that was refused. */
export interface RejectionData {
  /** What the message says its id is, if it says anything that could be one. */
  readonly requestId?: string;
  readonly originalMessageId?: string;
  readonly error: VendingError;
}

type EventData = RequestEventData & { 'request.rejected': RejectionData };
export type EventType = keyof EventData;

/** CloudEvents 1.0. `id` and `source` identify a happening: published twice, it has the same. */
interface CloudEvent<T extends EventType> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: typeof eventSource;
  readonly type: `com.vnetvending.${T}.v1`;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  readonly traceparent?: string;
  readonly data: EventData[T];
}

/** Any event on the topic `vnet-events`; `type` tells which `data`. */
export type RequestEvent = { [T in EventType]: CloudEvent<T> }[EventType];

export const eventSource = '/vnet-vending';

/** What of a request's record the events tell. */
export interface RecordForEvents {
  readonly id: string;
  readonly request: VendingRequest;
  readonly state: RequestState;
  readonly plan?: Plan;
  readonly error?: VendingError;
  readonly result?: RequestResult;
  readonly leftovers?: readonly string[];
}

interface HappeningOptions {
  readonly decision?: DecisionInEvent;
  /** Tells apart what may happen more than once to a request, such as parking it again after a resume. */
  readonly occurrence?: string;
  readonly traceparent?: string;
}

/**
 * The event of a happening in the life of a request, made of its record. Its id depends on request,
 * type and occurrence alone, so that an activity that runs twice publishes the same event.
 */
export function requestEvent(
  type: RequestEventType,
  record: RecordForEvents,
  at: string,
  options: HappeningOptions = {},
): RequestEvent {
  const suffix = options.occurrence === undefined ? '' : `:${options.occurrence}`;
  const envelope = {
    ...envelopeOf(`${record.id}:${type}${suffix}`, at, record.id),
    ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
  };
  const { error, result, leftovers } = record;
  const facts = factsOf(record);
  const plan = planFactsOf(record.plan);
  switch (type) {
    case 'request.submitted': {
      return { ...envelope, type: typeOf(type), data: { ...facts, ...askedBy(record.request) } };
    }
    case 'request.planned':
      return { ...envelope, type: typeOf(type), data: { ...facts, ...plan, ...given({ error }) } };
    case 'request.validated':
    case 'approval.requested':
      return { ...envelope, type: typeOf(type), data: { ...facts, ...plan } };
    case 'approval.granted':
    case 'approval.denied':
    case 'approval.expired': {
      const optional = given({
        planHash: record.plan?.planHash,
        decision: options.decision,
        error,
      });
      return { ...envelope, type: typeOf(type), data: { ...facts, ...optional } };
    }
    case 'allocation.succeeded':
    case 'association.succeeded':
      return {
        ...envelope,
        type: typeOf(type),
        data: { ...facts, ...given({ result: result as AllocationResult | undefined }) },
      };
    case 'removal.succeeded':
      return {
        ...envelope,
        type: typeOf(type),
        data: { ...facts, ...given({ result: result as RemovalResult | undefined }) },
      };
    case 'allocation.failed':
    case 'allocation.compensated':
    case 'allocation.compensation-failed':
    case 'association.failed':
    case 'association.compensated':
    case 'association.compensation-failed':
    case 'removal.release-unverified':
    case 'removal.failed':
    case 'removal.compensated':
    case 'removal.compensation-failed':
      return {
        ...envelope,
        type: typeOf(type),
        data: { ...facts, ...given({ error, leftovers }) },
      };
  }
}

/**
 * The event of a message that was moved to the rejected queue. `rejectionId` is derived from the stored
 * message (service-bus 2), because an invalid message has no id to rely on.
 */
export function rejectionEvent(
  rejectionId: string,
  rejection: RejectionData,
  at: string,
): RequestEvent {
  return {
    ...envelopeOf(`${rejectionId}:request.rejected`, at, rejection.requestId),
    type: typeOf('request.rejected'),
    data: rejection,
  };
}

const typeOf = <T extends EventType>(type: T): `com.vnetvending.${T}.v1` =>
  `com.vnetvending.${type}.v1`;

const envelopeOf = (id: string, time: string, subject: string | undefined) =>
  ({
    specversion: '1.0',
    id,
    source: eventSource,
    ...(subject === undefined ? {} : { subject }),
    time,
    datacontenttype: 'application/json',
  }) as const;

function factsOf({ id, request, state }: RecordForEvents): RequestFacts {
  const { operation, target, ticket } = request;
  return { requestId: id, operation, state, target, ...given({ ticket }) };
}

function askedBy(request: VendingRequest): Omit<SubmittedFacts, keyof RequestFacts> {
  const { dryRun } = request;
  switch (request.operation) {
    case 'allocate':
      return { dryRun, allocations: request.allocations };
    case 'associate':
      return { dryRun, pools: request.pools };
    case 'remove':
      return { dryRun, mode: request.mode };
  }
}

const planFactsOf = (plan: Plan | undefined) =>
  plan === undefined
    ? {}
    : {
        planHash: plan.planHash,
        policy: plan.policy,
        change: plan.change,
        findings: plan.findings.filter((finding) => finding.status !== 'passed'),
      };

/** The members that have a value; a member that is `undefined` is none in JSON. */
function given<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
