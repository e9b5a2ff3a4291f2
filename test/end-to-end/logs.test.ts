import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { correlationIdOf } from '../../src/functions/telemetry/correlation-id.ts';
import { findConfidential, secretsOf } from '../replay/confidential.ts';
import { linesOf, platformLog } from '../support/log-lines.ts';
import { operator, putOfVirtualNetwork, smallRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

describe('the log of the app', () => {
  let test: TestPlatform;

  beforeAll(async () => {
    test = await TestPlatform.start();
    await test.send(smallRequest(test, 'LOG-1'));
    await test.runToEnd('LOG-1');
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { status: 429, code: 'TooManyRequests', headers: { 'retry-after': '7' } },
    });
    await test.send(smallRequest(test, 'LOG-2'));
    await test.runToEnd('LOG-2');
    await test.send({
      id: 'LOG-3',
      operation: 'allocate',
      requester: { email: 'ada@fabrikam.example' },
    });
    await park('LOG-4');
    await test.as('ada')('/api/requests/OTHER');
    await test.runUntil('the timers', async () => (await linesOf(test, 'pool.usage')).length > 0);
  });
  afterAll(async () => {
    await test?.close();
  });

  async function park(id: string): Promise<void> {
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
    });
    await test.control.addFault({
      match: { method: 'DELETE', path: '/virtualNetworks/' },
      effect: { status: 403, code: 'AuthorizationFailed' },
    });
    await test.send(smallRequest(test, id));
    await test.runToEnd(id);
    await test.control.clearFaults();
  }

  it('tells every state of a request once, and how long it took', async () => {
    const states = (await linesOf(test, 'request.state')).filter(
      ({ requestId }) => requestId === 'LOG-1',
    );
    expect(states.map(({ state }) => state)).toEqual([
      'received',
      'planning',
      'deploying',
      'verifying',
      'succeeded',
    ]);
    expect(states.at(-1)).toMatchObject({
      operation: 'allocate',
      tenant: 'fabrikam',
      durationSeconds: expect.any(Number),
    });
  });

  it('leads from the ticket to each call of Azure, and from there to its activity log', async () => {
    const calls = (await linesOf(test, 'azure.call')).filter(
      ({ requestId }) => requestId === 'LOG-1',
    );
    const put = calls.find(({ method }) => method === 'PUT');
    expect(put).toMatchObject({
      level: 'information',
      function: 'deployVirtualNetwork',
      operation: 'allocate',
      tenant: 'fabrikam',
      step: 'deploy',
      attempt: 1,
      path: expect.stringMatching(/^\/subscriptions\/.*\/virtualNetworks\/vnet-log-1$/),
      auxiliary: true,
      status: 201,
      milliseconds: expect.any(Number),
      clientRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
      azureRequestId: expect.stringMatching(/^[\da-f-]{36}$/),
      correlationId: correlationIdOf('LOG-1', 'deploy'),
    });
    // The calls in the management tenant are told as such.
    expect(calls.some(({ tenant }) => tenant === 'management tenant')).toBe(true);
    expect(calls.every(({ path }) => !String(path).includes('?'))).toBe(true);
  });

  it('tells an attempt that failed by its ticket, and the timeline names the call of Azure', async () => {
    const failed = (await linesOf(test, 'step.failed')).find(
      ({ requestId }) => requestId === 'LOG-2',
    );
    expect(failed).toMatchObject({
      level: 'warning',
      step: 'deploy',
      errorCode: 'Throttled',
      kind: 'retryable',
    });
    const [waiting] = (await test.ledger.listTimeline('LOG-2')).filter(
      ({ step }) => step === 'deploy',
    );
    expect(waiting?.message).toContain(`(Azure request id ${failed?.['azureRequestId']})`);
  });

  it('tells what an operator has to act on: a parked request, a rejected message', async () => {
    expect(await linesOf(test, 'request.parked')).toEqual([
      expect.objectContaining({
        level: 'error',
        requestId: 'LOG-4',
        operation: 'allocate',
        tenant: 'fabrikam',
        errorCode: 'CompensationFailed',
        leftovers: 2,
        firstLeftover: expect.stringContaining('vnet-log-4'),
      }),
    ]);
    expect(await linesOf(test, 'message.rejected')).toEqual([
      expect.objectContaining({
        level: 'warning',
        requestId: 'LOG-3',
        errorCode: 'SchemaInvalid',
        rejectionId: expect.stringMatching(/^rej-/),
      }),
    ]);
  });

  it('tells of the sweep, of each pool and of calls of the API', async () => {
    expect((await linesOf(test, 'sweep.result')).at(-1)).toMatchObject({ restarted: 0, failed: 0 });
    expect(await linesOf(test, 'pool.usage')).toContainEqual(
      expect.objectContaining({ pool: 'corp-centralus', usedPercent: expect.any(Number) }),
    );
    expect(await linesOf(test, 'http.request')).toContainEqual(
      expect.objectContaining({ method: 'GET', route: 'api/requests/{id}', status: 404 }),
    );
  });

  it('holds no token, secret, signed address or mail address', async () => {
    const log = await platformLog(test);
    expect(log.length).toBeGreaterThan(10_000);
    expect(findConfidential(log, secretsOf(test.platform.ready))).toEqual([]);
    expect(log).not.toMatch(/[\w.]+@[\w.]+/);
    expect(log).not.toContain(operator.name);
  });
});
