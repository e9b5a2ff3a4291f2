import { metrics } from '@opentelemetry/api';
import { isEndState, type RequestState } from '../../model/states.ts';
import type { LogEventName, LogEvents } from './log-events.ts';
import { openTelemetry } from './telemetry.ts';

type Facts = Readonly<Record<string, unknown>>;
type Instruments = ReturnType<typeof makeInstruments>;

/** Of the SDK that runs: the API hands out instruments that do nothing before it runs. */
let made: { readonly by: unknown; readonly instruments: Instruments } | undefined;

/** Counts what the log tells: the metrics are sums over its lines, and say the same. */
export function countEvent<N extends LogEventName>(event: N, fields: LogEvents[N] & Facts): void {
  const sdk = openTelemetry();
  if (!sdk) return;
  if (made?.by !== sdk) made = { by: sdk, instruments: makeInstruments() };
  counters[event]?.(made.instruments, fields as never);
}

function makeInstruments() {
  const meter = metrics.getMeter('vnet-vending');
  const counter = (name: string, description: string) =>
    meter.createCounter(`vnetvending.${name}`, { description });
  return {
    ended: counter('requests.ended', 'Requests that came to an end, by state'),
    parked: counter('requests.parked', 'Requests whose effect could not be taken back'),
    duration: meter.createHistogram('vnetvending.request.duration', {
      description: 'From the acceptance of a request to its end, waiting for people included',
      unit: 's',
      advice: {
        explicitBucketBoundaries: [10, 30, 60, 120, 300, 900, 3_600, 14_400, 86_400, 604_800],
      },
    }),
    stepFailures: counter('steps.failed', 'Attempts of steps that failed, by error code'),
    azureCalls: counter('azure.calls', 'Requests to Resource Manager, by class of status'),
    azureDuration: meter.createHistogram('vnetvending.azure.call.duration', {
      description: 'Of one request to Resource Manager',
      unit: 's',
      advice: { explicitBucketBoundaries: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] },
    }),
    restarted: counter('sweep.restarted', 'Workflows that had been lost and were started again'),
    unfinished: meter.createGauge('vnetvending.requests.unfinished', {
      description: 'Requests that are not done, at the last sweep',
    }),
    poolUsed: meter.createGauge('vnetvending.pool.used', {
      description: 'How full a pool is',
      unit: '%',
    }),
    dead: meter.createGauge('vnetvending.messages.dead', {
      description:
        'Messages in a dead-letter queue when it was looked at and not empty, 100 at most',
    }),
    rejected: counter('messages.rejected', 'Messages moved to the rejected queue, by error code'),
    callbackFailures: counter('callbacks.failed', 'Attempts to call a callback that failed'),
  };
}

/** What each event adds to; attributes have few values each. */
const counters: {
  readonly [N in LogEventName]?: (to: Instruments, fields: LogEvents[N] & Facts) => void;
} = {
  'request.state': (to, { state, durationSeconds, operation, tenant }) => {
    if (!isEndState(state as RequestState)) return;
    const attributes = { state, operation: String(operation), tenant: String(tenant) };
    to.ended.add(1, attributes);
    to.duration.record(durationSeconds ?? 0, attributes);
  },
  'request.parked': (to, { operation, tenant }) =>
    to.parked.add(1, { operation: String(operation), tenant: String(tenant) }),
  'step.failed': (to, { errorCode, kind, step }) =>
    to.stepFailures.add(1, { errorCode, kind, step: String(step) }),
  'azure.call': (to, { status, method, tenant, milliseconds }) => {
    const statusClass = status === undefined ? 'none' : `${Math.floor(status / 100)}xx`;
    to.azureCalls.add(1, { status: statusClass, method, tenant });
    to.azureDuration.record(milliseconds / 1000, { method, tenant });
  },
  'sweep.result': (to, { unfinished, restarted }) => {
    to.restarted.add(restarted);
    to.unfinished.record(unfinished);
  },
  'pool.usage': (to, { pool, usedPercent }) => to.poolUsed.record(usedPercent, { pool }),
  'messages.dead': (to, { queue, messages }) => to.dead.record(messages, { queue }),
  'message.rejected': (to, { errorCode }) => to.rejected.add(1, { errorCode }),
  'callback.failed': (to, { callback, errorCode }) =>
    to.callbackFailures.add(1, { callback, errorCode }),
};
