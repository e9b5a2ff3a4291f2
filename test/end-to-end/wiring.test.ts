import { afterAll, beforeAll, expect, it } from 'vitest';
import { contentHash } from '../../src/ledger/content-hash.ts';
import { allocateRequestSchema } from '../../src/model/requests.ts';
import { instanceIdOf } from '../../src/orchestrations/names.ts';
import { putOfVirtualNetwork, smallRequest } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

/** What only the app as it is put together can show. */
let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
});

it('an attempt that failed shows in the timeline of its request', async () => {
  await test.control.addFault({
    match: { ...putOfVirtualNetwork, times: 1 },
    effect: { status: 500, code: 'InternalServerError' },
  });
  await test.send(smallRequest(test, 'WIRE-1'));
  await test.runToEnd('WIRE-1');
  await test.control.clearFaults();

  const attempts = (await test.ledger.listTimeline('WIRE-1')).filter(
    ({ step }) => step === 'deploy',
  );
  expect(attempts.map(({ status }) => status)).toEqual(['waiting', 'succeeded']);
  expect(attempts[0]?.message).toContain('It is tried again.');
});

it('a request whose start was lost is taken up by the sweep within five minutes', async () => {
  const request = allocateRequestSchema.parse(smallRequest(test, 'WIRE-2'));
  await test.ledger.claimRequest(
    {
      id: request.id,
      request,
      contentHash: contentHash(request),
      instanceId: instanceIdOf(request.id),
      tenant: 'fabrikam',
    },
    new Date().toISOString(),
  );
  const claimedAt = test.clock.now();
  await test.runUntil(
    'the sweep',
    async () => (await test.ledger.getRequest('WIRE-2'))?.state !== 'received',
  );
  expect(test.clock.now() - claimedAt).toBeLessThanOrEqual(5 * 60 * 1000);
  expect((await test.runToEnd('WIRE-2')).state).toBe('succeeded');
});
