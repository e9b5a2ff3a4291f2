import { afterAll, afterEach, beforeAll, expect, it } from 'vitest';
import {
  approver,
  enters,
  eventTypes,
  nothing,
  operator,
  putOfVirtualNetwork,
  smallRequest,
  timelineOf,
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

const resumption = (id: string, request: string, by: object = operator) => ({
  id,
  operation: 'resume',
  request,
  by,
  reason: 'the role is back',
});

/** A deployment that fails, and whose VNet may not be deleted: the request is parked. */
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
  expect((await test.runToEnd(id)).state).toBe('compensation-failed');
}

it('a parked compensation goes on once an operator has removed the cause and resumes it', async () => {
  await park('PARK-1');
  await test.control.clearFaults();
  await test.send(resumption('CHG-1', 'PARK-1'));
  await enters(test, 'PARK-1', 'failed');

  expect(await traceOf(test, 'PARK-1')).toEqual(nothing);
  const record = await test.ledger.getRequest('PARK-1');
  // Why it failed in the first place, and nothing is left over.
  expect(record?.error?.code).toBe('OperationFailed');
  expect(record?.leftovers).toBeUndefined();
  const timeline = await timelineOf(test, 'PARK-1');
  expect(timeline).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^compensate-deploy failed: /),
      expect.stringMatching(/^resume information: Olu Operator resumed .*the role is back/),
      expect.stringMatching(/^compensate-deploy succeeded: /),
    ]),
  );
  expect(await eventTypes(test, 'PARK-1')).toEqual([
    'request.submitted',
    'request.planned',
    'allocation.started',
    'allocation.compensating',
    'allocation.compensation-failed',
    'allocation.compensating',
    'allocation.compensated',
  ]);
});

it('a request that is parked again says so again, and can be resumed again', async () => {
  await park('PARK-2');
  await test.send(resumption('CHG-2', 'PARK-2'));
  await test.runUntil('PARK-2 to be resumed and parked again', async () => {
    const isParked = (await test.ledger.getRequest('PARK-2'))?.state === 'compensation-failed';
    return isParked && (await test.ledger.listDecisions('PARK-2')).length === 1;
  });
  // The same message again resumes nothing.
  await test.send(resumption('CHG-2', 'PARK-2'));
  await test.settle();
  expect((await test.ledger.getRequest('PARK-2'))?.state).toBe('compensation-failed');
  const types = await eventTypes(test, 'PARK-2');
  expect(types.filter((type) => type === 'allocation.compensation-failed')).toHaveLength(2);

  await test.control.clearFaults();
  await test.send(resumption('CHG-3', 'PARK-2'));
  await enters(test, 'PARK-2', 'failed');
  expect(await traceOf(test, 'PARK-2')).toEqual(nothing);
});

it('a parked request keeps its VNet from other requests until it is resumed', async () => {
  await park('PARK-3');
  await test.control.clearFaults();
  await test.send(smallRequest(test, 'PARK-3-OTHER', 'vnet-park-3'));
  const other = await test.runToEnd('PARK-3-OTHER');
  expect(other.state).toBe('failed');

  await test.send(resumption('CHG-4', 'PARK-3'));
  await enters(test, 'PARK-3', 'failed');
  await test.send(smallRequest(test, 'PARK-3-LATER', 'vnet-park-3'));
  expect((await test.runToEnd('PARK-3-LATER')).state).toBe('succeeded');
});

it('who is no operator resumes nothing, and hears why', async () => {
  await park('PARK-4');
  await test.send(resumption('CHG-5', 'PARK-4', approver));
  await test.settle();
  const [refused] = await test.rejected();
  expect(refused?.applicationProperties?.['rejectReason']).toBe('Unauthorized');
  expect(String(refused?.applicationProperties?.['rejectDescription'])).toContain('operator');
  expect((await test.ledger.getRequest('PARK-4'))?.state).toBe('compensation-failed');
});

it('what an operator has cleared away by hand is found gone', async () => {
  await park('PARK-5');
  await test.control.clearFaults();
  const { client, resourceGroup } = test.lookUp.managedTenant('fabrikam');
  const deleted = client.virtualNetworks.delete(resourceGroup, 'vnet-park-5');
  await test.runUntil('the VNet to be gone', async () => {
    test.clock.advance(1_000);
    return (await traceOf(test, 'PARK-5')).virtualNetwork === undefined;
  });
  await deleted;
  await test.send(resumption('CHG-6', 'PARK-5'));
  await enters(test, 'PARK-5', 'failed');
  expect((await timelineOf(test, 'PARK-5')).join('\n')).toContain('There is no VNet to delete.');
});
