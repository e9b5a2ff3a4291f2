import type { InvocationContext } from '@azure/functions';
import { type SpanContext, SpanKind } from '@opentelemetry/api';
import type { Ledger } from '../../ledger/ledger.ts';
import type { ParsedMessage } from '../../model/parse-message.ts';
import type { StoredMessage } from '../intake/service-bus.ts';
import { parseTraceparent, readTrace, traceOf } from './request-trace.ts';
import { inScope } from './scope.ts';
import { attributeNames, inSpan } from './spans.ts';
import { openTelemetry } from './telemetry.ts';

/**
 * The trace that a message came in: the extension attribute of CloudEvents first, because the sender wrote
 * it; then what the client library of the sender put beside the body.
 */
export function senderOf(
  { message }: StoredMessage,
  parsed: ParsedMessage,
): SpanContext | undefined {
  const properties = message.applicationProperties ?? {};
  const candidates = [
    parsed.ok ? parsed.envelope?.traceparent : undefined,
    properties['traceparent'],
    // Older client libraries of Azure write the same under this name.
    properties['Diagnostic-Id'],
  ];
  return candidates.map(parseTraceparent).find((found) => found !== undefined);
}

/** The request that a message is about: it asks for it, decides on it, or resumes it. */
function requestIdOf(parsed: ParsedMessage): string | undefined {
  if (!parsed.ok) return parsed.claimedId;
  const { message } = parsed;
  return message.operation === 'decide' || message.operation === 'resume'
    ? message.request
    : message.id;
}

/** What is done with one message, as a span of the request that it is about. */
export interface ReceivedMessage {
  readonly queue: string;
  readonly stored: StoredMessage;
  readonly parsed: ParsedMessage;
  readonly receivedAt: Date;
}

export async function inMessageSpan<T>(
  ledger: Pick<Ledger, 'getStepState'>,
  context: InvocationContext,
  { queue, stored, parsed, receivedAt }: ReceivedMessage,
  run: () => Promise<T>,
): Promise<T> {
  const requestId = requestIdOf(parsed);
  if (!openTelemetry()) {
    return await inScope({ target: context, facts: { requestId } }, run);
  }
  const messageId = String(stored.message.messageId ?? '');
  const known = requestId === undefined ? undefined : await readTrace(ledger, requestId);
  // The ledger has nothing yet of a request that comes for the first time.
  const { request: parent } = known?.sender
    ? known
    : traceOf(requestId ?? messageId, senderOf(stored, parsed));
  return await inScope({ target: context, facts: { requestId, traceId: parent.traceId } }, () =>
    inSpan(
      {
        name: `receive ${queue}`,
        kind: SpanKind.CONSUMER,
        parent,
        host: parseTraceparent(context.traceContext?.traceParent),
        startTime: receivedAt,
        attributes: {
          'messaging.system': 'servicebus',
          'messaging.operation.type': 'process',
          'messaging.destination.name': queue,
          'messaging.message.id': messageId,
          ...(requestId === undefined ? {} : { [attributeNames.requestId]: requestId }),
        },
      },
      run,
    ),
  );
}
