import { describe, expect, it } from 'vitest';
import { awaitPrefix } from '../../src/activities/allocate/await-prefix.ts';
import { confirmRelease } from '../../src/activities/allocate/confirm-release.ts';
import { deleteVirtualNetwork } from '../../src/activities/allocate/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../../src/activities/allocate/deploy-virtual-network.ts';
import { trackDeletion } from '../../src/activities/allocate/track-deletion.ts';
import { trackDeployment } from '../../src/activities/allocate/track-deployment.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds } from '../model/samples.ts';
import {
  refused,
  sampleNetwork,
  startedOperation,
  startWorkbench,
  stepInput,
  virtualNetworkId,
} from './workbench.ts';

/** A request whose PUT Azure has accepted. */
async function deployed(request: object = {}) {
  const bench = await startWorkbench(request);
  const planHash = await bench.plan();
  await bench.become('deploying');
  await deployVirtualNetwork({ ...stepInput, step: 'deploy', planHash }, bench.dependencies);
  const urls: string[] = [];
  const { pollOperation } = bench.azure;
  bench.azure.pollOperation = async (target, url) => {
    urls.push(url);
    return pollOperation(target, url);
  };
  return { ...bench, planHash, urls };
}

const isDone = { ok: true, value: { done: true } };
const isRunning = { ok: true, value: { done: false } };

/** What a poll may answer of an operation that nobody can tell about any more. */
const unknown: readonly ErrorCode[] = [
  'NotFound',
  'OperationSuperseded',
  'AzureAnswerInvalid',
  'PermissionMissing',
];

/** The operation failed, or the poll did for now. */
const known: readonly ErrorCode[] = ['OperationFailed', 'Throttled', 'AzureUnavailable'];

describe('a deployment', () => {
  it('shows in the timeline with the plan that it follows', async () => {
    const { timeline } = await deployed();
    expect(await timeline()).toEqual([
      "plan succeeded: 9 prerequisites met; policy 'default': require-approval.",
      'deploy succeeded: Azure accepted vnet-payments in rg-payments.',
    ]);
  });

  it('is not begun for a request that was cancelled', async () => {
    const { azure, become, decide, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    await decide('cancel');
    expect(await deployVirtualNetwork({ ...stepInput, planHash }, dependencies)).toMatchObject({
      error: { code: 'Cancelled' },
    });
    expect(azure.writes).toEqual([]);
  });

  it.each([
    ['99', 'PoolExhausted'],
    ['100', 'AzureRefused'],
  ])('that is refused with %s addresses left is told as %s', async (free, code) => {
    const { azure, become, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    const usage = await azure.getPoolUsage(poolIds.ipv4);
    if (!usage.ok) throw new Error('unreachable');
    azure.getPoolUsage = async () =>
      success({ ...usage.value, numberOfAvailableIpAddresses: free });
    azure.createVirtualNetwork = async () => refused('AzureRefused');
    expect(await deployVirtualNetwork({ ...stepInput, planHash }, dependencies)).toMatchObject({
      error: { code },
    });
  });
});

describe('a look at the deployment', () => {
  it('asks for the operation that the PUT started, also after a second run of the deployment', async () => {
    const { dependencies, planHash, urls } = await deployed();
    await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject(isDone);
    expect(urls).toEqual(['https://azure.example/put']);
  });

  it('hands on how long Azure asked to wait, and shows in the timeline', async () => {
    const { azure, dependencies, timeline } = await deployed();
    azure.pollOperation = async () => success({ status: 'running', retryAfterSeconds: 17 });
    expect(await trackDeployment(stepInput, dependencies)).toEqual(
      success({ done: false, cancelRequested: false, retryAfterSeconds: 17 }),
    );
    expect(await timeline()).toContain('the-step waiting: Azure is deploying.');
  });

  it.each(unknown)('tells by the VNet where the operation is unknown: %s', async (code) => {
    const { azure, dependencies } = await deployed();
    azure.pollOperation = async () => refused(code);
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject(isDone);
    azure.virtualNetwork = sampleNetwork({ provisioningState: 'Updating' });
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject(isRunning);
  });

  it('tells by the VNet where the answer of the PUT was lost', async () => {
    const { azure, dependencies, ledger, urls } = await deployed();
    await ledger.putStepState(stepInput.requestId, 'deploy', { planHash: 'x' });
    azure.virtualNetwork = sampleNetwork({ provisioningState: 'Updating' });
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject(isRunning);
    expect(urls).toEqual([]);
  });

  it.each(['Failed', 'Canceled'])('fails for a VNet that ended %s', async (provisioningState) => {
    const { azure, dependencies } = await deployed();
    azure.pollOperation = async () => refused('NotFound');
    azure.virtualNetwork = sampleNetwork({ provisioningState });
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject({
      error: { code: 'OperationFailed', message: expect.stringContaining(provisioningState) },
    });
  });

  it('fails for a VNet that disappeared', async () => {
    const { azure, dependencies } = await deployed();
    azure.pollOperation = async () => refused('NotFound');
    azure.virtualNetwork = null;
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject({
      error: { code: 'OperationFailed', message: expect.stringContaining('disappeared') },
    });
  });

  it.each(known)('hands on what the poll does tell: %s', async (code) => {
    const { azure, dependencies } = await deployed();
    azure.pollOperation = async () => refused(code);
    expect(await trackDeployment(stepInput, dependencies)).toEqual(refused(code));
  });

  it('tells that somebody cancelled', async () => {
    const { azure, decide, dependencies } = await deployed();
    azure.pollOperation = async () => success({ status: 'running', retryAfterSeconds: undefined });
    await decide('cancel');
    expect(await trackDeployment(stepInput, dependencies)).toMatchObject({
      value: { cancelRequested: true },
    });
  });
});

describe('a look at both sides', () => {
  const prefixes = ['10.0.0.0/25'];
  const agreeing = async () => {
    const bench = await deployed();
    bench.azure.virtualNetwork = sampleNetwork({
      allocations: [{ poolId: poolIds.ipv4, numberOfIpAddresses: '100', prefixes }],
    });
    bench.azure.associations.set(poolIds.ipv4, [{ resourceId: virtualNetworkId, prefixes }]);
    return bench;
  };

  it('ends with what they agree on, and tells it', async () => {
    const { dependencies, timeline } = await agreeing();
    expect(await awaitPrefix(stepInput, dependencies)).toEqual(
      success({
        done: true,
        value: {
          virtualNetworkId,
          allocations: [{ poolAlias: 'corp-centralus', poolId: poolIds.ipv4, prefixes }],
        },
      }),
    );
    expect((await timeline()).at(-1)).toContain('agree on 10.0.0.0/25');
  });

  it('waits, and says for what, while the pool does not list the VNet', async () => {
    const { azure, dependencies, timeline } = await agreeing();
    azure.associations.clear();
    expect(await awaitPrefix(stepInput, dependencies)).toEqual(
      success({ done: false, cancelRequested: false, waitsFor: expect.any(String) }),
    );
    expect((await timeline()).at(-1)).toContain('does not list the VNet');
  });

  it('fails at once on a prefix that is not what was asked for', async () => {
    const { azure, dependencies } = await agreeing();
    azure.associations.set(poolIds.ipv4, [
      { resourceId: virtualNetworkId, prefixes: ['10.0.7.0/24'] },
    ]);
    expect(await awaitPrefix(stepInput, dependencies)).toMatchObject({
      error: { code: 'AllocationInvalid', message: expect.stringContaining('10.0.7.0/24') },
    });
  });

  it('waits while the pool lists a prefix for another VNet as well: that one may be gone', async () => {
    const { azure, dependencies } = await agreeing();
    azure.associations.set(poolIds.ipv4, [
      { resourceId: virtualNetworkId, prefixes },
      { resourceId: '/subscriptions/x/another-vnet', prefixes: ['10.0.0.0/24'] },
    ]);
    expect(await awaitPrefix(stepInput, dependencies)).toMatchObject({
      value: { done: false, waitsFor: expect.stringContaining('another-vnet') },
    });
  });

  it('hands on that a pool cannot be read', async () => {
    for (const method of ['getPoolUsage', 'listPoolAssociations'] as const) {
      const { azure, dependencies } = await agreeing();
      azure[method] = async () => refused('Throttled');
      expect(await awaitPrefix(stepInput, dependencies)).toEqual(refused('Throttled'));
    }
  });

  it('tells that somebody cancelled, whether the sides agree or not', async () => {
    const { azure, decide, dependencies } = await agreeing();
    await decide('cancel');
    const cancelled = { value: { done: false, cancelRequested: true } };
    expect(await awaitPrefix(stepInput, dependencies)).toMatchObject(cancelled);
    azure.associations.clear();
    expect(await awaitPrefix(stepInput, dependencies)).toMatchObject(cancelled);
  });
});

describe('a deletion', () => {
  it('asks for the operation that the DELETE started, and waits as long as Azure asks', async () => {
    const { azure, dependencies, urls } = await deployed();
    await deleteVirtualNetwork(stepInput, dependencies);
    azure.virtualNetwork = null;
    expect(await trackDeletion(stepInput, dependencies)).toMatchObject(isDone);
    expect(urls).toEqual(['https://azure.example/delete']);

    azure.pollOperation = async () => success({ status: 'running', retryAfterSeconds: 17 });
    expect(await trackDeletion(stepInput, dependencies)).toEqual(
      success({ done: false, retryAfterSeconds: 17 }),
    );
  });

  it('forgets the operation of an earlier DELETE', async () => {
    const { azure, dependencies, urls } = await deployed();
    await deleteVirtualNetwork(stepInput, dependencies);
    azure.deleteVirtualNetwork = async () => success(startedOperation(undefined));
    await deleteVirtualNetwork(stepInput, dependencies);
    await trackDeletion(stepInput, dependencies);
    expect(urls).toEqual([]);
  });

  it('forgets the operation of an earlier DELETE also when there is nothing left to delete', async () => {
    const { azure, dependencies } = await deployed();
    await deleteVirtualNetwork(stepInput, dependencies);
    azure.pollOperation = async () => refused('OperationFailed');
    azure.virtualNetwork = null;
    await deleteVirtualNetwork(stepInput, dependencies);
    expect(await trackDeletion(stepInput, dependencies)).toMatchObject(isDone);
  });

  it.each(unknown)('tells by the VNet where the operation is unknown: %s', async (code) => {
    const { azure, dependencies } = await deployed();
    await deleteVirtualNetwork(stepInput, dependencies);
    azure.pollOperation = async () => refused(code);
    expect(await trackDeletion(stepInput, dependencies)).toMatchObject(isRunning);
    azure.virtualNetwork = null;
    expect(await trackDeletion(stepInput, dependencies)).toMatchObject(isDone);
  });

  it.each(known)('hands on what the poll does tell: %s', async (code) => {
    const { azure, dependencies } = await deployed();
    await deleteVirtualNetwork(stepInput, dependencies);
    azure.pollOperation = async () => refused(code);
    expect(await trackDeletion(stepInput, dependencies)).toEqual(refused(code));
  });

  it('is tried again when the VNet changed since it was read', async () => {
    const { azure, dependencies } = await deployed();
    azure.deleteVirtualNetwork = async () => refused('PreconditionFailed');
    expect(await deleteVirtualNetwork(stepInput, dependencies)).toMatchObject({
      error: { kind: 'retryable' },
    });
  });

  it('has nothing to do where there is no VNet', async () => {
    const { azure, dependencies } = await deployed();
    azure.virtualNetwork = null;
    azure.writes.length = 0;
    expect(await deleteVirtualNetwork(stepInput, dependencies)).toEqual(success({}));
    expect(azure.writes).toEqual([]);
  });
});

describe('the space of the pools', () => {
  const dualStack = {
    allocations: [
      { pool: 'corp-centralus', numberOfIpAddresses: 100 },
      { pool: 'corp6-centralus', prefixLength: 56 },
    ],
    subnets: [],
  };

  it.each([
    ['the VNet', poolIds.ipv4, virtualNetworkId],
    ['the VNet, in another case', poolIds.ipv4, virtualNetworkId.toUpperCase()],
    ['a subnet of the VNet', poolIds.ipv4, `${virtualNetworkId}/subnets/app`],
    ['the VNet, in the second pool', poolIds.ipv6, virtualNetworkId],
  ])('is not back while a pool lists %s', async (_what, poolId, resourceId) => {
    const { azure, dependencies, timeline } = await deployed(dualStack);
    azure.virtualNetwork = null;
    azure.associations.set(poolId, [{ resourceId, prefixes: ['10.0.0.0/25'] }]);
    expect(await confirmRelease(stepInput, dependencies)).toEqual(
      success({ done: false, waitsFor: expect.stringContaining('still lists the VNet') }),
    );
    expect((await timeline()).at(-1)).toContain('still lists the VNet');
  });

  it('is back although a pool lists a VNet whose name begins the same', async () => {
    const { azure, dependencies } = await deployed();
    azure.virtualNetwork = null;
    azure.associations.set(poolIds.ipv4, [
      { resourceId: `${virtualNetworkId}-2`, prefixes: ['10.0.0.0/25'] },
    ]);
    expect(await confirmRelease(stepInput, dependencies)).toMatchObject(isDone);
  });
});
