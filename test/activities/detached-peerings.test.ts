import { describe, expect, it } from 'vitest';
import { nameLeftovers } from '../../src/activities/records/name-leftovers.ts';
import { detachPeerings } from '../../src/activities/remove/detach-peerings.ts';
import { restorePeerings } from '../../src/activities/remove/restore-peerings.ts';
import { vendingError } from '../../src/model/errors.ts';
import { failure, success } from '../../src/model/outcome.ts';
import { hubId, managedNetwork, peeredNetwork, startRemoval } from './removal-bench.ts';
import { refused, requestId, startedOperation, stepInput, virtualNetworkId } from './workbench.ts';

const input = { ...stepInput, step: 'detach-peerings' };
const restoreInput = { ...stepInput, step: 'compensate-detach-peerings' };

/** A removal whose VNet has two peerings, about to take them off. */
async function start() {
  const bench = await startRemoval({ detachPeerings: true });
  const { azure, dependencies } = bench;
  azure.virtualNetwork = peeredNetwork();
  // What Azure writes of a peering beside what was asked for, and what we do not know.
  for (const peering of azure.document?.['properties'].virtualNetworkPeerings ?? []) {
    Object.assign(peering.properties, {
      allowForwardedTraffic: true,
      provisioningState: 'Succeeded',
      peeringSyncLevel: 'FullyInSync',
      remoteAddressSpace: { addressPrefixes: ['10.9.0.0/16'] },
      somethingNew: { kept: true },
    });
  }
  const { planHash } = await bench.begin();
  const detach = () => detachPeerings({ ...input, planHash }, dependencies);
  const restore = () => restorePeerings(restoreInput, dependencies);
  const names = () => azure.virtualNetwork?.peerings.map(({ name }) => name).sort();
  return { ...bench, detach, restore, names };
}

/** The same with all peerings off, and the request being taken back. */
async function startRestoration() {
  const bench = await start();
  while (!(await doneAfter(bench.detach))) {}
  bench.azure.writes.length = 0;
  await bench.become('compensating');
  return bench;
}

async function doneAfter(look: () => ReturnType<typeof detachPeerings>): Promise<boolean> {
  const looked = await look();
  if (!looked.ok) throw new Error(looked.error.message);
  return looked.value.done;
}

const disconnected = failure(
  vendingError('AzureRefused', 'Azure answered 400 RemotePeeringIsDisconnected.', {
    details: { azureCode: 'RemotePeeringIsDisconnected' },
  }),
);

describe('our side of the peerings', () => {
  it('is taken off one a look, and told in the timeline', async () => {
    const { azure, detach, names, timeline } = await start();
    expect(await doneAfter(detach)).toBe(false);
    expect(azure.writes).toEqual(['DELETE peering to-hub']);
    expect(await doneAfter(detach)).toBe(false);
    expect(await doneAfter(detach)).toBe(true);
    expect(azure.writes).toEqual(['DELETE peering to-hub', 'DELETE peering TO-BACKUP']);
    expect(names()).toEqual([]);
    expect((await timeline()).at(-1)).toBe(
      'detach-peerings succeeded: Our side of the peerings TO-BACKUP, to-hub is off.',
    );
  });

  it('is kept in the ledger, whole, before the first is taken off', async () => {
    const { azure, detach, ledger } = await start();
    azure.deletePeering = async () => {
      throw new Error('the process dies');
    };
    await expect(detach()).rejects.toThrow('the process dies');
    const state = await ledger.getStepState(requestId, 'detach-peerings');
    expect(JSON.parse(state?.['peerings'] ?? '')).toEqual({
      'to-hub': {
        properties: {
          remoteVirtualNetwork: { id: hubId },
          allowForwardedTraffic: true,
          somethingNew: { kept: true },
        },
      },
      'TO-BACKUP': expect.anything(),
    });
  });

  it('stays kept as it was, when a second run finds less or something else', async () => {
    const { azure, detach, ledger } = await start();
    await detach();
    const kept = await ledger.getStepState(requestId, 'detach-peerings');
    for (const peering of azure.document?.['properties'].virtualNetworkPeerings ?? []) {
      peering.properties.allowForwardedTraffic = false;
    }
    await detach();
    await detach();
    expect(await ledger.getStepState(requestId, 'detach-peerings')).toEqual(kept);
  });

  it('is kept as well where Azure showed it only after the first had gone', async () => {
    const { azure, detach, ledger } = await start();
    const { peerings } = peeredNetwork();
    azure.virtualNetwork = peeredNetwork({ peerings: peerings.slice(0, 1) });
    await detach();
    azure.virtualNetwork = peeredNetwork({ peerings: peerings.slice(1) });
    await detach();
    const state = await ledger.getStepState(requestId, 'detach-peerings');
    expect(Object.keys(JSON.parse(state?.['peerings'] ?? ''))).toEqual(['to-hub', 'TO-BACKUP']);
  });

  it('is left alone where it was not planned', async () => {
    const { azure, detach, names } = await start();
    const [peering] = peeredNetwork().peerings;
    azure.virtualNetwork = managedNetwork({
      peerings: peering ? [{ ...peering, name: 'made-since' }] : [],
    });
    expect(await doneAfter(detach)).toBe(true);
    expect(names()).toEqual(['made-since']);
  });

  it('waits while the VNet is Updating, and as long as Azure asks for', async () => {
    const { azure, detach } = await start();
    azure.deletePeering = async () =>
      success({ ...startedOperation(undefined), retryAfterSeconds: 10 });
    expect(await detach()).toEqual(success({ done: false, retryAfterSeconds: 10 }));
    azure.virtualNetwork = peeredNetwork({ provisioningState: 'Updating' });
    expect(await detach()).toEqual(success({ done: false }));
    expect(azure.writes).toEqual([]);
  });

  it('is not taken off another VNet, nor waited for on one that is gone', async () => {
    const { azure, detach } = await start();
    azure.virtualNetwork = peeredNetwork({ resourceGuid: 'guid-2' });
    expect(await detach()).toMatchObject({ error: { code: 'VirtualNetworkChanged' } });
    azure.virtualNetwork = null;
    expect(await doneAfter(detach)).toBe(true);
    expect(azure.writes).toEqual([]);
  });

  it('is taken off only for a request that removes, is not cancelled, and has the plan', async () => {
    const { azure, become, decide, dependencies, detach } = await start();
    const other = await detachPeerings({ ...input, planHash: 'other' }, dependencies);
    expect(other).toMatchObject({ error: { code: 'PlanChanged' } });
    await decide('cancel');
    expect(await detach()).toEqual(success({ done: false, cancelRequested: true }));
    await become('compensating');
    expect(await detach()).toMatchObject({ error: { code: 'Unexpected' } });
    expect(azure.writes).toEqual([]);
  });
});

describe('the restoration of peerings', () => {
  it('puts back one a look what was there, without what Azure alone writes', async () => {
    const { azure, names, restore, timeline } = await startRestoration();
    expect(await doneAfter(restore)).toBe(false);
    expect(await doneAfter(restore)).toBe(false);
    expect(await doneAfter(restore)).toBe(true);
    expect(azure.writes).toEqual(['PUT peering to-hub', 'PUT peering TO-BACKUP']);
    expect(names()).toEqual(['TO-BACKUP', 'to-hub']);
    expect(azure.document?.['properties'].virtualNetworkPeerings[0].properties).toEqual({
      remoteVirtualNetwork: { id: hubId },
      allowForwardedTraffic: true,
      somethingNew: { kept: true },
    });
    expect((await timeline()).at(-1)).toContain('The peerings to-hub, TO-BACKUP are there.');
  });

  it('puts back only what is missing', async () => {
    const { azure, restore } = await startRestoration();
    const [peering] = peeredNetwork().peerings;
    azure.virtualNetwork = managedNetwork({
      peerings: peering ? [{ ...peering, name: 'TO-HUB' }] : [],
    });
    while (!(await doneAfter(restore))) {}
    expect(azure.writes).toEqual(['PUT peering TO-BACKUP']);
  });

  it('writes again what is there when the write before ended Failed', async () => {
    const { azure, restore } = await startRestoration();
    azure.virtualNetwork = { ...peeredNetwork(), provisioningState: 'Failed' };
    expect(await doneAfter(restore)).toBe(false);
    expect(azure.writes).toHaveLength(1);
  });

  it('waits until the VNet is settled, or gone', async () => {
    const { azure, restore } = await startRestoration();
    azure.virtualNetwork = managedNetwork({ provisioningState: 'Deleting' });
    expect(await doneAfter(restore)).toBe(false);
    expect(azure.writes).toEqual([]);
    azure.virtualNetwork = null;
    expect(await doneAfter(restore)).toBe(true);
  });

  it.each([
    ['gone', null, 'The VNet is gone'],
    ['another one', managedNetwork({ resourceGuid: 'guid-2' }), 'Another VNet'],
  ])('has nothing to do for a VNet that is %s, and says so', async (_what, network, words) => {
    const { azure, dependencies, restore, timeline } = await startRestoration();
    azure.virtualNetwork = network;
    expect(await doneAfter(restore)).toBe(true);
    expect(azure.writes).toEqual([]);
    expect((await timeline()).at(-1)).toContain(words);
    expect(await nameLeftovers(stepInput, dependencies)).toEqual(success([]));
  });

  it('has nothing to do when nothing was taken off', async () => {
    const { azure, become, restore } = await start();
    await become('compensating');
    expect(await doneAfter(restore)).toBe(true);
    expect(azure.writes).toEqual([]);
  });

  it('needs the other side where that one is Disconnected, and says what to do there', async () => {
    const { azure, restore } = await startRestoration();
    azure.createPeering = async () => disconnected;
    expect(await restore()).toMatchObject({
      error: {
        kind: 'operator',
        message: expect.stringMatching(/'to-hub'.*'TO-BACKUP'/),
        remedy: expect.stringContaining(
          `At the VNet ${hubId}, delete the peering to ${virtualNetworkId}`,
        ),
      },
    });
  });

  it('lets no peering that cannot be put back keep another one away', async () => {
    const { azure, dependencies, names, restore } = await startRestoration();
    const { createPeering } = azure;
    azure.createPeering = async (target, name, body) =>
      name === 'to-hub' ? disconnected : createPeering(target, name, body);
    expect(await doneAfter(restore)).toBe(false);
    expect(names()).toEqual(['TO-BACKUP']);
    expect(await restore()).toMatchObject({ ok: false, error: { kind: 'operator' } });
    expect(await nameLeftovers(stepInput, dependencies)).toEqual(
      success([`the peering 'to-hub' of the VNet ${virtualNetworkId} with ${hubId} is missing`]),
    );
  });

  it('is tried again after an error that passes', async () => {
    const { azure, restore } = await startRestoration();
    azure.createPeering = async () => refused('Throttled');
    expect(await restore()).toMatchObject({ error: { code: 'Throttled', kind: 'retryable' } });
  });

  it('tells which peering the other side has to make anew', async () => {
    const { azure, restore, timeline } = await startRestoration();
    azure.virtualNetwork = peeredNetwork();
    const [peering] = azure.document?.['properties'].virtualNetworkPeerings ?? [];
    peering.properties.peeringState = 'Initiated';
    expect(await doneAfter(restore)).toBe(true);
    const told = (await timeline()).filter((line) => line.includes('Initiated'));
    expect(told).toEqual([expect.stringContaining('The peering to-hub is Initiated')]);
  });

  it('happens only while the request is taken back', async () => {
    const { azure, restore } = await start();
    expect(await restore()).toMatchObject({ error: { code: 'Unexpected' } });
    expect(azure.writes).toEqual([]);
  });
});
