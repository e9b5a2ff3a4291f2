import { describe, expect, it } from 'vitest';
import { associateVirtualNetwork } from '../../src/activities/associate/associate-virtual-network.ts';
import { awaitAssociation } from '../../src/activities/associate/await-association.ts';
import { confirmUndoneAssociation } from '../../src/activities/associate/confirm-undone-association.ts';
import { undoAssociation } from '../../src/activities/associate/undo-association.ts';
import type { ErrorCode } from '../../src/model/error-catalogue.ts';
import { success } from '../../src/model/outcome.ts';
import { poolIds } from '../model/samples.ts';
import {
  type AssociationBench,
  associated,
  dropByHand,
  startAssociation,
} from './association-bench.ts';
import {
  type AzureInMemory,
  refused,
  requestId,
  stepInput,
  virtualNetworkId,
} from './workbench.ts';

/** What of the document an association, or its end, may not change. */
const rest = (document: AzureInMemory['document']) =>
  JSON.parse(
    JSON.stringify(document, (key, value) =>
      ['etag', 'ipamPoolPrefixAllocations'].includes(key) ? undefined : value,
    ).replace(/"addressPrefix":("[^"]+")/g, '"addressPrefixes":[$1]'),
  );

describe('an association', () => {
  it('is one PUT of the version that was read, which loses nothing of the VNet', async () => {
    const { associate, azure, before, timeline } = await startAssociation();
    expect(await associate()).toEqual(success({}));
    expect(azure.writes).toEqual(['PUT the-etag']);
    expect(rest(azure.document)).toEqual(rest(before));
    expect(azure.virtualNetwork?.allocations).toEqual([
      { poolId: poolIds.ipv4, numberOfIpAddresses: '128', prefixes: ['10.0.0.0/25'] },
    ]);
    expect((await timeline()).at(-1)).toBe(
      'associate succeeded: Azure accepted the association of vnet-payments with corp-centralus.',
    );
  });

  it('hands on how long Azure asked to wait, but not the address of the operation', async () => {
    const { associate, azure, ledger } = await startAssociation();
    const { updateVirtualNetwork } = azure;
    azure.updateVirtualNetwork = async (...call) => {
      const put = await updateVirtualNetwork(...call);
      return put.ok ? success({ ...put.value, retryAfterSeconds: 3 }) : put;
    };
    expect(await associate()).toEqual(success({ retryAfterSeconds: 3 }));
    expect(await ledger.getStepState(requestId, 'associate')).toMatchObject({
      operationUrl: 'https://azure.example/update',
    });
  });

  it('leaves in the ledger, before the PUT, what its end needs', async () => {
    const { associate, azure, ledger, planHash } = await startAssociation();
    let known: unknown;
    azure.updateVirtualNetwork = async () => {
      known = await ledger.getStepState(requestId, 'associate');
      throw new Error('the process dies');
    };
    await expect(associate()).rejects.toThrow();
    expect(known).toEqual({ planHash, singularSubnets: '["plain"]', outcome: 'unknown' });
  });

  it('is not sent twice: a second run finds it', async () => {
    const { associate, azure } = await associated();
    expect(await associate()).toEqual(success({}));
    expect(azure.writes).toEqual([]);
  });

  it('is found again when the answer was lost', async () => {
    const { associate, azure } = await startAssociation();
    const { updateVirtualNetwork } = azure;
    azure.updateVirtualNetwork = async (...call) => {
      await updateVirtualNetwork(...call);
      return refused('AzureUnavailable');
    };
    expect(await associate()).toMatchObject({ error: { code: 'AzureUnavailable' } });
    expect(await associate()).toEqual(success({}));
    expect(azure.writes).toHaveLength(1);
  });

  it('is sent again when the PUT never came through', async () => {
    const { associate, azure } = await startAssociation();
    const { updateVirtualNetwork } = azure;
    azure.updateVirtualNetwork = async () => refused('AzureUnavailable');
    await associate();
    azure.updateVirtualNetwork = updateVirtualNetwork;
    expect(await associate()).toEqual(success({}));
    expect(azure.writes).toEqual(['PUT the-etag']);
  });

  it('reads again what changed between reading and writing, and keeps that change', async () => {
    const { associate, azure } = await startAssociation();
    const { readVirtualNetwork } = azure;
    azure.readVirtualNetwork = async (target) => {
      const read = await readVirtualNetwork(target);
      azure.readVirtualNetwork = readVirtualNetwork;
      azure.wire['etag'] = 'newer';
      azure.wire['tags'] = { owner: 'somebody else' };
      return read;
    };
    expect(await associate()).toMatchObject({ error: { code: 'ResourceBusy', kind: 'retryable' } });
    expect(await associate()).toEqual(success({}));
    expect(azure.virtualNetwork?.tags).toEqual({ owner: 'somebody else' });
    expect(azure.virtualNetwork?.allocations).toHaveLength(1);
  });

  it.each(['Updating', 'Deleting'])('waits for a VNet that is %s', async (provisioningState) => {
    const { associate, azure } = await startAssociation();
    azure.wire['properties'].provisioningState = provisioningState;
    expect(await associate()).toMatchObject({ error: { code: 'ResourceBusy', kind: 'retryable' } });
    expect(azure.writes).toEqual([]);
  });

  it('that Azure refuses because the space was given away names the holder', async () => {
    const { associate, azure } = await startAssociation();
    const usage = await azure.getPoolUsage(poolIds.ipv4);
    if (!usage.ok) throw new Error('unreachable');
    azure.getPoolUsage = async () => success({ ...usage.value, availableAddressPrefixes: [] });
    azure.associations.set(poolIds.ipv4, [{ resourceId: 'other', prefixes: ['10.0.0.0/26'] }]);
    azure.updateVirtualNetwork = async () => refused('AzureRefused');
    expect(await associate()).toMatchObject({
      error: { code: 'PrefixNotFree', message: expect.stringContaining('belongs to other') },
    });
  });

  it.each<ErrorCode>(['VirtualNetworkLocked', 'LinkedAuthorizationFailed', 'Throttled'])(
    'that Azure answers with %s is told as such',
    async (code) => {
      const { associate, azure } = await startAssociation();
      azure.updateVirtualNetwork = async () => refused(code);
      expect(await associate()).toMatchObject({ error: { code } });
    },
  );
});

describe('an association is not begun', () => {
  it('for a request that is no longer associating: a run that comes late', async () => {
    const { associate, azure, become } = await startAssociation();
    for (const state of ['compensating', 'failed'] as const) {
      await become(state);
      expect((await associate()).ok).toBe(false);
    }
    expect(azure.writes).toEqual([]);
  });

  it.each(['cancel', 'reject'] as const)(
    'for a request on which somebody said %s',
    async (said) => {
      const { associate, azure, decide } = await startAssociation();
      await decide(said);
      expect(await associate()).toMatchObject({ error: { code: 'Cancelled' } });
      expect(azure.writes).toEqual([]);
    },
  );

  it('for another plan than the one that was decided on', async () => {
    const { azure, dependencies } = await startAssociation();
    const other = { ...stepInput, planHash: 'another' };
    expect(await associateVirtualNetwork(other, dependencies)).toMatchObject({
      error: { code: 'PlanChanged' },
    });
    expect(azure.writes).toEqual([]);
  });

  it.each<[string, (azure: AzureInMemory) => void]>([
    [
      'gone',
      (azure) => {
        azure.virtualNetwork = null;
      },
    ],
    [
      'another one',
      (azure) => {
        azure.wire['properties'].resourceGuid = 'guid-2';
      },
    ],
    [
      'one with more prefixes',
      (azure) => {
        azure.wire['properties'].addressSpace.addressPrefixes = ['10.0.0.0/25', '10.9.0.0/24'];
      },
    ],
  ])('for a VNet that is %s now', async (_what, change) => {
    const { associate, azure } = await startAssociation();
    change(azure);
    expect(await associate()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
    expect(azure.writes).toEqual([]);
  });

  it('for a VNet that somebody else has associated, and that one stays', async () => {
    const { associate, azure, become, dependencies, undo } = await startAssociation();
    const entry = { pool: { id: poolIds.ipv4 }, numberOfIpAddresses: '128' };
    azure.wire['properties'].addressSpace.ipamPoolPrefixAllocations = [entry];
    azure.associations.set(poolIds.ipv4, [
      { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] },
    ]);
    expect(await associate()).toMatchObject({ error: { code: 'AlreadyAssociated' } });
    await become('compensating');
    expect(await undo()).toEqual(success({}));
    expect(await confirmUndoneAssociation(stepInput, dependencies)).toMatchObject({
      value: { done: true },
    });
    expect(azure.writes).toEqual([]);
  });

  it('for one that somebody associated between reading and writing: a refusal that was heard proves it', async () => {
    const { associate, azure, become, undo } = await startAssociation();
    azure.updateVirtualNetwork = async () => {
      const entry = { pool: { id: poolIds.ipv4 }, numberOfIpAddresses: '128' };
      azure.wire['properties'].addressSpace.ipamPoolPrefixAllocations = [entry];
      return refused('PreconditionFailed');
    };
    expect(await associate()).toMatchObject({ error: { code: 'ResourceBusy' } });
    expect(await associate()).toMatchObject({ error: { code: 'AlreadyAssociated' } });
    await become('compensating');
    expect(await undo()).toEqual(success({}));
    expect(azure.virtualNetwork?.allocations).toHaveLength(1);
  });

  it('anew after a lost answer, though: then a refusal proves nothing', async () => {
    const { associate, azure, become, undo } = await startAssociation();
    const { updateVirtualNetwork } = azure;
    azure.updateVirtualNetwork = async () => refused('AzureUnavailable');
    await associate();
    // The lost PUT has its effect late, between reading and writing of the second run.
    azure.updateVirtualNetwork = async (...call) => {
      await updateVirtualNetwork(...call);
      return refused('PreconditionFailed');
    };
    expect(await associate()).toMatchObject({ error: { code: 'ResourceBusy' } });
    expect(await associate()).toEqual(success({}));
    azure.updateVirtualNetwork = updateVirtualNetwork;
    await become('compensating');
    await undo();
    expect(azure.virtualNetwork?.allocations).toEqual([]);
  });
});

describe('an association that had its effect although Azure said that it could not be made now', () => {
  it.each<ErrorCode>(['ResourceBusy', 'Throttled'])(
    'is of this request, and is taken back with it: %s',
    async (code) => {
      const { associate, azure, become, undo } = await startAssociation();
      const { updateVirtualNetwork } = azure;
      azure.updateVirtualNetwork = async (...call) => {
        await updateVirtualNetwork(...call);
        return refused(code);
      };
      expect(await associate()).toMatchObject({ error: { code } });
      expect(await associate()).toEqual(success({}));
      azure.updateVirtualNetwork = updateVirtualNetwork;
      await become('compensating');
      await undo();
      expect(azure.virtualNetwork?.allocations).toEqual([]);
    },
  );
});

describe('a VNet that is deleted between reading and writing, where Azure does not honour If-Match', () => {
  it('is made anew by the PUT: that is parked for people, who decide about it', async () => {
    const { associate, azure, become, dependencies, undo } = await startAssociation();
    const { updateVirtualNetwork } = azure;
    azure.updateVirtualNetwork = async (...call) => {
      const put = await updateVirtualNetwork(...call);
      azure.wire['properties'].resourceGuid = 'guid-made';
      return put.ok ? success({ ...put.value, resourceGuid: 'guid-made' }) : put;
    };
    expect(await associate()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
    await become('compensating');
    azure.writes.length = 0;
    expect(await undo()).toMatchObject({
      error: { code: 'VirtualNetworkChanged', message: expect.stringContaining('made it anew') },
    });
    const resumed = { ...stepInput, step: 'undo', resumption: 1 };
    expect(await undoAssociation(resumed, dependencies)).toEqual(success({}));
    expect(azure.writes).toEqual([]);
  });
});

describe('a look at the association', () => {
  const look = ({ dependencies }: AssociationBench) => awaitAssociation(stepInput, dependencies);

  it('is done when both sides agree on what was planned', async () => {
    const bench = await associated();
    expect(await look(bench)).toEqual(
      success({
        done: true,
        value: {
          virtualNetworkId,
          allocations: [
            { poolAlias: 'corp-centralus', poolId: poolIds.ipv4, prefixes: ['10.0.0.0/25'] },
          ],
        },
      }),
    );
    expect((await bench.timeline()).at(-1)).toContain('agree on 10.0.0.0/25');
  });

  it('waits while a side does not show it yet, and honours a cancellation', async () => {
    const bench = await associated();
    bench.azure.associations.clear();
    const waitsFor = expect.stringContaining('does not list the VNet');
    expect(await look(bench)).toEqual(success({ done: false, cancelRequested: false, waitsFor }));
    expect((await bench.timeline()).at(-1)).toContain('does not list the VNet');
    await bench.decide('cancel');
    expect(await look(bench)).toEqual(success({ done: false, cancelRequested: true, waitsFor }));
  });

  it('honours a cancellation that came before the end was seen', async () => {
    const bench = await associated();
    await bench.decide('cancel');
    expect(await look(bench)).toEqual(success({ done: false, cancelRequested: true }));
  });

  it.each<[string, (bench: AssociationBench) => void, string]>([
    [
      'gone',
      ({ azure }) => {
        azure.virtualNetwork = null;
      },
      'is gone',
    ],
    [
      'replaced',
      ({ azure }) => {
        azure.wire['properties'].resourceGuid = 'guid-2';
      },
      'another one',
    ],
    ['without the association', dropByHand, 'no longer associated with corp-centralus'],
  ])('tells a VNet that is %s', async (_what, change, words) => {
    const bench = await associated();
    change(bench);
    expect(await look(bench)).toMatchObject({
      error: { code: 'VirtualNetworkChanged', message: expect.stringContaining(words) },
    });
  });

  it('does not judge a VNet that somebody is changing', async () => {
    const bench = await associated();
    dropByHand(bench);
    bench.azure.wire['properties'].provisioningState = 'Updating';
    expect(await look(bench)).toMatchObject({ value: { done: false } });
  });

  it('tells a pool that holds other prefixes, and waits while one lists them twice', async () => {
    const bench = await associated();
    const own = { resourceId: virtualNetworkId, prefixes: ['10.0.0.0/25'] };
    bench.azure.associations.set(poolIds.ipv4, [{ ...own, prefixes: ['10.0.0.0/26'] }]);
    expect(await look(bench)).toMatchObject({ error: { code: 'AllocationInvalid' } });
    const other = { resourceId: 'other', prefixes: ['10.0.0.64/26'] };
    bench.azure.associations.set(poolIds.ipv4, [own, other]);
    expect(await look(bench)).toMatchObject({
      value: { done: false, waitsFor: expect.stringContaining('10.0.0.64/26') },
    });
  });

  it('hands on that a side cannot be read for now', async () => {
    for (const method of ['getVirtualNetwork', 'listPoolAssociations', 'getPoolUsage'] as const) {
      const bench = await associated();
      bench.azure[method] = async () => refused('Throttled');
      expect(await look(bench)).toMatchObject({ error: { code: 'Throttled' } });
    }
  });
});
