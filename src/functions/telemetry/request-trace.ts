import { createHash } from 'node:crypto';
import { type SpanContext, TraceFlags } from '@opentelemetry/api';
import type { Ledger } from '../../ledger/ledger.ts';

/** The trace of one request. */
export interface RequestTrace {
  /** The span of the request: parent of those of its steps, known before it ends. */
  readonly request: SpanContext;
  /** The span of whoever asked, if they told. */
  readonly sender: SpanContext | undefined;
}

/** Where the ledger keeps the trace of the sender. */
const step = 'trace';

/**
 * Reads W3C trace context. An identifier that is all zeros means nothing.
 * https://www.w3.org/TR/trace-context/#traceparent-header
 */
export function parseTraceparent(text: unknown): SpanContext | undefined {
  const found = /^00-([\da-f]{32})-([\da-f]{16})-([\da-f]{2})$/.exec(
    typeof text === 'string' ? text : '',
  );
  const [, traceId = '', spanId = '', flags = '0'] = found ?? [];
  if (!found || /^0+$/.test(traceId) || /^0+$/.test(spanId)) return undefined;
  const traceFlags = Number.parseInt(flags, 16) & TraceFlags.SAMPLED;
  return { traceId, spanId, traceFlags, isRemote: true };
}

export const traceparentOf = ({ traceId, spanId, traceFlags }: SpanContext): string =>
  `00-${traceId}-${spanId}-${traceFlags.toString(16).padStart(2, '0')}`;

/**
 * The trace of a request: that of its sender, or one made of the id. The span of the request has an id made
 * of the request as well, so that every activity on every machine knows its parent, and the
 * orchestration, which must be deterministic, needs to know nothing of it.
 */
export function traceOf(requestId: string, sender: SpanContext | undefined): RequestTrace {
  const digest = createHash('sha256').update(`vnet-vending trace\n${requestId}`).digest('hex');
  return {
    sender,
    request: {
      traceId: sender?.traceId ?? digest.slice(0, 32),
      spanId: digest.slice(32, 48),
      traceFlags: sender?.traceFlags ?? TraceFlags.SAMPLED,
      isRemote: true,
    },
  };
}

/** Keeps the sender's trace with the request, for whoever works on it later. */
export async function keepSender(
  ledger: Pick<Ledger, 'putStepState'>,
  requestId: string,
  sender: SpanContext | undefined,
): Promise<void> {
  if (sender) await ledger.putStepState(requestId, step, { traceparent: traceparentOf(sender) });
}

/** Never fails: without the ledger it is the trace made of the id. */
export async function readTrace(
  ledger: Pick<Ledger, 'getStepState'>,
  requestId: string,
): Promise<RequestTrace> {
  const state = await ledger.getStepState(requestId, step).catch(() => undefined);
  return traceOf(requestId, parseTraceparent(state?.['traceparent']));
}
