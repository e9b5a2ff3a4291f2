import { type AddressFamily, containsAll, familyOf, overlaps } from '../../../model/prefixes.ts';
import type { ArmContext, AzureServices } from '../contracts.ts';
import { nameOf, parentIdOf, sameId } from './arm-ids.ts';
import { ipamRefused } from './errors.ts';
import { poolOf, poolsOf } from './pool-space.ts';
import { prefixError } from './prefix-checks.ts';
import type { JsonObject, PoolRecord, SystemData } from './records.ts';
import { isObject, objectAt, stringAt, stringsAt, without } from './request-values.ts';

/** Pools nest up to seven layers (azure-ipam 10). */
const mostLayers = 7;

const readOnlyOrKnown = [
  'description',
  'displayName',
  'parentPoolName',
  'addressPrefixes',
  'ipAddressType',
  'provisioningState',
];

/** What a pool PUT wants. */
export interface WantedPool {
  readonly tags: JsonObject | null;
  readonly description: string | null;
  readonly displayName: string;
  readonly parentPoolName: string | null;
  readonly addressPrefixes: readonly string[];
  readonly family: AddressFamily;
  readonly otherProperties: JsonObject;
}

export const tagsOf = (body: JsonObject): JsonObject | null => {
  const tags = body['tags'];
  return isObject(tags) && Object.keys(tags).length > 0 ? tags : null;
};

export function readPoolBody(body: JsonObject, poolId: string): WantedPool {
  const properties = objectAt(body, 'properties');
  const addressPrefixes = stringsAt(properties, 'addressPrefixes');
  const [first] = addressPrefixes;
  if (first === undefined) {
    throw ipamRefused(`Ipam pool '${poolId}' needs at least one address prefix.`);
  }
  for (const prefix of addressPrefixes) {
    const error = prefixError(prefix, poolId);
    if (error !== undefined) throw ipamRefused(error.message);
  }
  if (new Set(addressPrefixes.map(familyOf)).size > 1) {
    throw ipamRefused(`Ipam pool '${poolId}' cannot hold both IPv4 and IPv6 prefixes.`);
  }
  const parent = stringAt(properties, 'parentPoolName') ?? '';
  return {
    tags: tagsOf(body),
    description: stringAt(properties, 'description') ?? null,
    displayName: stringAt(properties, 'displayName') ?? '',
    // The specification's examples call the top "Root"; the service answers null.
    parentPoolName: parent === '' || parent.toLowerCase() === 'root' ? null : parent,
    addressPrefixes,
    family: familyOf(first),
    otherProperties: without(properties, readOnlyOrKnown),
  };
}

/** Parent, siblings and depth. */
export function requirePlaceInTree(
  services: AzureServices,
  poolId: string,
  wanted: Pick<WantedPool, 'parentPoolName' | 'addressPrefixes' | 'family'>,
): void {
  const managerId = parentIdOf(poolId);
  requirePrefixesDoNotRepeat(poolId, wanted.addressPrefixes);
  if (wanted.parentPoolName !== null) {
    const parentId = `${managerId}/ipamPools/${wanted.parentPoolName}`;
    const parent = poolOf(services, parentId);
    if (parent === undefined) throw ipamRefused(`Parent pool '${parentId}' not found.`);
    const fits =
      parent.family === wanted.family &&
      containsAll(parent.addressPrefixes, wanted.addressPrefixes);
    if (!fits) {
      throw ipamRefused(
        `The address prefixes of pool '${poolId}' are not in the scope of parent pool '${parentId}'.`,
      );
    }
    if (layersAbove(services, parent) + 1 >= mostLayers) {
      throw ipamRefused(`Ipam pools cannot be nested deeper than ${mostLayers} layers.`);
    }
  }
  const sibling = poolsOf(services, managerId).find(
    (pool) =>
      !sameId(pool.id, poolId) &&
      sameId(pool.parentPoolName ?? '', wanted.parentPoolName ?? '') &&
      overlaps(pool.addressPrefixes, wanted.addressPrefixes),
  );
  if (sibling !== undefined) {
    throw ipamRefused(
      `The address prefixes of pool '${poolId}' overlap with those of pool '${sibling.id}'.`,
    );
  }
}

function requirePrefixesDoNotRepeat(poolId: string, prefixes: readonly string[]): void {
  for (const [index, prefix] of prefixes.entries()) {
    if (overlaps([prefix], prefixes.slice(index + 1))) {
      throw ipamRefused(`The address prefixes of pool '${poolId}' overlap with each other.`);
    }
  }
}

function layersAbove(services: AzureServices, pool: PoolRecord): number {
  let layers = 0;
  for (let current: PoolRecord | undefined = pool; current?.parentPoolName != null; ) {
    current = poolOf(services, `${parentIdOf(current.id)}/ipamPools/${current.parentPoolName}`);
    layers += 1;
  }
  return layers;
}

export const newSystemData = (context: ArmContext): SystemData => {
  const now = context.azure.clock.now();
  const by = context.principal.appId;
  return { createdBy: by, createdAt: now, lastModifiedBy: by, lastModifiedAt: now };
};

/** The recorded form of IPAM's times: local offset, and as many decimals as it takes. */
function ipamTime(time: number): string {
  const local = new Date(time - 4 * 3_600_000).toISOString();
  return `${local.replace('Z', '').replace(/\.?0+$/, '')}-04:00`;
}

/** A pool as the IPAM service answers it, members in the recorded order (azure-ipam 6.2). */
export const poolView = (pool: PoolRecord): JsonObject => ({
  name: nameOf(pool.id),
  type: 'Microsoft.Network/networkManagers/ipamPools',
  properties: {
    description: pool.description,
    displayName: pool.displayName,
    ipAddressType: [pool.family],
    parentPoolName: pool.parentPoolName,
    addressPrefixes: pool.addressPrefixes,
    provisioningState: pool.provisioningState,
    ...pool.otherProperties,
  },
  id: pool.id,
  tags: pool.tags,
  location: pool.location,
  systemData: {
    createdBy: pool.systemData.createdBy,
    createdByType: 'Application',
    createdAt: ipamTime(pool.systemData.createdAt),
    lastModifiedBy: pool.systemData.lastModifiedBy,
    lastModifiedByType: 'Application',
    lastModifiedAt: ipamTime(pool.systemData.lastModifiedAt),
  },
});
