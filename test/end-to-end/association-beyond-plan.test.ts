import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { createExistingNetwork, documentOf, exactly } from '../support/existing-network.ts';
import { associateRequest, runApproved } from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;

beforeAll(async () => {
  test = await TestPlatform.start({ switches: { allocationRounding: 'round-up' } });
});
afterAll(async () => {
  await test?.close();
});

describe('a pool that rounds the count up and gives more than the VNet has', () => {
  it('gets it back: the VNet keeps no prefix that the pool may give to another one', async () => {
    const name = 'vnet-odd';
    const id = await createExistingNetwork(test, name);
    const addressPrefixes = ['10.2.0.0/24', '10.2.4.0/26'];
    await test.control.change({
      network: { change: 'replaceVirtualNetwork', id, addressPrefixes },
    });
    const before = await documentOf(test, id);

    const record = await runApproved(test, associateRequest(test, 'BEYOND-1', name));

    expect([record.state, record.error?.code]).toEqual(['failed', 'AllocationInvalid']);
    expect(exactly(await documentOf(test, id))).toEqual(exactly(before));
    const associations = await test.lookUp.associations('corp-centralus');
    expect(associations.get(id.toLowerCase())).toBeUndefined();
  });
});
