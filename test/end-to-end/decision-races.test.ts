import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import { decision, enters, largeRequest, nothing, traceOf } from '../support/requests.ts';
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

describe('a decision that races another', () => {
  it('a rejection that was taken after the approval stops what is not deployed yet', async () => {
    await test.send(largeRequest(test, 'LATE-NO'));
    await enters(test, 'LATE-NO', 'awaiting-approval');
    await test.settle();
    // Holds the request between its approval and the deployment.
    await test.control.addFault({
      match: { method: 'GET', path: '/ipamPools/corp-centralus$', times: 3 },
      effect: { status: 500, code: 'InternalServerError' },
    });
    await test.send(decision('LATE-NO', 'approve'));
    await test.runUntil('the plan to be checked again', async () =>
      (await test.ledger.listTimeline('LATE-NO')).some(({ step }) => step === 're-check'),
    );
    await test.send({ ...decision('LATE-NO', 'reject'), reason: 'on second thoughts' });
    const record = await test.runToEnd('LATE-NO');

    expect([record.state, record.error?.code]).toEqual(['rejected', 'DecisionRejected']);
    expect(await test.rejected()).toEqual([]);
    expect(await traceOf(test, 'LATE-NO')).toEqual(nothing);
  });

  it('an approval reaches a request whose instance was ended by hand while it waited', async () => {
    await test.send(largeRequest(test, 'CUT-OFF'));
    await enters(test, 'CUT-OFF', 'awaiting-approval');
    await test.settle();
    const instanceId = instanceIdOf('CUT-OFF');
    test.platform.host.durable.terminate(instanceId, 'by hand');
    for (const runtimeStatus of ['Terminated', 'Running']) {
      await test.runUntil(
        `the instance to be ${runtimeStatus}`,
        () => test.platform.host.durable.getStatus(instanceId)?.runtimeStatus === runtimeStatus,
      );
    }
    await test.settle();
    await test.send(decision('CUT-OFF', 'approve'));
    expect((await test.runToEnd('CUT-OFF')).state).toBe('succeeded');
  });
});
