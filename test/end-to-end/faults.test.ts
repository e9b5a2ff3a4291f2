import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest';
import type { RequestRecord } from '../../src/ledger/ledger.ts';
import { allocateMessage } from '../../src/local/demo/messages.ts';
import type { Fault } from '../support/control.ts';
import { allocationsIn } from '../support/requests.ts';
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

/** Every call that the workflow makes to Resource Manager while nothing goes wrong. */
const calls: Readonly<Record<string, Fault['match']>> = {
  'permissions at the pool': { method: 'GET', path: '/ipamPools/[^/]+/.*/permissions' },
  'permissions at the resource group': {
    method: 'GET',
    path: '/resourceGroups/rg-payments/providers/Microsoft.Authorization/permissions',
  },
  'read of the pool': { method: 'GET', path: '/ipamPools/corp-centralus$' },
  'usage of the pool': { method: 'POST', path: '/getPoolUsage$' },
  'associations of the pool': { method: 'POST', path: '/listAssociatedResources$' },
  'connections of the network manager': { method: 'GET', path: '/scopeConnections$' },
  'read of the resource group': { method: 'GET', path: '/resourceGroups/rg-payments$' },
  'read of the VNet': { method: 'GET', path: '/virtualNetworks/[^/]+$' },
  'PUT of the VNet': { method: 'PUT', path: '/virtualNetworks/[^/]+$' },
  'poll of the operation': { method: 'GET', path: '/operations/' },
};

const tokenCalls: Readonly<Record<string, Fault['match']>> = {
  'token of the management tenant': { method: 'POST', path: '/a0000000[^/]*/oauth2/v2.0/token' },
  'token of the managed tenant': { method: 'POST', path: '/b0000000[^/]*/oauth2/v2.0/token' },
};

/** What passes: the workflow must wait and go on. */
const passingEffects: Readonly<Record<string, Fault['effect']>> = {
  '429 with Retry-After': {
    status: 429,
    code: 'TooManyRequests',
    headers: { 'Retry-After': '7' },
  },
  '429 without Retry-After': { status: 429, code: 'RetryableError' },
  '409 busy': { status: 409, code: 'AnotherOperationInProgress' },
  '500': { status: 500, code: 'InternalServerError' },
  'connection dropped before the effect': { dropConnection: true },
  'connection dropped after the effect': { applyThenDrop: true },
};

async function usage(): Promise<string> {
  const associations = await test.lookUp.associations('corp-centralus');
  return JSON.stringify([...associations].sort());
}

async function allocate(): Promise<{ record: RequestRecord; network: string }> {
  const id = `FAULT-${++serial}`;
  await test.send(allocateMessage(test.platform.ready, id, `vnet-fault-${serial}`));
  return { record: await test.runToEnd(id), network: `vnet-fault-${serial}` };
}

async function expectOneAllocation(record: RequestRecord, network: string): Promise<void> {
  expect(record.error).toBeUndefined();
  expect(record.state).toBe('succeeded');
  const associations = [...(await test.lookUp.associations('corp-centralus'))];
  const own = associations.filter(([id]) => id.endsWith(`/${network}`));
  expect(own.map(([, prefixes]) => prefixes)).toEqual([allocationsIn(record)?.[0]?.prefixes]);
}

async function exists(network: string): Promise<boolean> {
  const networks = await test.lookUp.virtualNetworks('fabrikam');
  return [...networks.keys()].some((id) => id.endsWith(`/${network}`));
}

describe('a call that fails and would succeed when tried again', () => {
  for (const [call, match] of Object.entries(calls)) {
    for (const [name, effect] of Object.entries(passingEffects)) {
      it(`does not keep the request from succeeding: ${call}, ${name}`, async () => {
        await test.control.addFault({ match: { ...match, times: 1 }, effect });
        const { record, network } = await allocate();

        expect(await test.control.faultsApplied()).toBe(1);
        await expectOneAllocation(record, network);
      });
    }
  }
});

describe('a token that cannot be had for now', () => {
  for (const [call, match] of Object.entries(tokenCalls)) {
    for (const [name, effect] of Object.entries(passingEffects)) {
      it(`does not keep the request from succeeding: ${call}, ${name}`, async () => {
        // Tokens are kept for an hour: only a fresh app asks for them.
        await test.close();
        test = await TestPlatform.start();
        await test.control.addFault({ match: { ...match, times: 1 }, effect });
        const { record, network } = await allocate();

        expect(await test.control.faultsApplied()).toBe(1);
        await test.control.clearFaults();
        await expectOneAllocation(record, network);
      });
    }
  }
});

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
  const compensationCalls: Readonly<Record<string, Fault['match']>> = {
    'DELETE of the VNet': { method: 'DELETE', path: '/virtualNetworks/[^/]+$' },
    // The first two polls are those of the deployment.
    'poll of the deletion': { method: 'GET', path: '/operations/', nth: 3 },
    'associations of the pool': { method: 'POST', path: '/listAssociatedResources$' },
  };

  for (const [call, match] of Object.entries(compensationCalls)) {
    for (const [name, effect] of Object.entries(passingEffects)) {
      it(`leaves nothing behind although a call fails once: ${call}, ${name}`, async () => {
        const before = await usage();
        await test.control.addFault(failedDeployment);
        await test.control.addFault({ match: { ...match, times: 1 }, effect });
        const { record, network } = await allocate();

        expect(await test.control.faultsApplied()).toBe(2);
        await test.control.clearFaults();
        expect(record.state).toBe('failed');
        expect(record.error?.code).toBe('OperationFailed');
        expect(await usage()).toBe(before);
        expect(await exists(network)).toBe(false);
      });
    }
  }

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
