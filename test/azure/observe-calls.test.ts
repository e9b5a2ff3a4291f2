import { afterAll, beforeAll, beforeEach, expect, test } from 'vitest';
import { createAzure } from '../../src/azure/create-azure.ts';
import { correlationIdOf } from '../../src/functions/telemetry/correlation-id.ts';
import { observeAzure } from '../../src/functions/telemetry/observe-azure.ts';
import { inScope } from '../../src/functions/telemetry/scope.ts';
import { type FakeAzure, startFakeAzure } from './fake-azure.ts';
import { sampleDeployment, sampleLandscape, sampleTarget } from './sample-landscape.ts';

let fake: FakeAzure;

beforeAll(async () => {
  fake = await startFakeAzure();
});
beforeEach(() => fake.reset());
afterAll(() => fake.close());

const azureAt = (resourceManager: string) =>
  createAzure({
    landscape: sampleLandscape,
    settings: { APPLICATION_SECRET: 'a-secret' },
    endpoints: { resourceManager, authority: fake.origin, disableInstanceDiscovery: true },
    requestTimeoutSeconds: 5,
    observe: observeAzure(sampleLandscape),
  });

/** Runs calls as a step does, and answers the lines that they leave in the log. */
async function linesOf(run: () => Promise<unknown>): Promise<Record<string, unknown>[]> {
  const lines: Record<string, unknown>[] = [];
  const log = (line: string) => void lines.push(JSON.parse(line));
  const facts = { requestId: 'RITM1', step: 'deploy', attempt: 1 };
  await inScope({ target: { log, warn: log, error: log }, facts }, run);
  return lines;
}

test('each request is told with its ids, its refusal by the code of Azure, and never with its query', async () => {
  fake.answer({
    status: 409,
    headers: { 'x-ms-request-id': 'request-1', 'x-ms-correlation-request-id': 'correlation-1' },
    body: { error: { code: 'AnotherOperationInProgress', message: 'busy' } },
  });
  const signed = `${fake.origin}/subscriptions/1/providers/Microsoft.Network/locations/x/operations/2?api-version=1&s=signed`;
  const [line] = await linesOf(() => azureAt(fake.origin).pollOperation(sampleTarget, signed));
  expect(line).toEqual({
    event: 'azure.call',
    requestId: 'RITM1',
    step: 'deploy',
    attempt: 1,
    method: 'GET',
    path: '/subscriptions/1/providers/Microsoft.Network/locations/x/operations/2',
    tenant: sampleTarget.tenantAlias,
    auxiliary: true,
    status: 409,
    errorCode: 'AnotherOperationInProgress',
    milliseconds: expect.any(Number),
    clientRequestId: expect.any(String),
    azureRequestId: 'request-1',
    correlationId: 'correlation-1',
  });
  const [sent] = fake.requests;
  expect(sent?.headers['x-ms-correlation-request-id']).toBe(correlationIdOf('RITM1', 'deploy'));
  expect(sent?.headers['x-ms-client-request-id']).toBe(line?.['clientRequestId']);
});

test('a call that gets no answer is told as that, with the reason of the network', async () => {
  fake.answer('drop');
  const lines = await linesOf(() => azureAt(fake.origin).createVirtualNetwork(sampleDeployment));
  expect(lines).toHaveLength(1);
  expect(lines[0]).toMatchObject({ method: 'PUT', errorCode: expect.stringMatching(/\w/) });
  expect(lines[0]).not.toHaveProperty('status');
});

test('without a step nothing is sent along, and the call is told all the same', async () => {
  fake.answer({ status: 404, body: { error: { code: 'ResourceNotFound', message: 'no' } } });
  const lines: string[] = [];
  const log = (line: string) => void lines.push(line);
  await inScope({ target: { log, warn: log, error: log }, facts: {} }, () =>
    azureAt(fake.origin).getVirtualNetwork(sampleTarget),
  );
  expect(lines).toHaveLength(1);
  expect(fake.requests[0]?.headers).not.toHaveProperty('x-ms-correlation-request-id');
});
