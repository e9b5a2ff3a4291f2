import { describe, expect, it } from 'vitest';
import { awaitPrefix } from '../../src/activities/allocate/await-prefix.ts';
import { confirmRelease } from '../../src/activities/allocate/confirm-release.ts';
import { deleteVirtualNetwork } from '../../src/activities/allocate/delete-virtual-network.ts';
import { deployVirtualNetwork } from '../../src/activities/allocate/deploy-virtual-network.ts';
import { trackDeletion } from '../../src/activities/allocate/track-deletion.ts';
import { recheckPlan } from '../../src/activities/planning/recheck-plan.ts';
import { nameLeftovers } from '../../src/activities/records/name-leftovers.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { ownershipTag } from '../../src/model/plan.ts';
import { poolIds } from '../model/samples.ts';
import { creatorId, recordCreator } from './removal-bench.ts';
import {
  refused,
  sampleNetwork,
  startWorkbench,
  stepInput,
  virtualNetworkId,
  type Workbench,
} from './workbench.ts';

const requestId = stepInput.requestId;

const allocations = [
  { poolId: poolIds.ipv4, numberOfIpAddresses: '100', prefixes: ['10.0.0.0/25'] },
];
const [isNamed, isDone] = [{ error: { kind: 'operator' } }, { value: { done: true } }];

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

    it('is not waited for', async () => {
      const { dependencies } = await start();
      expect(await trackDeletion(stepInput, dependencies)).toMatchObject({ value: { done: true } });
    });
  });
}

it('what a pool lists for a VNet of somebody else is not waited for', async () => {
  const { azure, dependencies, plan } = await startWorkbench();
  await plan();
  azure.virtualNetwork = sampleNetwork();
  azure.associations.set(poolIds.ipv4, [
    { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
  ]);
  expect(await confirmRelease(stepInput, dependencies)).toMatchObject({ value: { done: true } });
});

describe('a VNet that came into being between the look and the PUT', () => {
  it.each([
    ['this request made it', requestId, { ok: true }],
    ['somebody else made it', 'ANOTHER', { ok: false, error: { code: 'VirtualNetworkExists' } }],
  ])('is taken for what it is: %s', async (_what, owner, expected) => {
    const { azure, become, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    azure.createVirtualNetwork = async () => {
      azure.virtualNetwork = sampleNetwork({ tags: { [ownershipTag]: owner }, allocations });
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
    azure.virtualNetwork = sampleNetwork({ allocations });
    await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    azure.virtualNetwork = sampleNetwork({ tags: {} });
    expect((await confirmRelease(stepInput, dependencies)).ok).toBe(false);
  });
});

/** A request whose PUTs were refused, one after the other, or whose answers were lost. */
async function deployedWith(...refusals: readonly ErrorCode[]) {
  const bench = await startWorkbench();
  const { azure, dependencies } = bench;
  const planHash = await bench.plan();
  await bench.become('deploying');
  for (const code of refusals) {
    azure.createVirtualNetwork = async () => refused(code);
    await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
  }
  return { ...bench, planHash };
}

describe('a VNet without the tag, after a PUT', () => {
  const confirmedAfter = async (
    codes: readonly ErrorCode[],
    view: Parameters<typeof sampleNetwork>[0] = {},
  ) => {
    const { azure, dependencies } = await deployedWith(...codes);
    azure.virtualNetwork = sampleNetwork({ tags: {}, ...view });
    return await confirmRelease(stepInput, dependencies);
  };

  it.each([
    ['was not answered', ['AzureUnavailable']],
    ['was answered unusably', ['AzureAnswerInvalid']],
    ['was not answered, and refused when sent again', ['AzureUnavailable', 'AzureRefused']],
  ] as const)('is named for a person to judge when the PUT %s', async (_what, codes) => {
    expect(await confirmedAfter(codes, { allocations })).toMatchObject(isNamed);
    // Whoever took the tag off may have taken it out of the pools as well.
    expect(await confirmedAfter(codes)).toMatchObject(isNamed);
  });

  it.each([
    ['every PUT was refused', ['Throttled', 'AzureRefused'], { allocations }],
    ['it is in another region', ['AzureUnavailable'], { location: 'westus' }],
    ['it was there before the PUT, and takes nothing of the pools', ['PreconditionFailed'], {}],
  ] as const)("is somebody else's when %s", async (_what, codes, view) => {
    expect(await confirmedAfter(codes, view)).toMatchObject(isDone);
  });

  it('that was there before the PUT is named when another run of it may have made it', async () => {
    expect(await confirmedAfter(['PreconditionFailed'], { allocations })).toMatchObject(isNamed);
  });

  it('is left alone where the ledger proves that another request created it', async () => {
    const { azure, dependencies, ledger } = await deployedWith('AzureUnavailable');
    await recordCreator(ledger);
    azure.virtualNetwork = sampleNetwork({ tags: { [ownershipTag]: creatorId } });
    expect(await confirmRelease(stepInput, dependencies)).toMatchObject(isDone);
  });
});

describe('a VNet that is named because nobody knows who made it', () => {
  const start = async () => {
    const bench = await deployedWith('AzureUnavailable');
    bench.azure.virtualNetwork = sampleNetwork({ tags: {} });
    const confirm = (resumption?: number) =>
      confirmRelease(
        { ...stepInput, ...(resumption === undefined ? {} : { resumption }) },
        bench.dependencies,
      );
    return { ...bench, confirm };
  };

  it('is named as such, with what an operator can do', async () => {
    const { confirm, dependencies } = await start();
    expect(await confirm()).toMatchObject({
      error: { remedy: expect.stringContaining('leave it if somebody else did') },
    });
    expect(await nameLeftovers(stepInput, dependencies)).toMatchObject({
      value: [expect.stringMatching(/^perhaps the VNet .*vnet-payments: it does not prove/)],
    });
  });

  it('stays named however often it is looked at, until an operator has resumed the request', async () => {
    const { confirm, timeline } = await start();
    expect(await confirm()).toMatchObject(isNamed);
    expect(await confirm()).toMatchObject(isNamed);
    expect(await confirm(1)).toMatchObject(isDone);
    expect((await timeline()).at(-1)).toContain('an operator was told so');
  });

  it('is named anew when it is another one by the time of the resumption', async () => {
    const { azure, confirm } = await start();
    await confirm();
    azure.virtualNetwork = sampleNetwork({ tags: {}, resourceGuid: 'guid-2' });
    expect(await confirm(1)).toMatchObject(isNamed);
    expect(await confirm(2)).toMatchObject(isDone);
  });

  it('is not for an operator to leave when it is known as the one that the request made', async () => {
    const { azure, confirm, ledger } = await start();
    await ledger.putStepState(requestId, 'deploy', { created: 'true', resourceGuid: 'guid-1' });
    azure.virtualNetwork = sampleNetwork({ tags: {} });
    expect(await confirm()).toMatchObject(isNamed);
    expect(await confirm(1)).toMatchObject(isNamed);
  });
});

describe('a VNet with the tag of the request, but without its pools, after a PUT that was not answered', () => {
  const start = async (view: Parameters<typeof sampleNetwork>[0] = {}) => {
    const bench = await deployedWith('AzureUnavailable');
    bench.azure.virtualNetwork = sampleNetwork(view);
    bench.azure.writes.length = 0;
    return bench;
  };

  it('is not taken over: somebody may have put it in the place of the one that the PUT made', async () => {
    const { dependencies, planHash } = await start();
    expect(await deployVirtualNetwork({ ...stepInput, planHash }, dependencies)).toMatchObject({
      error: { code: 'VirtualNetworkExists', message: expect.stringContaining('carries the tag') },
    });
  });

  it('is looked at again while Azure works on it, and taken over when it has them', async () => {
    const { azure, dependencies, planHash } = await start({ provisioningState: 'Updating' });
    const deploy = () => deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    expect(await deploy()).toMatchObject({ error: { kind: 'retryable' } });
    azure.virtualNetwork = sampleNetwork({ provisioningState: 'Updating', allocations });
    expect(await deploy()).toEqual(success({}));
    expect(azure.writes).toEqual([]);
  });

  it('is not deleted, but named', async () => {
    const { azure, dependencies, timeline } = await start();
    expect(await deleteVirtualNetwork(stepInput, dependencies)).toEqual(success({}));
    expect(azure.writes).toEqual([]);
    expect((await timeline()).at(-1)).toContain('takes no prefixes of the pools');
    expect(await confirmRelease(stepInput, dependencies)).toMatchObject(isNamed);
  });
});

describe('a VNet of which the PUT did not tell the guid', () => {
  it('is told from another one in its place once both sides were looked at', async () => {
    const { azure, become, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    await awaitPrefix(stepInput, dependencies);
    azure.writes.length = 0;
    azure.virtualNetwork = sampleNetwork({ resourceGuid: 'guid-2', allocations });
    await deleteVirtualNetwork(stepInput, dependencies);
    expect(azure.writes).toEqual([]);
  });

  it('is waited for while it is deleted, although it shows no allocation any more', async () => {
    const { azure, become, dependencies, plan } = await startWorkbench();
    const planHash = await plan();
    await become('deploying');
    await deployVirtualNetwork({ ...stepInput, planHash }, dependencies);
    await deleteVirtualNetwork(stepInput, dependencies);
    expect(azure.writes).toContain('DELETE the-etag');
    azure.virtualNetwork = sampleNetwork({ provisioningState: 'Deleting' });
    azure.pollOperation = async () => refused('NotFound');
    expect(await trackDeletion(stepInput, dependencies)).toMatchObject({ value: { done: false } });
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
