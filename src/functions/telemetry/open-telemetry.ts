import {
  AzureMonitorMetricExporter,
  AzureMonitorTraceExporter,
} from '@azure/monitor-opentelemetry-exporter';
import { context, metrics, propagation, trace } from '@opentelemetry/api';
import { AsyncLocalStorageContextManager } from '@opentelemetry/context-async-hooks';
import { W3CTraceContextPropagator } from '@opentelemetry/core';
import { OTLPMetricExporter } from '@opentelemetry/exporter-metrics-otlp-http';
import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { resourceFromAttributes } from '@opentelemetry/resources';
import {
  MeterProvider,
  PeriodicExportingMetricReader,
  type PushMetricExporter,
} from '@opentelemetry/sdk-metrics';
import {
  BasicTracerProvider,
  BatchSpanProcessor,
  type IdGenerator,
  RandomIdGenerator,
  type SpanExporter,
} from '@opentelemetry/sdk-trace-base';
import type { Destinations, OpenTelemetry, SpanIds } from './telemetry.ts';

/** Milliseconds. Spans and metrics wait this long for others at most. */
const spanDelay = 5_000;
const metricInterval = 60_000;
/** An app that is stopped has little time: what cannot be sent is given up. */
const exportTimeout = 10_000;

/**
 * Starts the SDK of OpenTelemetry with its exporters. A bundle of its own (telemetry.cjs), loaded only
 * where telemetry is configured: it would add a third to what every cold start reads.
 */
export function startOpenTelemetry(destinations: Destinations): OpenTelemetry {
  // The exporter would tell Microsoft how it is used; a closed network has no way there.
  process.env['APPLICATION_INSIGHTS_NO_STATSBEAT'] ??= 'true';
  const resource = resourceFromAttributes({
    'service.name': destinations.serviceName,
    'service.version': destinations.version,
  });
  const ids = new ChosenIds();
  const tracers = new BasicTracerProvider({
    resource,
    idGenerator: ids,
    spanProcessors: spanExporters(destinations).map(
      (exporter) =>
        new BatchSpanProcessor(exporter, {
          scheduledDelayMillis: spanDelay,
          exportTimeoutMillis: exportTimeout,
        }),
    ),
  });
  const meters = new MeterProvider({
    resource,
    readers: metricExporters(destinations).map(
      (exporter) =>
        new PeriodicExportingMetricReader({
          exporter,
          exportIntervalMillis: metricInterval,
          exportTimeoutMillis: exportTimeout,
        }),
    ),
  });
  trace.setGlobalTracerProvider(tracers);
  metrics.setGlobalMeterProvider(meters);
  context.setGlobalContextManager(new AsyncLocalStorageContextManager().enable());
  propagation.setGlobalPropagator(new W3CTraceContextPropagator());
  return {
    withIds: (chosen, run) => ids.during(chosen, run),
    flush: async () => {
      await Promise.allSettled([tracers.forceFlush(), meters.forceFlush()]);
    },
    shutdown: async () => {
      await Promise.allSettled([tracers.shutdown(), meters.shutdown()]);
      for (const api of [trace, metrics, context, propagation]) api.disable();
    },
  };
}

/** Both where both are configured. */
function spanExporters({ otlp, azureMonitor }: Destinations): SpanExporter[] {
  return [
    ...(otlp ? [new OTLPTraceExporter()] : []),
    ...(azureMonitor ? [new AzureMonitorTraceExporter(azureMonitorOptions(azureMonitor))] : []),
  ];
}

function metricExporters({ otlp, azureMonitor }: Destinations): PushMetricExporter[] {
  return [
    ...(otlp ? [new OTLPMetricExporter()] : []),
    ...(azureMonitor ? [new AzureMonitorMetricExporter(azureMonitorOptions(azureMonitor))] : []),
  ];
}

/** Nothing is kept in files: what cannot be sent now is not worth a disk. */
const azureMonitorOptions = (azureMonitor: NonNullable<Destinations['azureMonitor']>) => ({
  ...azureMonitor,
  disableOfflineStorage: true,
});

/** Random ids, but for the one span whose ids are known before it ends: that of the request. */
class ChosenIds implements IdGenerator {
  readonly #random = new RandomIdGenerator();
  #chosen: SpanIds | undefined;

  during<T>(chosen: SpanIds, run: () => T): T {
    this.#chosen = chosen;
    try {
      return run();
    } finally {
      this.#chosen = undefined;
    }
  }

  generateTraceId = (): string => this.#chosen?.traceId ?? this.#random.generateTraceId();
  generateSpanId = (): string => this.#chosen?.spanId ?? this.#random.generateSpanId();
}
