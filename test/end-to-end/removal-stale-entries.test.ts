import { afterAll, beforeAll, describe, expect, it } from 'vitest';
import { readLandscapeFile } from '../../src/local/landscape/landscape-file.ts';
import { createExistingNetwork, documentOf } from '../support/existing-network.ts';
import {
  approversOfOverrides,
  associateRequest,
  removeRequest,
  runApproved,
} from '../support/requests.ts';
import { TestPlatform } from '../support/test-platform.ts';

let test: TestPlatform;
let serial = 0;

beforeAll(async () => {
  const { landscape, emulatedAzure } = readLandscapeFile();
  const bounds = { ...landscape.bounds, releaseSeconds: 120, retrySeconds: 60 };
  test = await TestPlatform.start({
    landscapeFile: { landscape: { ...landscape, bounds }, emulatedAzure },
  });
});
afterAll(async () => {
  await test?.close();
});

/** A VNet of somebody else that a request has associated with the pool. */
async function associated() {
  serial += 1;
  const name = `vnet-stale-${serial}`;
  const prefix = `10.2.${serial}.0/24`;
  const id = await createExistingNetwork(test, name, prefix);
  const record = await runApproved(test, associateRequest(test, `STALE-${serial}`, name));
  expect(record.state).toBe('succeeded');
  return { name, id, prefix, removal: `STALE-${serial}-OUT` };
}

const poolHolds = async (id: string) =>
  (await test.lookUp.associations('corp-centralus')).get(id.toLowerCase());

describe('a removal is no success while the pool keeps what was to go back', () => {
  it('for a VNet that is gone, although the request says another region', async () => {
    const { name, id, prefix, removal } = await associated();
    await test.control.change({
      network: { change: 'deleteVirtualNetwork', id, keepAllocation: true },
    });
    const request = removeRequest(test, removal, name);
    const misplaced = { ...request, target: { ...request.target, location: 'westeurope' } };
    const record = await runApproved(test, misplaced);

    expect(await poolHolds(id)).toEqual([prefix]);
    expect(record.state).toBe('removed-release-unverified');
  });

  it.each(['delete', 'disassociate'] as const)(
    'for a VNet that was moved and that the pool lists where it was: %s',
    async (mode) => {
      const { name, id, prefix, removal } = await associated();
      const to = id.replace('rg-payments', 'rg-web');
      await test.control.change({ network: { change: 'moveVirtualNetwork', id, to } });
      const override = mode === 'delete' ? { override: true } : {};
      const request = removeRequest(test, removal, name, mode, override);
      const moved = { ...request, target: { ...request.target, resourceGroup: 'rg-web' } };
      const by = mode === 'delete' ? approversOfOverrides : undefined;
      const record = await runApproved(test, moved, by);

      expect(await poolHolds(id)).toEqual([prefix]);
      expect(record.state).toBe('removed-release-unverified');
      expect(record.error?.cause).toContain(id);
    },
  );
});

describe('a VNet that somebody other than Azure says is not found', () => {
  it('is deleted, not told as gone already', async () => {
    const name = 'vnet-hidden';
    const id = await createExistingNetwork(test, name, '10.3.0.0/24');
    await test.control.addFault({
      match: { method: 'GET', path: `/virtualNetworks/${name}$`, times: 3 },
      effect: { status: 404, body: '<html>Not Found</html>' },
    });
    const request = removeRequest(test, 'HIDDEN-1', name, 'delete', { override: true });
    const record = await runApproved(test, request, approversOfOverrides);

    expect([record.state, record.result]).toMatchObject(['succeeded', { alreadyGone: false }]);
    expect(await documentOf(test, id)).toBeUndefined();
  });
});
