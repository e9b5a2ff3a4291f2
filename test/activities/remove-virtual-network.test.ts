import { describe, expect, it } from 'vitest';
import { removeVirtualNetwork } from '../../src/activities/remove/remove-virtual-network.ts';
import { trackRemoval } from '../../src/activities/remove/track-removal.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { ownershipTag } from '../../src/model/plan.ts';
import { poolIds } from '../model/samples.ts';
import { managedNetwork, peeredNetwork, recordCreator, startRemoval } from './removal-bench.ts';
import { refused, requestId, startedOperation, stepInput } from './workbench.ts';

/** A removal that was checked again and is about to delete. */
async function start(request: object = {}) {
  const bench = await startRemoval(request);
  const { planHash } = await bench.begin();
  const input = { ...stepInput, step: 'remove', planHash };
  const remove = () => removeVirtualNetwork(input, bench.dependencies);
  return { ...bench, input, remove };
}

/** A removal whose DELETE Azure has accepted. */
async function accepted() {
  const bench = await start();
  const { azure, dependencies } = bench;
  azure.deleteVirtualNetwork = async () => {
    azure.virtualNetwork = managedNetwork({ provisioningState: 'Deleting' });
    return success(startedOperation('https://azure.example/delete'));
  };
  await bench.remove();
  const track = () => trackRemoval({ ...stepInput, step: 'remove-track' }, dependencies);
  return { ...bench, track };
}

describe('the deletion', () => {
  it('is sent for the version that was read, and its signed address stays in the ledger', async () => {
    const { azure, ledger, remove, timeline } = await start();
    expect(await remove()).toEqual(success({}));
    expect(azure.writes).toEqual(['DELETE the-etag']);
    expect(await ledger.getStepState(requestId, 'remove')).toMatchObject({
      operationUrl: 'https://azure.example/delete',
    });
    expect((await timeline()).at(-1)).toBe(
      'remove succeeded: Azure accepted the deletion of vnet-payments.',
    );
  });

  it('of what is gone is done, and says so', async () => {
    const { azure, remove, timeline } = await start();
    azure.virtualNetwork = null;
    expect(await remove()).toEqual(success({}));
    expect(azure.writes).toEqual([]);
    expect((await timeline()).at(-1)).toContain('no VNet any more');
  });

  it('of what goes between look and DELETE is done as well', async () => {
    const { azure, remove, timeline } = await start();
    azure.deleteVirtualNetwork = async () => success(null);
    expect(await remove()).toEqual(success({}));
    expect((await timeline()).at(-1)).toContain('no VNet any more');
  });

  it('looks again when the VNet changed since it was read', async () => {
    const { azure, remove } = await start();
    azure.deleteVirtualNetwork = async () => refused('PreconditionFailed');
    expect(await remove()).toMatchObject({ error: { code: 'ResourceBusy', kind: 'retryable' } });
  });

  it('waits while another operation runs on the VNet', async () => {
    const { azure, remove } = await start();
    azure.virtualNetwork = managedNetwork({ provisioningState: 'Updating' });
    expect(await remove()).toMatchObject({ error: { code: 'ResourceBusy', kind: 'retryable' } });
    expect(azure.writes).toEqual([]);
  });

  it.each<ErrorCode>(['VirtualNetworkInUse', 'VirtualNetworkLocked'])(
    'hands on what Azure refuses since the check: %s',
    async (code) => {
      const { azure, remove } = await start();
      azure.deleteVirtualNetwork = async () => refused(code);
      expect(await remove()).toMatchObject({ error: { code } });
    },
  );

  it('is not sent for another plan, nor in another state than removing', async () => {
    const { azure, become, dependencies, input, remove } = await start();
    expect(await removeVirtualNetwork({ ...input, planHash: 'x' }, dependencies)).toMatchObject({
      error: { code: 'PlanChanged' },
    });
    for (const state of ['verifying', 'compensating'] as const) {
      await become(state);
      expect(await remove()).toMatchObject({ error: { code: 'Unexpected' } });
    }
    expect(azure.writes).toEqual([]);
  });
});

describe('a VNet that is not, or no longer, what was planned for is never deleted', () => {
  it.each([
    ['another one of its name', { resourceGuid: 'guid-2' }, 'VirtualNetworkChanged'],
    ['without its tag', { tags: {} }, 'VirtualNetworkNotOwned'],
    [
      'with the tag of an unknown request',
      { tags: { [ownershipTag]: 'RITM9' } },
      'VirtualNetworkNotOwned',
    ],
    ['without its association', { allocations: [], subnets: [] }, 'VirtualNetworkChanged'],
    [
      'with other prefixes',
      {
        allocations: [
          { poolId: poolIds.ipv4, numberOfIpAddresses: '8', prefixes: ['10.0.0.0/29'] },
        ],
      },
      'VirtualNetworkChanged',
    ],
    ['peered since', { peerings: peeredNetwork().peerings }, 'VirtualNetworkPeered'],
  ])('%s', async (_what, change, code) => {
    const { azure, remove } = await start();
    azure.virtualNetwork = managedNetwork(change);
    expect(await remove()).toMatchObject({ error: { code } });
    expect(azure.writes).toEqual([]);
  });

  it('with the tag of another request than the one that created it, as far as was planned', async () => {
    const { azure, ledger, remove } = await start();
    await recordCreator(ledger, { id: 'RITM2' });
    azure.virtualNetwork = managedNetwork({ tags: { [ownershipTag]: 'RITM2' } });
    expect(await remove()).toMatchObject({
      error: { code: 'VirtualNetworkNotOwned', message: expect.stringContaining('RITM2') },
    });
    expect(azure.writes).toEqual([]);
  });

  it('whose creator cannot be proven, although the request asked to set that aside before', async () => {
    const { azure, remove, change } = await start({ override: true });
    expect((await change()).overrides).toEqual([]);
    azure.virtualNetwork = managedNetwork({ tags: {} });
    expect(await remove()).toMatchObject({ error: { code: 'VirtualNetworkNotOwned' } });
    expect(azure.writes).toEqual([]);
  });
});

it('a VNet whose ownership an operator set aside is deleted, but only that very one', async () => {
  const bench = await startRemoval({ override: true });
  const { azure } = bench;
  azure.virtualNetwork = managedNetwork({ tags: {} });
  const { planHash } = await bench.begin();
  const remove = () => removeVirtualNetwork({ ...stepInput, planHash }, bench.dependencies);
  azure.virtualNetwork = managedNetwork({ tags: {}, resourceGuid: 'guid-2' });
  expect(await remove()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
  azure.virtualNetwork = managedNetwork({ tags: {} });
  expect(await remove()).toEqual(success({}));
  expect(azure.writes).toEqual(['DELETE the-etag']);
});

describe('a cancellation', () => {
  it('before the DELETE stops it', async () => {
    const { azure, decide, remove } = await start();
    await decide('cancel');
    expect(await remove()).toMatchObject({ error: { code: 'Cancelled' } });
    expect(azure.writes).toEqual([]);
  });

  it.each<ErrorCode>(['Throttled', 'ResourceBusy', 'PreconditionFailed'])(
    'stops it after a DELETE that Azure refused: %s',
    async (code) => {
      const { azure, decide, remove } = await start();
      azure.deleteVirtualNetwork = async () => refused(code);
      await remove();
      await decide('cancel');
      expect(await remove()).toMatchObject({ error: { code: 'Cancelled' } });
    },
  );

  it.each<ErrorCode>(['AzureUnavailable', 'AzureAnswerInvalid'])(
    'does not count once the DELETE may have had its effect: %s',
    async (code) => {
      const { azure, decide, remove } = await start();
      azure.deleteVirtualNetwork = async () => refused(code);
      await remove();
      await decide('cancel');
      azure.virtualNetwork = managedNetwork({ provisioningState: 'Deleting' });
      expect(await remove()).toEqual(success({}));
    },
  );

  it('does not count after a crash between DELETE and its record', async () => {
    const { azure, decide, remove } = await start();
    azure.deleteVirtualNetwork = async () => {
      azure.virtualNetwork = null;
      throw new Error('the process dies');
    };
    await expect(remove()).rejects.toThrow();
    await decide('cancel');
    expect(await remove()).toEqual(success({}));
  });

  it('that comes too late is told once, and changes nothing', async () => {
    const { decide, timeline, track } = await accepted();
    await decide('cancel');
    expect(await track()).toEqual(success({ done: false }));
    await track();
    const told = (await timeline()).filter((line) => line.includes('too late'));
    expect(told).toHaveLength(1);
  });
});

describe('a second run of the deletion', () => {
  it('sends nothing while the VNet is deleted, and keeps the address of the operation', async () => {
    const { azure, ledger, remove } = await accepted();
    expect(await remove()).toEqual(success({}));
    expect(azure.writes).toEqual([]);
    expect(await ledger.getStepState(requestId, 'remove')).toMatchObject({
      operationUrl: 'https://azure.example/delete',
    });
  });

  it('keeps the address of the first operation when the second answer is lost', async () => {
    const { azure, ledger, remove } = await accepted();
    azure.virtualNetwork = managedNetwork();
    azure.deleteVirtualNetwork = async () => refused('AzureUnavailable');
    expect(await remove()).toMatchObject({ error: { code: 'AzureUnavailable' } });
    expect(await ledger.getStepState(requestId, 'remove')).toEqual({
      sent: 'true',
      operationUrl: 'https://azure.example/delete',
    });
  });

  it('leaves a VNet alone that somebody created in its place', async () => {
    const { azure, remove } = await accepted();
    azure.virtualNetwork = managedNetwork({ resourceGuid: 'guid-2' });
    expect(await remove()).toEqual(success({}));
    expect(azure.writes).toEqual([]);
  });

  it('sends it again where the first had no effect', async () => {
    const { azure, remove } = await start();
    const { deleteVirtualNetwork } = azure;
    azure.deleteVirtualNetwork = async () => refused('AzureUnavailable');
    expect(await remove()).toMatchObject({ error: { code: 'AzureUnavailable' } });
    azure.deleteVirtualNetwork = deleteVirtualNetwork;
    expect(await remove()).toEqual(success({}));
    expect(azure.writes).toEqual(['DELETE the-etag']);
  });
});

const failedWith = (details: Record<string, string>) =>
  failure(
    vendingError('OperationFailed', 'It ended Failed.', { cause: 'Azure says why', details }),
  );

describe('a look at the deletion', () => {
  it('asks for the operation, and hands on how long to wait', async () => {
    const { azure, timeline, track } = await accepted();
    const asked: string[] = [];
    azure.pollOperation = async (_target, url) => {
      asked.push(url);
      return success({ status: 'running', retryAfterSeconds: 17 });
    };
    expect(await track()).toEqual(success({ done: false, retryAfterSeconds: 17 }));
    expect(asked).toEqual(['https://azure.example/delete']);
    expect((await timeline()).at(-1)).toBe('remove-track waiting: Azure is deleting the VNet.');
  });

  it('is done only when the VNet is gone as well', async () => {
    const { azure, track } = await accepted();
    expect(await track()).toEqual(success({ done: false }));
    azure.virtualNetwork = null;
    expect(await track()).toEqual(success({ done: true, value: null }));
  });

  it('is done when another VNet has taken its place, and says so', async () => {
    const { azure, timeline, track } = await accepted();
    azure.virtualNetwork = managedNetwork({ resourceGuid: 'guid-2' });
    expect(await track()).toMatchObject({ value: { done: true } });
    expect((await timeline()).at(-1)).toContain('somebody has created another one');
  });

  it.each<ErrorCode>([
    'NotFound',
    'OperationSuperseded',
    'AzureAnswerInvalid',
    'PermissionMissing',
  ])('tells by the VNet where the operation is unknown: %s', async (code) => {
    const { azure, track } = await accepted();
    azure.pollOperation = async () => refused(code);
    expect(await track()).toEqual(success({ done: false }));
    azure.virtualNetwork = null;
    expect(await track()).toMatchObject({ value: { done: true } });
  });

  it.each<ErrorCode>(['Throttled', 'AzureUnavailable'])('is tried again: %s', async (code) => {
    const { azure, track } = await accepted();
    azure.pollOperation = async () => refused(code);
    expect(await track()).toMatchObject({ error: { code } });
  });

  it('fails with the code of Azure when the operation failed', async () => {
    const { azure, track } = await accepted();
    azure.pollOperation = async () => failedWith({ azureCode: 'InternalServerError' });
    expect(await track()).toMatchObject({
      error: { code: 'OperationFailed', details: { azureCode: 'InternalServerError' } },
    });
  });

  it.each([
    { azureCode: 'InUseSubnetCannotBeDeleted' },
    { azureCode: 'Failed', azureDetailCodes: 'Other, InUseSubnetCannotBeDeleted' },
  ])('fails as in use where Azure says so: %j', async (details) => {
    const { azure, track } = await accepted();
    azure.pollOperation = async () => failedWith(details);
    expect(await track()).toMatchObject({
      error: { code: 'VirtualNetworkInUse', cause: 'Azure says why', kind: 'operator' },
    });
  });

  it('believes the VNet, not the operation, when it is gone', async () => {
    const { azure, track } = await accepted();
    azure.pollOperation = async () => failedWith({});
    azure.virtualNetwork = null;
    expect(await track()).toMatchObject({ value: { done: true } });
  });

  it('fails when another operation replaced the deletion and the VNet stayed', async () => {
    const { azure, track } = await accepted();
    azure.pollOperation = async () => refused('OperationSuperseded');
    azure.virtualNetwork = managedNetwork();
    expect(await track()).toMatchObject({
      error: { code: 'OperationFailed', message: expect.stringContaining('gave the deletion') },
    });
  });
});
