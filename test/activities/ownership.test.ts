import { describe, expect, it } from 'vitest';
import { awaitPrefix } from '../../src/activities/allocate/await-prefix.ts';
import { confirmRelease } from '../../src/activities/allocate/confirm-release.ts';
import { deleteVirtualNetwork } from '../../src/activities/allocate/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../../src/activities/allocate/deploy-virtual-network.ts';
import { trackDeletion } from '../../src/activities/allocate/track-deletion.ts';
import { recheckPlan } from '../../src/activities/planning/recheck-plan.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { ownershipTag } from '../../src/model/plan.ts';
import { poolIds } from '../model/samples.ts';
import {
  refused,
  sampleNetwork,
  startWorkbench,
  stepInput,
  virtualNetworkId,
  type Workbench,
} from './workbench.ts';

const requestId = stepInput.requestId;

/** VNets of the right name that this request did not create (rule 5). */
const foreign: Readonly<Record<string, (bench: Workbench) => Promise<void>>> = {
  'one without a tag, although this request sent a PUT': async ({ azure, ledger }) => {
    azure.virtualNetwork = sampleNetwork({ tags: {} });
    await ledger.putStepState(requestId, 'deploy', { planHash: 'x' });
  },
  'one of another request, although this request sent a PUT': async ({ azure, ledger }) => {
    azure.virtualNetwork = sampleNetwork({ tags: { [ownershipTag]: 'ANOTHER' } });
    await ledger.putStepState(requestId, 'deploy', { planHash: 'x' });
  },
  'one with the tag of this request, which sent no PUT': async ({ azure }) => {
    azure.virtualNetwork = sampleNetwork();
  },
};

for (const [what, makeForeign] of Object.entries(foreign)) {
  describe(`a VNet that the request did not create: ${what}`, () => {
    const start = async () => {
      const bench = await startWorkbench();
      const planHash = await bench.plan();
      await bench.become('deploying');
      await makeForeign(bench);
      return { ...bench, planHash };
    };

    it('is not deleted, and the timeline says that it stays', async () => {
      const { azure, dependencies, timeline } = await start();
      expect(await deleteVirtualNetwork(stepInput, dependencies)).toEqual(success({}));
      expect(azure.writes).toEqual([]);
      expect((await timeline()).at(-1)).toContain('it stays');
    });

    it('is not taken over, and nothing is sent', async () => {
      const { azure, dependencies, planHash } = await start();
      const deployed = await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
      expect(deployed).toMatchObject({ ok: false, error: { code: 'VirtualNetworkExists' } });
      expect(azure.writes).toEqual([]);
    });

    it('is told before the deployment as a name that is taken', async () => {
      const { dependencies, planHash } = await start();
      expect(await recheckPlan({ ...stepInput, planHash }, dependencies)).toMatchObject({
        ok: false,
        error: {
          code: 'PrerequisitesNotMet',
          message: expect.stringContaining('not created by this request'),
        },
      });
    });

    it('is no success of the request', async () => {
      const { dependencies } = await start();
      expect(await awaitPrefix(stepInput, dependencies)).toMatchObject({
        ok: false,
        error: { code: 'OperationFailed', message: expect.stringContaining('no longer ours') },
      });
    });

    it('is not waited for when this request has nothing left to take back', async () => {
      const { azure, dependencies } = await start();
      azure.associations.set(poolIds.ipv4, [
        { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
      ]);
      expect(await trackDeletion(stepInput, dependencies)).toMatchObject({ value: { done: true } });
      expect(await confirmRelease(stepInput, dependencies)).toMatchObject({
        value: { done: true },
      });
    });
  });
}

describe('a VNet that came into being between the look and the PUT', () => {
  it.each([
    ['this request made it', requestId, { ok: true }],
    ['somebody else made it', 'ANOTHER', { ok: false, error: { code: 'VirtualNetworkExists' } }],
  ])('is taken for what it is: %s', async (_what, owner, expected) => {
    const { azure, become, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    azure.createVirtualNetwork = async () => {
      azure.virtualNetwork = sampleNetwork({ tags: { [ownershipTag]: owner } });
      return refused('PreconditionFailed');
    };
    expect(await deployVirtualNetwork({ ...stepInput, planHash }, dependencies)).toMatchObject(
      expected,
    );
  });
});

describe('a VNet in the place of the one that the request created', () => {
  it.each([[{}], [{ [ownershipTag]: 'ANOTHER' }]])(
    'is left alone and named for a person to judge: tags %j',
    async (tags) => {
      const { azure, become, dependencies, plan } = await startWorkbench();
      const planHash = await plan();
      await become('deploying');
      await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
      azure.virtualNetwork = sampleNetwork({ tags });

      expect(await deleteVirtualNetwork(stepInput, dependencies)).toEqual(success({}));
      expect(azure.writes).toEqual(['PUT']);
      expect(await confirmRelease(stepInput, dependencies)).toMatchObject({
        ok: false,
        error: { kind: 'operator', message: expect.stringContaining('vnet-payments') },
      });
    },
  );

  it('was created by it also when it was found again after a lost answer', async () => {
    const { azure, become, dependencies, ledger, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    await ledger.putStepState(requestId, 'deploy', { planHash });
    azure.virtualNetwork = sampleNetwork();
    await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    azure.virtualNetwork = sampleNetwork({ tags: {} });
    expect((await confirmRelease(stepInput, dependencies)).ok).toBe(false);
  });
});

describe('a VNet without the tag, after a PUT', () => {
  const allocated = sampleNetwork({
    tags: {},
    allocations: [{ poolId: poolIds.ipv4, numberOfIpAddresses: '100', prefixes: ['10.0.0.0/25'] }],
  });
  const deployAnd = async (...refusals: readonly ErrorCode[]) => {
    const { azure, become, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    for (const code of refusals) {
      azure.createVirtualNetwork = async () => refused(code);
      await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    }
    azure.virtualNetwork = allocated;
    return await confirmRelease(stepInput, dependencies);
  };

  it.each([
    ['was not answered', ['AzureUnavailable']],
    ['was answered unusably', ['AzureAnswerInvalid']],
    ['was not answered, and refused when sent again', ['AzureUnavailable', 'AzureRefused']],
  ] as const)('is named for a person to judge when the PUT %s', async (_what, codes) => {
    expect(await deployAnd(...codes)).toMatchObject({ ok: false, error: { kind: 'operator' } });
  });

  it("is somebody else's when every PUT was refused", async () => {
    expect(await deployAnd('Throttled', 'AzureRefused')).toMatchObject({ value: { done: true } });
  });
});

describe('a VNet that the request created', () => {
  const start = async () => {
    const bench = await startWorkbench();
    const planHash = await bench.plan();
    await bench.become('deploying');
    await deployVirtualNetwork({ ...stepInput, planHash }, bench.dependencies);
    bench.azure.writes.length = 0;
    return { ...bench, planHash };
  };

  it('is found again when the answer was lost, and not sent twice', async () => {
    const { azure, dependencies, planHash } = await start();
    const again = await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    expect(again).toEqual(success({}));
    expect(azure.writes).toEqual([]);
  });

  it('is a name that is free for it', async () => {
    const { dependencies, planHash } = await start();
    expect(await recheckPlan({ ...stepInput, planHash }, dependencies)).toMatchObject({ ok: true });
  });

  it('is deleted in the version that was read', async () => {
    const { azure, dependencies } = await start();
    await deleteVirtualNetwork(stepInput, dependencies);
    expect(azure.writes).toEqual(['DELETE the-etag']);
  });

  it('is waited for while it is still there', async () => {
    const { dependencies } = await start();
    expect(await trackDeletion(stepInput, dependencies)).toMatchObject({ value: { done: false } });
    expect(await confirmRelease(stepInput, dependencies)).toMatchObject({ value: { done: false } });
  });
});

it('the ledger knows of the PUT before it is sent, so that a crash in between leaves an owner', async () => {
  const { azure, become, dependencies, ledger, plan } = await startWorkbench();
  const planHash = await plan();
  await become('deploying');
  let known: unknown;
  azure.createVirtualNetwork = async () => {
    known = await ledger.getStepState(requestId, 'deploy');
    throw new Error('the process dies');
  };
  await expect(deployVirtualNetwork({ ...stepInput, planHash }, dependencies)).rejects.toThrow();
  expect(known).toEqual({ planHash });
});
