import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import type { Azure, StartedOperation, VirtualNetworkReading } from '../../src/azure/azure.ts';
import { scopeOfLock } from '../../src/azure/locks.ts';
import type { EmulatedAzure } from '../../src/local/azure/server.ts';
import type { Outcome } from '../../src/model/outcome.ts';
import {
  addAllocations,
  dropAllocations,
  droppedAllocations,
  readdAllocations,
  singularSubnets,
  takeAllocationsOut,
} from '../../src/model/virtual-network-document.ts';
import {
  arm,
  control,
  ids,
  scopes,
  startTestAzure,
  tokenOf,
} from '../local/azure/support/test-azure.ts';
import { azureOf, target, unwrap } from './on-emulated-azure.ts';

let emulated: EmulatedAzure;
let azure: Azure;
let administrator: string;

beforeAll(async () => {
  emulated = await startTestAzure();
  azure = azureOf(emulated);
  administrator = await tokenOf(emulated, ids.tenantB, ids.administratorB);
});
afterEach(() => control(emulated, 'DELETE', '/faults'));
afterAll(() => emulated.close());

const asAdministrator = (method: string, id: string, body?: object) =>
  arm(emulated, method, id, { token: administrator, ...(body ? { body } : {}) });

async function read(name: string): Promise<VirtualNetworkReading> {
  const reading = unwrap(await azure.readVirtualNetwork(target(name)));
  if (!reading) throw new Error(`There is no VNet '${name}'.`);
  return reading;
}

/** A VNet of somebody else, settled. */
async function create(name: string, prefix: string, more: object = {}): Promise<void> {
  const base = prefix.replace('.0/24', '');
  await asAdministrator('PUT', target(name).virtualNetworkId, {
    location: 'eastus',
    tags: { owner: 'somebody' },
    properties: {
      addressSpace: { addressPrefixes: [prefix] },
      dhcpOptions: { dnsServers: ['10.9.9.9'] },
      flowTimeoutInMinutes: 10,
      subnets: [
        { name: 'one', properties: { addressPrefix: `${base}.0/27` } },
        { name: 'more', properties: { addressPrefixes: [`${base}.32/27`] } },
      ],
      ...more,
    },
  });
  await settled(name);
}

const settled = (name: string) =>
  expect.poll(async () => (await read(name)).view.provisioningState).toBe('Succeeded');

/** Waits for the end of an accepted operation, as the workflow does. */
async function finish(name: string, started: Outcome<StartedOperation | null>): Promise<void> {
  const { operationUrl } = unwrap(started) ?? {};
  if (operationUrl === undefined) return;
  await expect
    .poll(async () => unwrap(await azure.pollOperation(target(name), operationUrl)).status)
    .toBe('succeeded');
}

/** Writes a changed document back in the version that was read. */
async function write(
  name: string,
  change: (document: VirtualNetworkReading['document']) => VirtualNetworkReading['document'],
): Promise<void> {
  const { document, view } = await read(name);
  const started = await azure.updateVirtualNetwork(target(name), change(document), view.etag);
  expect(started).toMatchObject({ value: { resourceGuid: view.resourceGuid } });
  await finish(name, started);
}

/** A document without what every write changes. */
const lasting = ({ document }: VirtualNetworkReading) =>
  JSON.parse(JSON.stringify(document, (key, value) => (key === 'etag' ? undefined : value)));

const association = { poolId: scopes.pool, numberOfIpAddresses: '256' };
const held = async (name: string) =>
  unwrap(await azure.listPoolAssociations(scopes.pool))
    .filter(({ resourceId }) => resourceId.toLowerCase().endsWith(`/${name}`))
    .flatMap(({ prefixes }) => prefixes);

describe('against the emulated Azure', () => {
  test('an existing VNet joins the pool and leaves it again, and nothing of it is lost', async () => {
    await create('vnet-join', '10.0.40.0/24');
    const before = await read('vnet-join');
    const singular = singularSubnets(before.document);
    expect(singular).toEqual(['one']);

    await write('vnet-join', (document) => addAllocations(document, [association]));
    expect((await read('vnet-join')).view).toMatchObject({
      addressPrefixes: ['10.0.40.0/24'],
      allocations: [{ prefixes: ['10.0.40.0/24'] }],
      tags: { owner: 'somebody' },
    });
    expect(await held('vnet-join')).toEqual(['10.0.40.0/24']);

    await write('vnet-join', (document) => takeAllocationsOut(document, [scopes.pool], singular));
    expect(lasting(await read('vnet-join'))).toEqual(lasting(before));
    expect(await held('vnet-join')).toEqual([]);
  });

  test('a VNet with a subnet of the pool is disassociated, and associated again as it was', async () => {
    await create('vnet-part', '10.0.41.0/24');
    await write('vnet-part', (document) => addAllocations(document, [association]));
    const inPool = { pool: { id: scopes.pool }, numberOfIpAddresses: '32' };
    await write('vnet-part', (document) => {
      const { properties } = structuredClone(document) as { properties: { subnets: object[] } };
      const subnet = { addressPrefixes: [], ipamPoolPrefixAllocations: [inPool] };
      properties.subnets.push({ name: 'pooled', properties: subnet });
      return { ...document, properties };
    });
    const before = await read('vnet-part');
    expect(before.view.subnets.at(-1)?.allocations).toHaveLength(1);

    await write('vnet-part', dropAllocations);
    const without = await read('vnet-part');
    expect(without.view.addressPrefixes).toEqual(before.view.addressPrefixes);
    expect(without.view.subnets.map((subnet) => subnet.addressPrefixes)).toEqual(
      before.view.subnets.map((subnet) => subnet.addressPrefixes),
    );
    expect(droppedAllocations(without.document)).toEqual({ virtualNetwork: [], subnets: [] });
    expect(await held('vnet-part')).toEqual([]);

    const dropped = droppedAllocations(before.document);
    await write('vnet-part', (document) => readdAllocations(document, dropped));
    expect(lasting(await read('vnet-part'))).toEqual(lasting(before));
    expect(await held('vnet-part')).toEqual(['10.0.41.0/24']);
  });

  test('a change of somebody else between reading and writing is not overwritten', async () => {
    await create('vnet-stale', '10.0.42.0/24');
    const { document, view } = await read('vnet-stale');
    await create('vnet-stale', '10.0.42.0/24', { flowTimeoutInMinutes: 20 });
    const written = await azure.updateVirtualNetwork(
      target('vnet-stale'),
      addAllocations(document, [association]),
      view.etag,
    );
    expect(written).toMatchObject({ error: { code: 'PreconditionFailed' } });
    expect(await held('vnet-stale')).toEqual([]);
  });

  test('prefixes outside the pool, or given to another VNet, are refused with the words of IPAM', async () => {
    await create('vnet-outside', '192.168.5.0/24');
    await create('vnet-first', '10.0.43.0/24');
    await create('vnet-second', '10.0.43.0/24');
    await write('vnet-first', (document) => addAllocations(document, [association]));
    for (const name of ['vnet-outside', 'vnet-second']) {
      const { document, view } = await read(name);
      const added = addAllocations(document, [association]);
      expect(await azure.updateVirtualNetwork(target(name), added, view.etag)).toMatchObject({
        error: { code: 'AzureRefused', details: { ipamStatus: 'BadRequest' } },
      });
      expect((await read(name)).view.allocations).toEqual([]);
    }
  });

  test('locks at, above and below the VNet are listed, and a write that one forbids names it', async () => {
    await create('vnet-locked', '10.0.44.0/24');
    const { virtualNetworkId } = target('vnet-locked');
    const put = async (scope: string, name: string, level: string) => {
      const lock = `${scope}/providers/Microsoft.Authorization/locks/${name}`;
      const { status } = await asAdministrator('PUT', lock, { properties: { level } });
      expect(status).toBe(201);
      return () => asAdministrator('DELETE', lock);
    };
    const undo = [
      await put(scopes.groupB, 'group', 'CanNotDelete'),
      await put(virtualNetworkId, 'frozen', 'ReadOnly'),
      await put(`${virtualNetworkId}/subnets/one`, 'below', 'ReadOnly'),
    ];
    const locks = unwrap(await azure.listLocks(target('vnet-locked')));
    expect(locks.map((lock) => [lock.name, lock.level]).sort()).toEqual([
      ['below', 'ReadOnly'],
      ['frozen', 'ReadOnly'],
      ['group', 'CanNotDelete'],
    ]);
    expect(locks.map(scopeOfLock)).toContain(virtualNetworkId);
    const { document, view } = await read('vnet-locked');
    expect(
      await azure.updateVirtualNetwork(target('vnet-locked'), document, view.etag),
    ).toMatchObject({
      error: {
        code: 'VirtualNetworkLocked',
        remedy: expect.stringContaining(virtualNetworkId),
      },
    });
    for (const remove of undo) await remove();
  });

  test('our side of a peering is taken off, and put back as it was', async () => {
    await create('vnet-spoke', '10.0.45.0/24');
    await create('vnet-hub', '10.0.46.0/24');
    for (const [from, to] of [
      ['vnet-spoke', 'vnet-hub'],
      ['vnet-hub', 'vnet-spoke'],
    ] as const) {
      const id = `${target(from).virtualNetworkId}/virtualNetworkPeerings/to-${to}`;
      const remoteVirtualNetwork = { id: target(to).virtualNetworkId };
      await asAdministrator('PUT', id, {
        properties: { remoteVirtualNetwork, allowForwardedTraffic: true },
      });
      await settled(from);
    }
    const before = await read('vnet-spoke');
    expect(before.view.peerings).toMatchObject([{ name: 'to-vnet-hub' }]);
    const taken = () => azure.deletePeering(target('vnet-spoke'), 'to-vnet-hub');
    await finish('vnet-spoke', await taken());
    expect((await read('vnet-spoke')).view.peerings).toEqual([]);
    expect(unwrap(await taken())).toBeNull();

    const { properties } = before.document as {
      properties: { virtualNetworkPeerings: VirtualNetworkReading['document'][] };
    };
    const [peering] = properties.virtualNetworkPeerings;
    const put = () =>
      azure.createPeering(target('vnet-spoke'), 'to-vnet-hub', {
        properties: peering?.['properties'],
      });
    // The other side is Disconnected now: Azure takes none of ours until it is made anew.
    expect(await put()).toMatchObject({
      error: {
        code: 'AzureRefused',
        kind: 'operator',
        remedy: expect.stringContaining('other side'),
      },
    });
    const other = `${target('vnet-hub').virtualNetworkId}/virtualNetworkPeerings/to-vnet-spoke`;
    await asAdministrator('DELETE', other);
    await settled('vnet-hub');
    await finish('vnet-spoke', await put());
    expect((await read('vnet-spoke')).view.peerings).toEqual(before.view.peerings);
  });
});
