import { afterAll, beforeAll, expect, it } from 'vitest';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { isEndState } from '../../src/model/states.ts';
import {
  putOfVirtualNetwork,
  removeRequest,
  requester,
  runApproved,
  smallRequest,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

const key = `requester:${requester.tenantId}/${requester.objectId}`;
const most = 7;
let test: TestPlatform;

beforeAll(async () => {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const quotas = [{ name: 'few', per: 'requester', maxVirtualNetworks: most } as const];
  const policy = { ...landscape.policy, quotas };
  test = await TestPlatform.start({
    landscapeFile: { emulatedAzure, landscape: { ...landscape, policy } },
  });
});
afterAll(async () => {
  await test?.close();
});

const asked = (id: string) => ({ ...smallRequest(test, id), requester });
const used = () => test.ledger.quotaUsed(key, 'virtualNetworks');

it('a quota gives exactly what it holds to 30 requests at once, and takes it back with a removal', {
  timeout: 240_000,
}, async () => {
  const ids = Array.from({ length: 30 }, (_, index) => `QUOTA-${index}`);
  await Promise.all(ids.map((id) => test.send(asked(id))));
  let highest = 0;
  await test.runUntil('all to end', async () => {
    highest = Math.max(highest, Number(await used()));
    const records = await Promise.all(ids.map((id) => test.ledger.getRequest(id)));
    return records.every((record) => record && isEndState(record.state));
  });
  const records = await Promise.all(ids.map((id) => test.ledger.getRequest(id)));
  const succeeded = records.filter((record) => record?.state === 'succeeded');
  expect(succeeded).toHaveLength(most);
  expect(highest).toBe(most);
  expect((await test.lookUp.virtualNetworks('fabrikam')).size).toBe(most);
  for (const record of records.filter((one) => one?.state !== 'succeeded')) {
    expect(record?.state).toBe('failed');
    expect(record?.error?.message).toContain("The quota 'few' allows 7 VNets");
  }

  // One goes, so there is room for one again.
  const name = `vnet-${String(succeeded[0]?.id).toLowerCase()}`;
  expect((await runApproved(test, removeRequest(test, 'QUOTA-OUT', name))).state).toBe('succeeded');
  expect(await used()).toBe(String(most - 1));
  await test.send(asked('QUOTA-AGAIN'));
  expect((await test.runToEnd('QUOTA-AGAIN')).state).toBe('succeeded');
  await test.send(asked('QUOTA-BEYOND'));
  expect((await test.runToEnd('QUOTA-BEYOND')).state).toBe('failed');
  expect(await used()).toBe(String(most));
});

it('a request that is taken back leaves the quota as it was', async () => {
  const name = 'vnet-quota-again';
  await runApproved(test, removeRequest(test, 'QUOTA-ROOM', name));
  expect(await used()).toBe(String(most - 1));
  await test.control.addFault({
    match: { ...putOfVirtualNetwork, times: 1 },
    effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
  });
  await test.send(asked('QUOTA-FAILS'));
  expect((await test.runToEnd('QUOTA-FAILS')).state).toBe('failed');
  expect(await used()).toBe(String(most - 1));
});
