/**
 * What the app writes to its log: one JSON line an event, with these fields beside those of the scope
 * (`requestId`, `operation`, `tenant`, `step`, `attempt`, `traceId`). Alerts and queries rely on the names:
 * a field never changes its meaning (docs/operations.md).
 */
export interface LogEvents {
  /** A request has a new state. */
  'request.state': {
    readonly state: string;
    /** Of an end that is no success. */
    readonly errorCode?: string | undefined;
    /** Of an end: from the acceptance on, waiting for people included. */
    readonly durationSeconds?: number;
  };
  /** A request of the API is recorded, but could not be queued; the sweep starts it. */
  'request.unqueued': { readonly requestId: string; readonly message: string };
  /** What a request did could not be taken back (`compensation-failed`): an operator has to act. */
  'request.parked': {
    readonly errorCode: string | undefined;
    readonly leftovers: number;
    readonly firstLeftover: string | undefined;
  };
  /** A step failed, for good or for now. `unexpected`: it threw what nobody foresaw. */
  'step.failed': {
    readonly activity: string;
    readonly errorCode: string;
    readonly kind: 'terminal' | 'retryable' | 'operator' | 'unexpected';
    readonly message: string;
    readonly cause?: string | undefined;
    readonly azureRequestId?: string | undefined;
  };
  /** One request to Resource Manager. `tenant` is the one whose token is the primary one. */
  'azure.call': {
    readonly method: string;
    /** Without the query: poll URLs are signed. */
    readonly path: string;
    readonly tenant: string;
    /** Sent with the token of the management tenant as well. */
    readonly auxiliary: boolean;
    /** Absent when no answer came. */
    readonly status: number | undefined;
    readonly errorCode: string | undefined;
    readonly milliseconds: number;
    readonly clientRequestId: string;
    readonly azureRequestId: string | undefined;
    readonly correlationId: string | undefined;
  };
  /** A message was moved to the rejected queue. */
  'message.rejected': {
    /** What the message says, if it is a possible id. */
    readonly requestId: string | undefined;
    readonly rejectionId: string;
    readonly errorCode: string;
    readonly message: string;
  };
  /** The sweep has looked after the requests that are not done. */
  'sweep.result': {
    /** Not ended, or the end not published. */
    readonly unfinished: number;
    /** Workflows that had been lost. */
    readonly restarted: number;
    /** Could not be started again; the next sweep tries. */
    readonly failed: number;
  };
  /** One request could not be started again. */
  'sweep.failed': { readonly requestId: string; readonly message: string };
  /** Histories of orchestrations that ended long ago were taken away. */
  'purge.result': {
    readonly purged: number;
    readonly failed: number;
    /** Old, but their request is parked, or its end not published. */
    readonly kept: number;
    /** Old, but beyond what one run takes away. */
    readonly left: number;
  };
  'purge.failed': { readonly instanceId: string; readonly message: string };
  /** Messages lie in a dead-letter queue: nobody but a person takes them from there. */
  'messages.dead': {
    readonly queue: string;
    /** As far as was counted: 100 at most. */
    readonly messages: number;
    /** Of the oldest. */
    readonly reason: string | undefined;
    readonly enqueuedAt: string | undefined;
    readonly messageId: string | undefined;
  };
  /** The dead-letter queues could not be looked into. */
  'messages.unreadable': { readonly message: string };
  /** How full a pool is. */
  'pool.usage': {
    readonly pool: string;
    /** With two decimals. */
    readonly usedPercent: number;
    /** Decimal texts: pools of IPv6 have more than a number holds. */
    readonly allocatedIpAddresses: string;
    readonly totalIpAddresses: string;
  };
  'pool.unreadable': {
    readonly pool: string;
    readonly errorCode: string;
    readonly message: string;
  };
  /** One call of the API. `by` is tenant id and object id, never a name. */
  'http.request': {
    readonly method: string;
    /** Of the route: ids and aliases stand as parameters. */
    readonly route: string;
    readonly status: number;
    readonly milliseconds: number;
    readonly by: string;
  };
  /** A call of the API failed as nobody foresaw; the caller was told the `invocationId`. */
  'http.failed': { readonly invocationId: string; readonly message: string };
  /** One attempt to call a callback failed. */
  'callback.failed': {
    readonly callback: string;
    readonly eventId: string;
    readonly errorCode: string;
    readonly message: string;
    readonly cause: string;
  };
  /** Spans are not sent: the SDK of OpenTelemetry could not be started, or a span not be made. */
  'telemetry.failed': { readonly message: string };
  /** The head of the audit trail, once an hour: kept somewhere else than the ledger. */
  'audit.head': { readonly sequence: number; readonly hash: string };
}

export type LogEventName = keyof LogEvents;

type Level = 'information' | 'warning' | 'error';

/** Every event with the level of its lines. */
export const logLevels: Readonly<Record<LogEventName, Level>> = {
  'request.state': 'information',
  'request.unqueued': 'warning',
  'request.parked': 'error',
  'step.failed': 'warning',
  'azure.call': 'information',
  'message.rejected': 'warning',
  'sweep.result': 'information',
  'sweep.failed': 'error',
  'purge.result': 'information',
  'purge.failed': 'warning',
  'messages.dead': 'error',
  'messages.unreadable': 'warning',
  'pool.usage': 'information',
  'pool.unreadable': 'warning',
  'http.request': 'information',
  'http.failed': 'error',
  'callback.failed': 'warning',
  'telemetry.failed': 'error',
  'audit.head': 'information',
};
