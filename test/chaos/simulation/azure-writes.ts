import type { StartedOperation } from '../../../src/azure/azure.ts';
import { failure, type Outcome, success } from '../../../src/model/outcome.ts';
import type { Deployment, PlannedAllocation } from '../../../src/model/plan.ts';
import { familyOf } from '../../../src/model/prefixes.ts';
import type { VirtualNetworkDocument } from '../../../src/model/virtual-network-document.ts';
import type { AzureOperations } from './azure-operations.ts';
import { azureError } from './faults.ts';
import { bodyOf, type NetworkBody } from './network-document.ts';
import { carve, type Hold, type Pool } from './pool-space.ts';
import { copyOf, type Network, type Peering, type Subnet, type World } from './world.ts';

type Started = Outcome<StartedOperation>;

export interface Written {
  readonly outcome: Outcome<StartedOperation | null>;
  /** Set when something changed. */
  readonly before?: Network;
  readonly after?: Network;
}

const refused = (message: string): Written => ({
  outcome: failure(azureError('AzureRefused', message, { kind: 'operator' })),
});

/** The writes of Azure: each is one change at the time when the call arrives. */
export class AzureWrites {
  readonly #world: World;
  readonly #operations: AzureOperations;

  constructor(world: World, operations: AzureOperations) {
    this.#world = world;
    this.#operations = operations;
  }

  create({ target, allocations, subnets, tags }: Deployment, requestId: string): Written {
    const id = target.virtualNetworkId;
    if (this.#world.network(id)) {
      return { outcome: failure(azureError('PreconditionFailed', 'The VNet exists.')) };
    }
    const given = allocations.map((allocation) => this.#give(allocation));
    if (given.some((one) => one === undefined)) {
      return { outcome: failure(azureError('AzureRefused', 'The pool has no such block.')) };
    }
    const network: Network = {
      id,
      guid: `guid-${this.#world.serial()}`,
      location: target.location,
      madeBy: { request: requestId },
      version: 1,
      state: 'Updating',
      tags: { ...tags },
      prefixes: [],
      allocations: allocations.map(asAllocation),
      subnets: subnets.map(({ name, allocations: own }) => ({
        name,
        isSingular: false,
        prefixes: [],
        allocations: own.map(asAllocation),
        users: [],
        foreign: {},
      })),
      peerings: [],
      locks: [],
      foreign: {},
    };
    this.#world.add(network);
    const holds = given.flatMap((one) =>
      one ? [this.#hold(network, one.pool, [one.prefix])] : [],
    );
    const show = () => this.#showAll(network, holds);
    const outcome = this.#operations.start(network, {
      done: () => {
        network.state = 'Succeeded';
        show();
      },
      failed: () => {
        network.state = 'Failed';
        if (network.version % 2 === 0) show();
        else this.#operations.releaseAll(network);
      },
    });
    return { outcome, after: copyOf(network) };
  }

  #give({ poolId, numberOfIpAddresses }: PlannedAllocation) {
    const pool = this.#world.pool(poolId);
    const prefix = pool?.findFree(BigInt(numberOfIpAddresses));
    return pool && prefix ? { pool, prefix } : undefined;
  }

  #hold(network: Network, pool: Pool, prefixes: readonly string[]): Hold {
    const { id, guid } = network;
    const hold: Hold = { networkId: id, guid, prefixes, isListed: false, isReleasing: false };
    pool.holds.push(hold);
    return hold;
  }

  #showAll(network: Network, holds: readonly Hold[]): void {
    for (const hold of holds) {
      this.#operations.show(hold, () => {
        if (!this.#world.exists(network)) return;
        const pool = this.#world.pools.find((candidate) => candidate.holds.includes(hold));
        if (!pool) return;
        for (const allocation of network.allocations) {
          if (allocation.poolId === pool.id) allocation.prefixes = hold.prefixes;
        }
        network.prefixes = [...new Set([...network.prefixes, ...hold.prefixes])];
        carveSubnets(network, pool, hold.prefixes);
        network.version++;
      });
    }
  }

  update(network: Network, document: VirtualNetworkDocument): Written {
    const busy = this.#operations.refuseWhileRunning(network);
    if (busy) return { outcome: busy };
    if (network.locks.some(({ level }) => level === 'ReadOnly')) return refused('ScopeLocked');
    const body = bodyOf(document);
    const conflict = this.#conflictIn(network, body);
    if (conflict) return refused(conflict);
    const before = copyOf(network);
    const taken = this.#apply(network, body);
    network.state = 'Updating';
    network.version++;
    const outcome = this.#operations.start(network, {
      done: () => {
        network.state = 'Succeeded';
        this.#showUpdated(network, taken);
      },
      failed: () => {
        network.state = 'Failed';
        this.#showUpdated(network, taken);
      },
    });
    return { outcome, before, after: copyOf(network) };
  }

  /** A pool takes only prefixes that lie in it and that it has not given away. */
  #conflictIn(network: Network, body: NetworkBody): string | undefined {
    for (const { poolId } of body.allocations) {
      const pool = this.#world.pool(poolId);
      if (!pool) return 'The pool does not exist.';
      const isHeld = pool.holds.some(
        ({ guid, isReleasing }) => guid === network.guid && !isReleasing,
      );
      const own = body.prefixes.filter((prefix) => familyOf(prefix) === pool.family);
      if (own.length === 0) return 'There is no prefix of the family of the pool.';
      if (!isHeld && own.some((prefix) => !pool.isFree(prefix)))
        return 'A prefix is not free in the pool.';
    }
    const kept = new Set(body.subnets.map(({ name }) => name));
    const lost = network.subnets.find(({ name, users }) => users.length > 0 && !kept.has(name));
    return lost ? `InUseSubnetCannotBeDeleted ${lost.name}` : undefined;
  }

  /** Takes over what the body says; answers what pools have begun to hold. */
  #apply(network: Network, body: NetworkBody): readonly Hold[] {
    const asked = new Set(body.allocations.map(({ poolId }) => this.#world.pool(poolId)));
    for (const { pool, hold } of this.#world.holdsOf(network)) {
      if (!asked.has(pool)) this.#operations.release(pool, hold);
    }
    const taken: Hold[] = [];
    for (const pool of asked) {
      if (
        !pool ||
        pool.holds.some(({ guid, isReleasing }) => guid === network.guid && !isReleasing)
      )
        continue;
      const own = body.prefixes.filter((prefix) => familyOf(prefix) === pool.family);
      taken.push(this.#hold(network, pool, own));
    }
    const shown = new Map(network.allocations.map(({ poolId, prefixes }) => [poolId, prefixes]));
    network.tags = body.tags;
    network.prefixes = body.prefixes;
    network.allocations = body.allocations.map(({ poolId, count }) => ({
      poolId,
      count,
      prefixes: shown.get(poolId) ?? [],
    }));
    network.subnets = body.subnets.map((subnet) => this.#subnetWithPrefixes(subnet));
    network.peerings = [...body.peerings];
    Object.assign(network, { foreign: body.foreign });
    return taken;
  }

  #subnetWithPrefixes(subnet: Subnet): Subnet {
    const allocations = subnet.allocations.map((allocation) => ({
      ...allocation,
      prefixes: subnet.prefixes.filter(
        (prefix) => familyOf(prefix) === this.#world.pool(allocation.poolId)?.family,
      ),
    }));
    return { ...subnet, allocations };
  }

  #showUpdated(network: Network, taken: readonly Hold[]): void {
    for (const hold of taken) {
      this.#operations.show(hold, () => {
        const pool = this.#world.pools.find((candidate) => candidate.holds.includes(hold));
        const allocation = network.allocations.find(({ poolId }) => poolId === pool?.id);
        if (!allocation) return;
        allocation.prefixes = hold.prefixes;
        network.version++;
      });
    }
  }

  delete(network: Network): Written {
    const busy = this.#operations.refuseWhileRunning(network);
    if (busy) return { outcome: busy };
    if (network.locks.length > 0) return refused('ScopeLocked');
    const used = network.subnets.find(({ users }) => users.length > 0);
    if (used) return refused(`InUseSubnetCannotBeDeleted ${used.name}`);
    const before = copyOf(network);
    network.state = 'Deleting';
    network.version++;
    const outcome: Started = this.#operations.start(network, {
      done: () => {
        this.#world.remove(network);
        this.#operations.releaseAll(network);
      },
      failed: () => {
        network.state = 'Succeeded';
      },
    });
    return { outcome, before };
  }

  changePeerings(network: Network, change: (peerings: readonly Peering[]) => Peering[]): Written {
    const busy = this.#operations.refuseWhileRunning(network);
    if (busy) return { outcome: busy };
    if (network.locks.some(({ level }) => level === 'ReadOnly')) return refused('ScopeLocked');
    const before = copyOf(network);
    network.peerings = change(network.peerings);
    network.state = 'Updating';
    network.version++;
    const settle = () => {
      network.state = 'Succeeded';
    };
    const failed = () => {
      network.peerings = [...before.peerings];
      settle();
    };
    const outcome = this.#operations.start(network, { done: settle, failed });
    return { outcome, before, after: copyOf(network) };
  }
}

const asAllocation = ({ poolId, numberOfIpAddresses }: PlannedAllocation) => ({
  poolId,
  count: numberOfIpAddresses,
  prefixes: [] as readonly string[],
});

/** Subnets get their blocks inside those of the VNet. */
function carveSubnets(network: Network, pool: Pool, within: readonly string[]): void {
  const taken: string[] = network.subnets.flatMap(({ prefixes }) =>
    prefixes.filter((prefix) => familyOf(prefix) === pool.family),
  );
  for (const subnet of network.subnets) {
    for (const allocation of subnet.allocations) {
      if (allocation.poolId !== pool.id || allocation.prefixes.length > 0) continue;
      const prefix = carve(pool.family, within, BigInt(allocation.count), taken);
      if (prefix === undefined) continue;
      taken.push(prefix);
      allocation.prefixes = [prefix];
      subnet.prefixes = [...subnet.prefixes, prefix];
    }
  }
}

export const nothingToDelete: Written = { outcome: success(null) };
