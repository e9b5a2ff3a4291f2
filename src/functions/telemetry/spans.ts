import {
  type Attributes,
  context,
  type Link,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  trace,
} from '@opentelemetry/api';
import type { RequestRecord } from '../../ledger/ledger.ts';
import { type RequestTrace, traceparentOf } from './request-trace.ts';
import { openTelemetry } from './telemetry.ts';

const tracer = () => trace.getTracer('vnet-vending');

/** Names of attributes that are ours. */
export const attributeNames = {
  requestId: 'vnetvending.request.id',
  operation: 'vnetvending.operation',
  tenant: 'vnetvending.tenant',
  state: 'vnetvending.state',
  step: 'vnetvending.step',
  attempt: 'vnetvending.attempt',
  errorCode: 'vnetvending.error.code',
} as const;

export interface SpanOptions {
  readonly name: string;
  readonly kind: SpanKind;
  readonly parent: SpanContext;
  readonly attributes: Attributes;
  /** The span of the Functions host around it. */
  readonly host?: SpanContext | undefined;
  readonly startTime?: Date;
}

/** Runs a function in a span; what it starts is within it. */
export async function inSpan<T>(options: SpanOptions, run: (span: Span) => Promise<T>): Promise<T> {
  const { name, parent, host, startTime, ...rest } = options;
  const links: Link[] = host && host.traceId !== parent.traceId ? [{ context: host }] : [];
  const span = tracer().startSpan(
    name,
    { ...rest, links, ...(startTime ? { startTime } : {}) },
    trace.setSpanContext(ROOT_CONTEXT, parent),
  );
  try {
    return await context.with(trace.setSpan(ROOT_CONTEXT, span), run, undefined, span);
  } catch (error) {
    failed(span, error instanceof Error ? error.name : 'Error');
    throw error;
  } finally {
    span.end();
  }
}

/** A name alone: the words of an error may be confidential. */
export function failed(span: Span, errorCode: string): void {
  span.setStatus({ code: SpanStatusCode.ERROR, message: errorCode });
  span.setAttribute(attributeNames.errorCode, errorCode);
}

/** The span of a request to somebody else, within the one that is active. */
export const startClientSpan = (name: string, attributes: Attributes): Span =>
  tracer().startSpan(name, { kind: SpanKind.CLIENT, attributes });

/** `traceparent` for what is sent to others. */
export function activeTraceparent(): string | undefined {
  const active = trace.getSpan(context.active())?.spanContext();
  return active && traceparentOf(active);
}

/**
 * The span of a request, from its acceptance to its end: told at the end, with the ids that its steps
 * have known since the beginning. A request that was parked has ended once; what comes after an
 * operator resumed it is a span within it.
 */
export function tellRequestSpan(
  record: RequestRecord,
  { request, sender }: RequestTrace,
  isResumed: boolean,
): void {
  const sdk = openTelemetry();
  if (!sdk) return;
  const { id, request: asked, tenant, state, error, createdAt, updatedAt } = record;
  const parent = isResumed ? request : sender;
  const start = () => {
    const span = tracer().startSpan(
      isResumed ? `resumed ${asked.operation}` : `request ${asked.operation}`,
      {
        root: parent === undefined,
        startTime: new Date(createdAt),
        attributes: {
          [attributeNames.requestId]: id,
          [attributeNames.operation]: asked.operation,
          [attributeNames.tenant]: tenant,
          [attributeNames.state]: state,
        },
      },
      parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT,
    );
    if (error) failed(span, error.code);
    span.end(new Date(updatedAt));
  };
  if (isResumed) start();
  else sdk.withIds(request, start);
}
