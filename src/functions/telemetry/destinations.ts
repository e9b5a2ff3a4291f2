import { ManagedIdentityCredential } from '@azure/identity';
import type { Destinations } from './telemetry.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * Reads where telemetry goes from the settings that Azure and OpenTelemetry have for it. The settings of
 * OpenTelemetry that no code here names (headers, time limits) work as well: the SDK reads them.
 */
export function destinationsIn(environment: Environment, version: string): Destinations {
  const connectionString = environment['APPLICATIONINSIGHTS_CONNECTION_STRING'] ?? '';
  const endpoints = [
    'OTEL_EXPORTER_OTLP_ENDPOINT',
    'OTEL_EXPORTER_OTLP_TRACES_ENDPOINT',
    'OTEL_EXPORTER_OTLP_METRICS_ENDPOINT',
  ];
  const isOff = environment['OTEL_SDK_DISABLED'] === 'true';
  return {
    serviceName:
      environment['OTEL_SERVICE_NAME'] ?? environment['WEBSITE_SITE_NAME'] ?? 'vnet-vending',
    version,
    otlp: !isOff && endpoints.some((name) => (environment[name] ?? '') !== ''),
    ...(isOff || connectionString === ''
      ? {}
      : { azureMonitor: { connectionString, ...credentialIn(environment) } }),
  };
}

/** `Authorization=AAD;ClientId=...`: Application Insights without a key, as the Functions host reads it. */
function credentialIn(environment: Environment) {
  const parts = new Map(
    (environment['APPLICATIONINSIGHTS_AUTHENTICATION_STRING'] ?? '')
      .split(';')
      .map((part) => part.split('=', 2) as [string, string?])
      .map(([name, value = '']) => [name.trim().toLowerCase(), value.trim()]),
  );
  if (parts.get('authorization')?.toLowerCase() !== 'aad') return {};
  const clientId = parts.get('clientid') ?? '';
  return {
    credential:
      clientId === ''
        ? new ManagedIdentityCredential()
        : new ManagedIdentityCredential({ clientId }),
  };
}
