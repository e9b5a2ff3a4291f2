import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { Fault } from '../support/control.ts';
import {
  allocationsIn,
  nothing,
  putOfVirtualNetwork,
  smallRequest,
  traceOf,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;
let serial = 0;

beforeAll(async () => {
  test = await TestPlatform.start();
});
afterAll(async () => {
  await test?.close();
});
afterEach(async () => {
  await test.control.clearFaults();
});

async function allocateWith(...faults: readonly Fault[]) {
  const id = `ODD-${++serial}`;
  for (const fault of faults) await test.control.addFault(fault);
  await test.send(smallRequest(test, id));
  const record = await test.runToEnd(id);
  expect(await test.control.faultsApplied()).toBeGreaterThanOrEqual(faults.length);
  await test.control.clearFaults();
  return { record, trace: await traceOf(test, id) };
}

const pollOfOperation = { method: 'GET', path: '/operations/' };
const refused = { status: 403, code: 'AuthorizationFailed' };
const failedOperation: Fault = {
  match: { ...putOfVirtualNetwork, times: 1 },
  effect: { failOperation: { code: 'AllocationFailed' } },
};

describe('an operation that cannot be asked', () => {
  it('does not cost a VNet that is well: the VNet is asked instead', async () => {
    const { record, trace } = await allocateWith({ match: pollOfOperation, effect: refused });
    expect([record.state, record.error]).toEqual(['succeeded', undefined]);
    expect(trace.association).toEqual(allocationsIn(record)?.[0]?.prefixes);
  });

  it('does not keep what is taken back from being confirmed', async () => {
    const { record, trace } = await allocateWith(failedOperation, {
      // The first two polls are those of the deployment.
      match: { ...pollOfOperation, nth: 3, times: 100 },
      effect: refused,
    });
    expect(record.state).toBe('failed');
    expect(trace).toEqual(nothing);
  });

  it.each([
    ['no address', 'somewhere'],
    ['the address of a stranger', 'https://stranger.example/operations/1?api-version=2024-05-01'],
  ])('because its address is %s is replaced by the VNet', async (_, address) => {
    const { record } = await allocateWith({
      match: { ...putOfVirtualNetwork, times: 1 },
      effect: { headers: { 'Azure-AsyncOperation': address } },
    });
    expect([record.state, record.error]).toEqual(['succeeded', undefined]);
  });
});

describe('an answer that is not what it should be', () => {
  it('is not kept when it is a token', async () => {
    // Only a fresh app asks for one.
    await test.close();
    test = await TestPlatform.start();
    const { record } = await allocateWith({
      match: { method: 'POST', path: '/b0000000[^/]*/oauth2/v2.0/token', times: 1 },
      effect: {
        body: JSON.stringify({ access_token: 'a.b.c', expires_in: 3600, token_type: 'Bearer' }),
      },
    });
    expect([record.state, record.error]).toEqual(['succeeded', undefined]);
  });

  it('is not repeated in the record when it stands where a prefix should', async () => {
    const token = 'eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiJ4In0.c2lnbmF0dXJl';
    const { record, trace } = await allocateWith({
      match: { method: 'POST', path: '/listAssociatedResources$', times: 1 },
      effect: {
        body: JSON.stringify({
          value: [{ resourceId: '/subscriptions/x', addressPrefixes: [token] }],
        }),
      },
    });
    expect([record.state, record.error?.code]).toEqual(['failed', 'AllocationInvalid']);
    const timeline = await test.ledger.listTimeline(record.id);
    expect(JSON.stringify([record, timeline])).not.toContain('eyJ');
    expect(trace).toEqual(nothing);
  });
});
