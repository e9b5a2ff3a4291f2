import { z } from 'zod';
import { overlaps } from '../../../model/prefixes.ts';
import type { AzureServices } from '../contracts.ts';
import { subtract } from './allocator.ts';
import { nameOf, sameId } from './arm-ids.ts';
import { id, prefixes } from './change-values.ts';
import { lockChangeSchemas, lockChanges } from './lock-control.ts';
import { allocationOf, freePrefixes, poolOf, staticCidrsOf } from './pool-space.ts';
import {
  collections,
  type NetworkManagerConnectionRecord,
  type PoolRecord,
  type ScopeConnectionRecord,
} from './records.ts';
import { addStaticCidr } from './static-cidr-operations.ts';
import { virtualNetworkChangeSchemas, virtualNetworkChanges } from './virtual-network-control.ts';

/** The changes that `POST /_control/state` can make to the network; several at once as an array. */
export const networkChangeSchema = z.discriminatedUnion('change', [
  ...virtualNetworkChangeSchemas,
  ...lockChangeSchemas,
  z.strictObject({
    change: z.literal('addStaticCidr'),
    pool: id,
    name: z.string().min(1),
    addressPrefixes: prefixes.min(1),
  }),
  /** A static CIDR `name` takes all that is free in a pool, except `leave`. */
  z.strictObject({
    change: z.literal('fillPool'),
    pool: id,
    name: z.string().min(1).default('filler'),
    leave: prefixes.default([]),
  }),
  z.strictObject({ change: z.literal('deleteStaticCidr'), pool: id, name: z.string().min(1) }),
  /** Holds space of a pool for a resource until a time (milliseconds since 1970). */
  z.strictObject({
    change: z.literal('reserve'),
    pool: id,
    resourceId: id,
    addressPrefixes: prefixes.min(1),
    expiresAt: z.number().int(),
  }),
  /** Either side of a connection; null: whatever follows from its two sides. */
  z.strictObject({
    change: z.literal('setConnectionState'),
    id,
    state: z.enum(['Connected', 'Pending', 'Conflict', 'Revoked', 'Rejected']).nullable(),
  }),
]);

export type NetworkChange = z.output<typeof networkChangeSchema>;

function requirePool(services: AzureServices, poolId: string): PoolRecord {
  const pool = poolOf(services, poolId);
  if (pool === undefined)
    throw new Error(`there is no pool ${poolId}; GET /_control/state lists them`);
  return pool;
}

function fillPool(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'fillPool' }>,
): void {
  const pool = requirePool(services, change.pool);
  const free = subtract(freePrefixes(services, pool), change.leave);
  if (free.length === 0) throw new Error(`the pool ${pool.id} has nothing to fill`);
  // A pool that was filled before keeps what it was filled with.
  const before = staticCidrsOf(services, pool).find(({ id: of }) =>
    sameId(nameOf(of), change.name),
  );
  if (before) services.store.delete(collections.staticCidrs, before.id);
  const addressPrefixes = [...(before?.addressPrefixes ?? []), ...free];
  addStaticCidr(services, pool, { name: change.name, description: '', addressPrefixes });
}

function reserve(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'reserve' }>,
): void {
  const pool = requirePool(services, change.pool);
  const free = freePrefixes(services, pool);
  if (overlaps(subtract(pool.addressPrefixes, free), change.addressPrefixes)) {
    throw new Error(`${change.addressPrefixes.join(', ')} is not free in the pool ${pool.id}`);
  }
  const now = services.clock.now();
  const existing = allocationOf(services, pool.id, change.resourceId) ?? {
    poolId: pool.id,
    resourceId: change.resourceId,
    prefixes: [],
    prefixesBefore: [],
    shownFrom: now,
    createdAt: now,
  };
  services.store.put(collections.allocations, `${pool.id}|${change.resourceId}`, {
    ...existing,
    reservation: { prefixes: change.addressPrefixes, expiresAt: change.expiresAt },
  });
}

function setConnectionState(
  services: AzureServices,
  change: Extract<NetworkChange, { change: 'setConnectionState' }>,
): void {
  const collection = [collections.scopeConnections, collections.networkManagerConnections].find(
    (name) => services.store.get(name, change.id) !== undefined,
  );
  if (collection === undefined) {
    throw new Error(`there is no connection ${change.id}; GET /_control/state lists them`);
  }
  const { forcedState: _, ...side } =
    services.store.get<ScopeConnectionRecord | NetworkManagerConnectionRecord>(
      collection,
      change.id,
    ) ?? {};
  services.store.put(collection, change.id, {
    ...side,
    ...(change.state !== null && { forcedState: change.state }),
  });
}

type Change<Kind extends NetworkChange['change']> = (
  services: AzureServices,
  change: Extract<NetworkChange, { change: Kind }>,
) => void;

const changes: { readonly [Kind in NetworkChange['change']]: Change<Kind> } = {
  ...virtualNetworkChanges,
  ...lockChanges,
  addStaticCidr: (services, { pool: poolId, name, addressPrefixes }) => {
    const pool = requirePool(services, poolId);
    if (staticCidrsOf(services, pool).some(({ id: of }) => sameId(nameOf(of), name))) {
      throw new Error(`the pool ${pool.id} has a static CIDR ${name} already`);
    }
    addStaticCidr(services, pool, {
      name,
      description: '',
      addressPrefixes,
    });
  },
  deleteStaticCidr: (services, { pool, name }) => {
    services.store.delete(
      collections.staticCidrs,
      `${requirePool(services, pool).id}/staticCidrs/${name}`,
    );
  },
  fillPool,
  reserve,
  setConnectionState,
};

function apply<Kind extends NetworkChange['change']>(
  services: AzureServices,
  change: Extract<NetworkChange, { change: Kind }>,
): void {
  const make: Change<Kind> = changes[change.change as Kind];
  make(services, change);
}

export function changeNetworkState(services: AzureServices, change: unknown): void {
  for (const item of Array.isArray(change) ? change : [change]) {
    const parsed = networkChangeSchema.safeParse(item);
    if (!parsed.success) {
      throw new Error(`the change of the network is not valid: ${z.prettifyError(parsed.error)}`);
    }
    apply(services, parsed.data);
  }
}
