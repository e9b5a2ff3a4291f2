import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../src/ledger/ledger.ts';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import type { Fault } from '../support/control.ts';
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

async function usage(): Promise<string> {
  const associations = await test.lookUp.associations('corp-centralus');
  return JSON.stringify([...associations].sort());
}

async function allocate(): Promise<{ record: RequestRecord; network: string }> {
  const id = `FAULT-${++serial}`;
  await test.send(allocateMessage(test.platform.ready, id, `vnet-fault-${serial}`));
  return { record: await test.runToEnd(id), network: `vnet-fault-${serial}` };
}

async function exists(network: string): Promise<boolean> {
  const networks = await test.lookUp.virtualNetworks('fabrikam');
  return [...networks.keys()].some((id) => id.endsWith(`/${network}`));
}

describe('a deployment that Azure cannot bring to its end', () => {
  const endings: readonly [string, Fault, string][] = [
    [
      'the operation ends Failed',
      {
        match: { method: 'PUT', path: '/virtualNetworks/' },
        effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
      },
      'OperationFailed',
    ],
    [
      'the operation never ends',
      {
        match: { method: 'PUT', path: '/virtualNetworks/' },
        effect: { hangOperation: true },
      },
      'OperationTimedOut',
    ],
    [
      'the allocation never appears on the VNet',
      {
        match: { method: 'PUT', path: '/virtualNetworks/' },
        effect: { delayAllocationMs: 86_400_000 },
      },
      'AllocationNotConfirmed',
    ],
    [
      'the association never appears in the pool',
      {
        match: { method: 'PUT', path: '/virtualNetworks/' },
        effect: { delayAssociationMs: 86_400_000 },
      },
      'AllocationNotConfirmed',
    ],
    [
      'the PUT is refused for ever',
      {
        match: { method: 'PUT', path: '/virtualNetworks/', times: 1_000 },
        effect: { status: 500, code: 'InternalServerError' },
      },
      'RetriesExhausted',
    ],
    [
      'the PUT is refused for good',
      {
        match: { method: 'PUT', path: '/virtualNetworks/' },
        effect: { status: 400, code: 'InvalidRequestFormat' },
      },
      'AzureRefused',
    ],
  ];

  for (const [what, fault, code] of endings) {
    it(`ends failed, and the pool's usage is as before: ${what}`, async () => {
      const before = await usage();
      await test.control.addFault(fault);
      const { record, network } = await allocate();

      expect(await test.control.faultsApplied()).toBeGreaterThan(0);
      await test.control.clearFaults();
      expect(record.error?.code).toBe(code);
      expect(record.state).toBe('failed');
      expect(await usage()).toBe(before);
      expect(await exists(network)).toBe(false);
      const timeline = await test.ledger.listTimeline(record.id);
      expect(timeline.map(({ step }) => step)).toContain('compensate-confirm');
    });
  }
});

describe('a compensation', () => {
  const failedDeployment: Fault = {
    match: { method: 'PUT', path: '/virtualNetworks/' },
    effect: { failOperation: { code: 'AllocationFailed', message: 'No capacity.' } },
  };

  it('that cannot be carried out parks the request and names what is left', async () => {
    await test.control.addFault(failedDeployment);
    await test.control.addFault({
      match: { method: 'DELETE', path: '/virtualNetworks/[^/]+$' },
      effect: { status: 403, code: 'AuthorizationFailed' },
    });
    const { record, network } = await allocate();
    await test.control.clearFaults();

    expect(record.state).toBe('compensation-failed');
    expect(record.leftovers).toEqual([
      expect.stringMatching(new RegExp(`^the VNet .*/${network}$`)),
      expect.stringMatching(/^the allocation .* of the pool corp-centralus for it$/),
    ]);
    expect(record.error?.remedy).toMatch(/\w{3}/);
    expect(await exists(network)).toBe(true);
  });
});
