import type { z } from 'zod';
import type { DeepReadonly } from './deep-readonly.ts';
import type { VendingError } from './errors.ts';
import type { eventData, rejectionData } from './event-data.ts';
import type { AllocationResult, Plan, RemovalResult, RequestResult } from './plan.ts';
import type { VendingRequest } from './requests.ts';
import type { RequestState } from './states.ts';

/** What each event carries (features 7), as its schema says. */
type EventData = {
  readonly [T in RequestEventType]: DeepReadonly<z.output<(typeof eventData)[T]>>;
} & { readonly 'request.rejected': RejectionData };

/** A happening in the life of a request. */
export type RequestEventType = keyof typeof eventData;

/** A message that never became a request, or a decision that was refused. */
export type RejectionData = DeepReadonly<z.output<typeof rejectionData>>;

export type EventType = keyof EventData;

/** A decision as events tell it: who by ids and name, without the mail address. */
export type DecisionInEvent = NonNullable<EventData['approval.granted']['decision']>;

/** A stage of an approval as events tell it. */
export type StageInEvent = Pick<
  EventData['approval.requested'],
  | 'stage'
  | 'stageNumber'
  | 'approvers'
  | 'minApprovals'
  | 'approvals'
  | 'deadline'
  | 'planVersion'
  | 'riskFlags'
>;

type RequestFacts = Pick<
  EventData['request.submitted'],
  'requestId' | 'operation' | 'state' | 'ticket' | 'target' | 'links'
>;

/** CloudEvents 1.0. `id` and `source` identify a happening: published twice, it has the same. */
interface CloudEvent<T extends EventType> {
  readonly specversion: '1.0';
  readonly id: string;
  readonly source: typeof eventSource;
  readonly type: `com.vnetvending.${T}.v1`;
  readonly subject?: string;
  readonly time: string;
  readonly datacontenttype: 'application/json';
  /** `$id` of the published schema of `data` (docs/schemas/events). */
  readonly dataschema: string;
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

export interface HappeningOptions {
  readonly decision?: DecisionInEvent;
  /** All approvals of the plan that count. */
  readonly approvals?: readonly DecisionInEvent[];
  /** The stage of the approval that it is about. */
  readonly stage?: StageInEvent;
  /** Tells apart what may happen more than once to a request, such as parking it again after a resume. */
  readonly occurrence?: string;
  /** Address of the page, if there is one. */
  readonly pageUrl?: string;
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
    ...envelopeOf(type, `${record.id}:${type}${suffix}`, at, record.id),
    ...(options.traceparent === undefined ? {} : { traceparent: options.traceparent }),
  };
  const { error, result, leftovers } = record;
  const facts = factsOf(record, options.pageUrl);
  const plan = planFactsOf(record.plan);
  switch (type) {
    case 'request.submitted': {
      return { ...envelope, type: typeOf(type), data: { ...facts, ...askedBy(record.request) } };
    }
    case 'request.planned':
      return { ...envelope, type: typeOf(type), data: { ...facts, ...plan, ...given({ error }) } };
    case 'request.validated':
      return { ...envelope, type: typeOf(type), data: { ...facts, ...plan } };
    case 'approval.requested':
    case 'approval.reminded':
    case 'approval.escalated':
      return { ...envelope, type: typeOf(type), data: { ...facts, ...plan, ...options.stage } };
    case 'approval.granted':
    case 'approval.denied':
    case 'approval.expired': {
      const optional = given({
        planHash: record.plan?.planHash,
        decision: options.decision,
        approvals: options.approvals,
        error,
      });
      return { ...envelope, type: typeOf(type), data: { ...facts, ...optional } };
    }
    case 'allocation.started':
    case 'allocation.verifying':
    case 'association.started':
    case 'association.verifying':
    case 'removal.started':
    case 'removal.verifying':
      return { ...envelope, type: typeOf(type), data: facts };
    case 'allocation.compensating':
    case 'association.compensating':
    case 'removal.compensating':
      return { ...envelope, type: typeOf(type), data: { ...facts, ...given({ error }) } };
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
    ...envelopeOf('request.rejected', `${rejectionId}:request.rejected`, at, rejection.requestId),
    type: typeOf('request.rejected'),
    data: rejection,
  };
}

const typeOf = <T extends EventType>(type: T): `com.vnetvending.${T}.v1` =>
  `com.vnetvending.${type}.v1`;

const envelopeOf = (type: EventType, id: string, time: string, subject: string | undefined) =>
  ({
    specversion: '1.0',
    id,
    source: eventSource,
    ...(subject === undefined ? {} : { subject }),
    time,
    datacontenttype: 'application/json',
    dataschema: dataSchemaId(type),
  }) as const;

/** `$id` of the schema of an event's `data`. */
export const dataSchemaId = (type: EventType): string => `urn:vnetvending:event:${type}:v1`;

function factsOf({ id, request, state }: RecordForEvents, pageUrl?: string): RequestFacts {
  const { operation, target, ticket } = request;
  // It only leads to the page: no token in it, and to open it changes nothing (features 5.3).
  const links = pageUrl === undefined ? undefined : { request: requestPage(pageUrl, id) };
  return { requestId: id, operation, state, target, ...given({ ticket, links }) };
}

const requestPage = (pageUrl: string, id: string): string =>
  `${pageUrl.replace(/\/+$/, '')}/requests/${encodeURIComponent(id)}`;

function askedBy(
  request: VendingRequest,
): Omit<EventData['request.submitted'], keyof RequestFacts> {
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
        stages: plan.stages,
        findings: plan.findings.filter((finding) => finding.status !== 'passed'),
      };

/** The members that have a value; a member that is `undefined` is none in JSON. */
function given<T extends object>(members: T): { [K in keyof T]?: NonNullable<T[K]> } {
  return Object.fromEntries(Object.entries(members).filter(([, value]) => value !== undefined)) as {
    [K in keyof T]?: NonNullable<T[K]>;
  };
}
