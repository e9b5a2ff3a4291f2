import { describe, expect, it, onTestFinished } from 'vitest';
import {
  decision,
  enters,
  eventTypes,
  largeRequest,
  nothing,
  putOfVirtualNetwork,
  smallRequest,
  traceOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const modes = {
  'runs every activity twice': { runActivitiesTwice: true },
  'delivers every completion twice': { deliverActivityCompletionsTwice: true },
  'does all of it, one event a turn': {
    runActivitiesTwice: true,
    deliverActivityCompletionsTwice: true,
    oneEventPerTurn: true,
  },
} as const;

describe('an engine that', () => {
  for (const [mode, testing] of Object.entries(modes)) {
    it(`${mode} makes one VNet, one event of each kind and one timeline`, async () => {
      const test = await TestPlatform.start({ testing });
      onTestFinished(() => test.close());

      await test.send(smallRequest(test, 'ONCE-1'));
      expect((await test.runToEnd('ONCE-1')).state).toBe('succeeded');
      await test.send(largeRequest(test, 'ONCE-2'));
      await enters(test, 'ONCE-2', 'awaiting-approval');
      await test.settle();
      await test.send(decision('ONCE-2', 'approve'));
      expect((await test.runToEnd('ONCE-2')).state).toBe('succeeded');
      await test.control.addFault({
        match: { ...putOfVirtualNetwork, times: 1 },
        effect: { failOperation: { code: 'AllocationFailed' } },
      });
      await test.send(smallRequest(test, 'ONCE-3'));
      expect((await test.runToEnd('ONCE-3')).state).toBe('failed');

      const puts = (await test.control.requests()).filter(({ method }) => method === 'PUT');
      expect(puts.map(({ status }) => status)).toEqual([201, 201, 201]);
      expect(await traceOf(test, 'ONCE-3')).toEqual(nothing);
      expect((await test.lookUp.associations('corp-centralus')).size).toBe(2);
      const steps = (await test.ledger.listTimeline('ONCE-1')).map(
        ({ step, status }) => `${step} ${status}`,
      );
      expect(steps).toEqual([...new Set(steps)]);
      expect(steps.at(-1)).toBe('report succeeded');

      await test.settle();
      const types = (await test.events()).map(({ id }) => id);
      expect(types).toEqual([
        ...[
          'request.submitted',
          'request.planned',
          'allocation.started',
          'allocation.verifying',
          'allocation.succeeded',
        ].map((type) => `ONCE-1:${type}`),
        ...[
          'request.submitted',
          'request.planned',
          'approval.requested:network-platform',
          'approval.granted',
          'allocation.started',
          'allocation.verifying',
          'allocation.succeeded',
        ].map((type) => `ONCE-2:${type}`),
        ...[
          'request.submitted',
          'request.planned',
          'allocation.started',
          'allocation.compensating',
          'allocation.compensated',
        ].map((type) => `ONCE-3:${type}`),
      ]);
    });
  }
});

describe('a message that comes again after the end', () => {
  it('changes nothing', async () => {
    const test = await TestPlatform.start();
    onTestFinished(() => test.close());
    await test.send(smallRequest(test, 'AGAIN-1'), 'first');
    const record = await test.runToEnd('AGAIN-1');
    await eventTypes(test, 'AGAIN-1');
    await test.send(smallRequest(test, 'AGAIN-1'), 'second');
    await test.settle();

    expect(await test.ledger.getRequest('AGAIN-1')).toEqual({
      ...record,
      pendingEvent: undefined,
    });
    expect(await eventTypes(test, 'AGAIN-1')).toEqual([]);
  });
});
