import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/control.ts';
import {
  approver,
  decision,
  enters,
  eventTypes,
  nothing,
  putOfVirtualNetwork,
  smallRequest,
  traceOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
});
afterEach(async () => {
  await test.control.clearFaults();
});

/** What holds a request in a state long enough to be cancelled there. */
const stages: readonly [what: string, state: 'planning' | 'deploying' | 'verifying', Fault][] = [
  [
    'its prerequisites cannot be read',
    'planning',
    {
      match: { method: 'GET', path: '/ipamPools/corp-centralus$', times: 3 },
      effect: { status: 500, code: 'InternalServerError' },
    },
  ],
  [
    'Azure throttles the PUT',
    'deploying',
    { match: putOfVirtualNetwork, effect: { status: 429, code: 'TooManyRequests' } },
  ],
  [
    'Azure is deploying',
    'deploying',
    { match: putOfVirtualNetwork, effect: { hangOperation: true } },
  ],
  [
    'VNet and pool do not agree yet',
    'verifying',
    { match: putOfVirtualNetwork, effect: { delayAssociationMs: 86_400_000 } },
  ],
];

describe('a request that is cancelled', () => {
  for (const [index, [what, state, fault]] of stages.entries()) {
    it(`ends cancelled, with nothing left, while ${what}`, async () => {
      const id = `CANCEL-${index}`;
      await test.control.addFault(fault);
      await test.send(smallRequest(test, id));
      await enters(test, id, state);
      await test.send(decision(id, 'cancel'));
      const record = await test.runToEnd(id);
      await test.control.clearFaults();

      expect([record.state, record.error?.code]).toEqual(['cancelled', 'Cancelled']);
      expect(await traceOf(test, id)).toEqual(nothing);
    });
  }

  it('ends cancelled even if nothing was left to wait for', async () => {
    await test.control.addFault({
      match: { method: 'GET', path: '/operations/', times: 3 },
      effect: { status: 500, code: 'InternalServerError' },
    });
    await test.send(smallRequest(test, 'LATE-1'));
    await enters(test, 'LATE-1', 'deploying');
    await test.runUntil('the deployment to be followed', async () =>
      (await test.ledger.listTimeline('LATE-1')).some(({ step }) => step === 'track'),
    );
    // When the operation is looked at again it has succeeded.
    await test.ledger.recordDecision({
      id: 'cancel-late',
      requestId: 'LATE-1',
      decision: 'cancel',
      by: approver,
      channel: 'queue',
      at: new Date().toISOString(),
    });
    const record = await test.runToEnd('LATE-1');

    expect(record.state).toBe('cancelled');
    expect(await traceOf(test, 'LATE-1')).toEqual(nothing);
    expect((await eventTypes(test, 'LATE-1')).at(-1)).toBe('allocation.compensated');
  });

  it('ends as it was going to when it is being taken back already', async () => {
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { failOperation: { code: 'AllocationFailed' } },
    });
    await test.control.addFault({
      match: { method: 'DELETE', times: 2 },
      effect: { status: 409, code: 'AnotherOperationInProgress' },
    });
    await test.send(smallRequest(test, 'BACK-1'));
    await enters(test, 'BACK-1', 'compensating');
    await test.send(decision('BACK-1', 'cancel'));
    const record = await test.runToEnd('BACK-1');

    expect([record.state, record.error?.code]).toEqual(['failed', 'OperationFailed']);
    expect(await traceOf(test, 'BACK-1')).toEqual(nothing);
  });

  it('gives the VNet free for the next one', async () => {
    await test.control.addFault({ match: putOfVirtualNetwork, effect: { hangOperation: true } });
    await test.send(smallRequest(test, 'FIRST-1', 'vnet-wanted'));
    await enters(test, 'FIRST-1', 'deploying');
    await test.send(smallRequest(test, 'SECOND-1', 'vnet-wanted'));
    const second = await test.runToEnd('SECOND-1');
    await test.send(decision('FIRST-1', 'cancel'));
    const first = await test.runToEnd('FIRST-1');
    await test.control.clearFaults();
    await test.send(smallRequest(test, 'THIRD-1', 'vnet-wanted'));
    const third = await test.runToEnd('THIRD-1');

    expect([first.state, second.state, third.state]).toEqual(['cancelled', 'failed', 'succeeded']);
  });
});

describe('what Azure refuses for a while', () => {
  const throttled = (retryAfter: string) => ({
    status: 429,
    code: 'TooManyRequests',
    headers: { 'Retry-After': retryAfter },
  });

  it('is not asked faster than the backoff when Azure names a shorter time, or none', async () => {
    await test.control.addFault({ match: putOfVirtualNetwork, effect: throttled('0') });
    await test.send(smallRequest(test, 'STORM-1'));
    const record = await test.runToEnd('STORM-1');

    expect(record.error?.code).toBe('RetriesExhausted');
    expect(await test.control.faultsApplied()).toBeLessThan(20);
  });

  it('is taken back nevertheless when the DELETE must wait for long', async () => {
    await test.control.addFault({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { failOperation: { code: 'AllocationFailed' } },
    });
    await test.control.addFault({
      match: { method: 'DELETE', times: 1 },
      effect: throttled('900'),
    });
    await test.send(smallRequest(test, 'STORM-2'));
    const record = await test.runToEnd('STORM-2');

    expect([record.state, record.error?.code]).toEqual(['failed', 'OperationFailed']);
    expect(await traceOf(test, 'STORM-2')).toEqual(nothing);
  });
});
