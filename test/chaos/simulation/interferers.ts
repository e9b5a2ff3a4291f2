import { ownershipTag } from '../../../src/model/plan.ts';
import type { AzureOperations } from './azure-operations.ts';
import { poolPrefixes, resourceGroups, tenants } from './landscape.ts';
import type { Pool } from './pool-space.ts';
import type { Random } from './random.ts';
import type { Scheduler } from './scheduler.ts';
import type { Network, World } from './world.ts';

const kinds = [
  'delete',
  'replace',
  'untag',
  'retag',
  'disassociate',
  'peer',
  'lock',
  'unlock',
  'use',
  'vacate',
  'write',
] as const;

type Kind = (typeof kinds)[number];

/** People and programs who change VNets behind the product's back. What they did, the world remembers. */
export class Interferers {
  readonly #world: World;
  readonly #operations: AzureOperations;
  readonly #scheduler: Scheduler;
  readonly #random: Random;

  constructor(world: World, operations: AzureOperations, scheduler: Scheduler, random: Random) {
    this.#world = world;
    this.#operations = operations;
    this.#scheduler = scheduler;
    this.#random = random;
  }

  /** Changes the VNet with this id, or any. Where there is none, somebody makes one. */
  strike(id?: string): void {
    const networks = [...this.#world.networks.values()];
    if (id !== undefined && !this.#world.network(id)) this.#squat(id);
    else if (id !== undefined)
      this.#change(this.#world.network(id) as Network, this.#random.pick(kinds));
    else if (networks.length > 0)
      this.#change(this.#random.pick(networks), this.#random.pick(kinds));
  }

  #squat(id: string): void {
    this.#scheduler.note(`INTERFERENCE squat ${id}`);
    this.#world.interferences.push({ at: this.#scheduler.now, networkId: id, kind: 'squat' });
    const network = plainNetwork(id, `guid-${this.#world.serial()}`, 'centralus');
    this.#world.add({ ...network, prefixes: ['192.168.1.0/24'] });
  }

  #change(network: Network, kind: Kind): void {
    this.#scheduler.note(`INTERFERENCE ${kind} ${network.id} ${network.guid}`);
    this.#world.interferences.push({ at: this.#scheduler.now, networkId: network.id, kind });
    network.version++;
    this.#changes[kind](network);
  }

  readonly #changes: Readonly<Record<Kind, (network: Network) => void>> = {
    delete: (network) => this.#take(network),
    replace: (network) => {
      this.#take(network);
      const tags = this.#random.chance(0.5) ? network.tags : {};
      this.#world.add({
        ...plainNetwork(network.id, `guid-${this.#world.serial()}`, network.location),
        prefixes: ['192.168.0.0/24'],
        tags: { ...tags },
      });
    },
    untag: (network) => {
      delete network.tags[ownershipTag];
    },
    retag: (network) => {
      network.tags[this.#random.pick([ownershipTag, 'theirs'])] = 'somebody';
    },
    disassociate: (network) => {
      network.allocations = [];
      for (const subnet of network.subnets) subnet.allocations = [];
      this.#operations.releaseAll(network);
    },
    peer: (network) => {
      network.peerings = [...network.peerings, peeringTo(`hub-${this.#world.serial()}`)];
    },
    lock: (network) => {
      const name = `lock-${this.#world.serial()}`;
      const level = this.#random.chance(0.5) ? 'ReadOnly' : 'CanNotDelete';
      const id = `${network.id}/providers/Microsoft.Authorization/locks/${name}`;
      network.locks = [...network.locks, { name, id, level }];
    },
    unlock: (network) => {
      network.locks = [];
    },
    use: (network) => {
      const [subnet] = network.subnets;
      subnet?.users.push({
        kind: 'ipConfiguration',
        id: `${network.id}-nic-${this.#world.serial()}`,
      });
    },
    vacate: (network) => {
      for (const subnet of network.subnets) subnet.users.length = 0;
    },
    write: () => undefined,
  };

  #take(network: Network): void {
    this.#world.remove(network);
    this.#operations.releaseAll(network);
  }
}

const peeringTo = (name: string) => ({
  name,
  properties: {
    peeringState: 'Connected',
    allowForwardedTraffic: true,
    unknownToUs: 'kept',
    remoteVirtualNetwork: { id: `/subscriptions/hub/virtualNetworks/${name}` },
  },
});

export const plainNetwork = (id: string, guid: string, location: string): Network => ({
  id,
  guid,
  location,
  madeBy: 'others',
  version: 1,
  state: 'Succeeded',
  tags: { owner: 'somebody' },
  prefixes: [],
  allocations: [],
  subnets: [],
  peerings: [],
  locks: [],
  foreign: {
    dhcpOptions: { dnsServers: ['10.9.9.9'] },
    flowTimeoutInMinutes: 7,
    unknownToUs: { a: 1 },
  },
});

/** The VNets that exist before the first request: plain ones, and some that a pool knows already. */
export function furnish(world: World, random: Random): void {
  let block = 240;
  for (const { subscriptionId } of Object.values(tenants)) {
    for (const resourceGroup of resourceGroups) {
      const id = (name: string) =>
        `/subscriptions/${subscriptionId}/resourceGroups/${resourceGroup}/providers/Microsoft.Network/virtualNetworks/${name}`;
      if (random.chance(0.8))
        world.add(existing(world, random, id('vnet-plain'), `10.2.${block++}.0/24`));
      if (random.chance(0.8)) {
        const old = existing(world, random, id('vnet-old'), `10.2.${block++}.0/24`);
        world.add(old);
        associate(world, old);
      }
    }
  }
}

function existing(world: World, random: Random, id: string, prefix: string): Network {
  const [network = '', length] = [prefix.replace(/0\/24$/, ''), 27];
  return {
    ...plainNetwork(id, `guid-${world.serial()}`, 'centralus'),
    prefixes: [prefix],
    subnets: [
      {
        name: 'default',
        isSingular: random.chance(0.5),
        prefixes: [`${network}0/${length}`],
        allocations: [],
        users: random.chance(0.1) ? [{ kind: 'ipConfiguration', id: `${id}-nic` }] : [],
        foreign: {
          routeTable: { id: '/the/routes' },
          delegations: [],
          privateEndpointNetworkPolicies: 'Disabled',
        },
      },
    ],
    peerings: random.chance(0.5) ? [peeringTo('hub-one'), peeringTo('hub-two')] : [],
  };
}

function associate(world: World, network: Network): void {
  const pool = world.pools.find(({ prefix }) => prefix === poolPrefixes.wide) as Pool;
  const { id, guid, prefixes } = network;
  pool.holds.push({ networkId: id, guid, prefixes, isListed: true, isReleasing: false });
  network.allocations = [{ poolId: pool.id, count: '256', prefixes }];
  for (const subnet of network.subnets) {
    subnet.isSingular = false;
    subnet.allocations = [{ poolId: pool.id, count: '32', prefixes: subnet.prefixes }];
  }
}
