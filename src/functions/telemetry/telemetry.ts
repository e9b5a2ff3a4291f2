import type { TokenCredential } from '@azure/identity';

/** Where spans and metrics go. */
export interface Destinations {
  readonly serviceName: string;
  readonly version: string;
  /** OTLP over HTTP, JSON; the exporters read OTEL_EXPORTER_OTLP_ENDPOINT and its kin themselves. */
  readonly otlp: boolean;
  /** Application Insights. */
  readonly azureMonitor?: {
    readonly connectionString: string;
    readonly credential?: TokenCredential;
  };
}

export interface SpanIds {
  /** 32 hex digits. */
  readonly traceId: string;
  /** 16 hex digits. */
  readonly spanId: string;
}

/** The SDK of OpenTelemetry, as far as the app steers it; spans and metrics go through the API. */
export interface OpenTelemetry {
  /** A span that is started meanwhile gets these ids. */
  withIds<T>(ids: SpanIds, run: () => T): T;
  flush(): Promise<void>;
  shutdown(): Promise<void>;
}

let running: OpenTelemetry | undefined;

/** Undefined where nothing is exported: then no span is worth a look into the ledger. */
export const openTelemetry = (): OpenTelemetry | undefined => running;

/** Loads and starts the SDK where one of the destinations is configured. */
export async function startTelemetry(destinations: Destinations): Promise<void> {
  if (!destinations.otlp && !destinations.azureMonitor) return;
  // The build makes it the file telemetry.cjs beside main.cjs.
  const { startOpenTelemetry } = await import('./open-telemetry.ts');
  running = startOpenTelemetry(destinations);
}

/** Sends what is yet to be sent; ends also when nobody takes it. */
export async function stopTelemetry(): Promise<void> {
  const stopped = running;
  running = undefined;
  await stopped?.shutdown();
}
