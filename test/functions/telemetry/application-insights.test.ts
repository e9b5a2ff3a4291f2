import { mkdtempSync } from 'node:fs';
import { createServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { text } from 'node:stream/consumers';
import { trace } from '@opentelemetry/api';
import { expect, it, onTestFinished, vi } from 'vitest';
import { destinationsIn } from '../../../src/functions/telemetry/destinations.ts';
import { startTelemetry, stopTelemetry } from '../../../src/functions/telemetry/telemetry.ts';
import { serverCertificate } from '../../../src/local/azure/tls/certificates.ts';
import { trust } from '../../support/trust.ts';

/** The ingestion of Application Insights, as far as an exporter sees it. */
async function startIngestion() {
  const received: { readonly url: string; readonly body: string }[] = [];
  const directory = mkdtempSync(join(tmpdir(), 'vnet-vending-test-'));
  const { privateKey: key, certificate: cert, caFile } = await serverCertificate(directory);
  trust(caFile);
  const server = createServer({ key, cert }, async (request, response) => {
    const body = await text(request);
    received.push({ url: request.url ?? '', body });
    const count = body.trim().split('\n').length;
    response.setHeader('content-type', 'application/json');
    response.end(JSON.stringify({ itemsReceived: count, itemsAccepted: count, errors: [] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  onTestFinished(async () => {
    server.closeAllConnections();
    await new Promise((resolve) => server.close(resolve));
  });
  return { received, url: `https://127.0.0.1:${(server.address() as AddressInfo).port}/` };
}

it('spans reach the ingestion endpoint of the connection string before the app stops', async () => {
  const { received, url } = await startIngestion();
  const connection = `InstrumentationKey=00000000-0000-4000-8000-000000000001;IngestionEndpoint=${url}`;
  await startTelemetry(
    destinationsIn({ APPLICATIONINSIGHTS_CONNECTION_STRING: connection }, '0.0.0'),
  );
  trace.getTracer('test').startSpan('a span of the test').end();
  await stopTelemetry();
  expect(received.map(({ body }) => body).join()).toContain('a span of the test');
});

it('spans are sent with the sampler that the template names for the host, which the SDK does not know', async () => {
  vi.stubEnv('OTEL_TRACES_SAMPLER', 'microsoft.fixed_percentage');
  vi.stubEnv('OTEL_TRACES_SAMPLER_ARG', '1.0');
  onTestFinished(() => void vi.unstubAllEnvs());
  const { received, url } = await startIngestion();
  const connection = `InstrumentationKey=00000000-0000-4000-8000-000000000001;IngestionEndpoint=${url}`;
  await startTelemetry(
    destinationsIn({ APPLICATIONINSIGHTS_CONNECTION_STRING: connection }, '0.0.0'),
  );
  const names = Array.from({ length: 20 }, (_, index) => `span ${index}.`);
  for (const name of names) trace.getTracer('test').startSpan(name).end();
  await stopTelemetry();
  const sent = received.map(({ body }) => body).join();
  expect(names.filter((name) => !sent.includes(name))).toEqual([]);
});

it('Application Insights is reached as a managed identity where the settings say so', () => {
  const at = (authentication?: string) =>
    destinationsIn(
      {
        APPLICATIONINSIGHTS_CONNECTION_STRING: 'InstrumentationKey=1',
        ...(authentication ? { APPLICATIONINSIGHTS_AUTHENTICATION_STRING: authentication } : {}),
      },
      '0.0.0',
    ).azureMonitor?.credential;
  expect(at()).toBeUndefined();
  expect(at('Authorization=AAD')).toBeDefined();
  expect(at('Authorization=AAD;ClientId=00000000-0000-4000-8000-000000000001')).toBeDefined();
});

it('nothing is exported, and nothing loaded, where no destination is configured', () => {
  expect(destinationsIn({}, '0.0.0')).toEqual({
    serviceName: 'vnet-vending',
    version: '0.0.0',
    otlp: false,
  });
  const disabled = { OTEL_SDK_DISABLED: 'true', OTEL_EXPORTER_OTLP_ENDPOINT: 'http://a.example' };
  expect(destinationsIn(disabled, '0.0.0').otlp).toBe(false);
});
