import { type MapEntry, mapPool } from './pool-map.ts';
import { isWithin } from './resource-ids.ts';

interface PrefixesOfResource {
  /** ARM id. */
  readonly resourceId: string;
  readonly prefixes: readonly string[];
  readonly reservedPrefixes?: readonly string[];
}

/** What a pool tells of itself. */
export interface PoolFacts {
  readonly usage: {
    readonly addressPrefixes: readonly string[];
    readonly availableAddressPrefixes: readonly string[];
    readonly reservedAddressPrefixes?: readonly string[];
    readonly childPools?: readonly PrefixesOfResource[];
  };
  readonly associations: readonly PrefixesOfResource[];
  /** Absent where Azure does not let us look: then nobody is named for what they hold. */
  readonly staticCidrs?: readonly { readonly id: string; readonly prefixes: readonly string[] }[];
}

/**
 * Who has which space of a pool, the surest word first. A subnet that a pool lists beside its VNet has
 * its space from the VNet. What is neither listed nor available is allocated to somebody unnamed, such as
 * what was given a moment ago.
 */
export function entriesOf({
  usage,
  associations,
  staticCidrs = [],
}: PoolFacts): readonly MapEntry<string>[] {
  const entries: MapEntry<string>[] = [];
  const add = (kind: 'allocated' | 'reserved', prefixes: readonly string[], holder?: string) =>
    void entries.push({ kind, prefixes, ...(holder === undefined ? {} : { holder }) });
  for (const { resourceId, prefixes } of partsLast(associations)) {
    add('allocated', prefixes, resourceId);
  }
  for (const { resourceId, prefixes } of usage.childPools ?? []) {
    add('allocated', prefixes, resourceId);
  }
  for (const { id, prefixes } of staticCidrs) add('reserved', prefixes, id);
  for (const { resourceId, reservedPrefixes = [] } of associations) {
    add('reserved', reservedPrefixes, resourceId);
  }
  add('reserved', usage.reservedAddressPrefixes ?? []);
  add('allocated', notAvailable(usage));
  return entries;
}

/** Parts of a resource that is listed as well come after all others. */
function partsLast(associations: readonly PrefixesOfResource[]): readonly PrefixesOfResource[] {
  const isPart = ({ resourceId }: PrefixesOfResource) =>
    associations.some(
      (other) =>
        other.resourceId.toLowerCase() !== resourceId.toLowerCase() &&
        isWithin(resourceId, other.resourceId),
    );
  return associations.toSorted((a, b) => Number(isPart(a)) - Number(isPart(b)));
}

function notAvailable({
  addressPrefixes,
  availableAddressPrefixes,
}: PoolFacts['usage']): readonly string[] {
  return mapPool(addressPrefixes, [{ kind: 'reserved', prefixes: availableAddressPrefixes }])
    .filter(({ kind }) => kind === 'free')
    .map(({ prefix }) => prefix);
}
