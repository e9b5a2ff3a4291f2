import type { LockView, SubnetUser } from '../../../src/azure/azure.ts';
import type { Pool } from './pool-space.ts';

export interface Allocation {
  readonly poolId: string;
  readonly count: string;
  prefixes: readonly string[];
}

export interface Subnet {
  readonly name: string;
  /** Written with `addressPrefix` instead of the list. */
  isSingular: boolean;
  prefixes: readonly string[];
  allocations: Allocation[];
  readonly users: SubnetUser[];
  /** What no part of the product knows. */
  readonly foreign: Readonly<Record<string, unknown>>;
}

export interface Peering {
  readonly name: string;
  readonly properties: Readonly<Record<string, unknown>>;
}

/** A VNet, as the managed tenant keeps it. */
export interface Network {
  readonly id: string;
  readonly guid: string;
  readonly location: string;
  /** Who made it: a request by its PUT, or somebody else. */
  readonly madeBy: { readonly request: string } | 'others';
  version: number;
  state: 'Updating' | 'Succeeded' | 'Failed' | 'Deleting';
  tags: Record<string, string>;
  prefixes: readonly string[];
  allocations: Allocation[];
  subnets: Subnet[];
  peerings: Peering[];
  locks: LockView[];
  readonly foreign: Readonly<Record<string, unknown>>;
}

/** A long-running operation behind a signed address. */
export interface Operation {
  readonly url: string;
  state: 'running' | 'succeeded' | 'failed' | 'superseded' | 'forgotten';
}

/** A change that the product's code made, as it arrived at Azure. */
export interface Effect {
  readonly kind: 'create' | 'update' | 'delete' | 'delete-peering' | 'create-peering';
  readonly requestId: string;
  readonly activity: string;
  readonly at: number;
  /** Absent for a creation. */
  readonly before?: Network;
  /** Absent for a deletion. */
  readonly after?: Network;
}

/** A change that somebody made behind the product's back. */
export interface Interference {
  readonly at: number;
  readonly networkId: string;
  readonly kind: string;
}

export const keyOf = (id: string): string => id.toLowerCase();

/** All that exists in Azure; knows nothing of requests beyond who made what. */
export class World {
  readonly networks = new Map<string, Network>();
  readonly pools: readonly Pool[];
  readonly operations = new Map<string, Operation>();
  readonly interferences: Interference[] = [];
  /** Every VNet that ever came into being by a request. */
  readonly created: Network[] = [];
  #serial = 0;

  constructor(pools: readonly Pool[]) {
    this.pools = pools;
  }

  serial(): number {
    return ++this.#serial;
  }

  network(id: string): Network | undefined {
    return this.networks.get(keyOf(id));
  }

  add(network: Network): void {
    this.networks.set(keyOf(network.id), network);
    if (network.madeBy !== 'others') this.created.push(network);
  }

  /** Gone at once; what the pools hold for it, they let go later. */
  remove(network: Network): void {
    if (this.network(network.id) === network) this.networks.delete(keyOf(network.id));
  }

  exists(network: Network): boolean {
    return this.network(network.id) === network;
  }

  pool(id: string): Pool | undefined {
    return this.pools.find((pool) => keyOf(pool.id) === keyOf(id));
  }

  holdsOf(network: Pick<Network, 'guid'>) {
    return this.pools.flatMap((pool) =>
      pool.holds.filter((hold) => hold.guid === network.guid).map((hold) => ({ pool, hold })),
    );
  }
}

export const copyOf = (network: Network): Network => structuredClone(network);
