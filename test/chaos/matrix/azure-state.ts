import type { Control } from '../../support/control.ts';

/** A VNet as the emulated Azure shows it, whole. */
export interface NetworkDocument {
  readonly id: string;
  readonly tags?: Readonly<Record<string, string>>;
  readonly properties: {
    readonly provisioningState: string;
    readonly addressSpace: { readonly addressPrefixes: readonly string[] };
  };
}

/** Both sides as Azure shows them; neither the workflow nor its record is asked. Ids are in lower case. */
export interface AzureState {
  readonly networks: ReadonlyMap<string, NetworkDocument>;
  readonly pools: ReadonlyMap<string, PoolState>;
}

interface PoolState {
  /** Who holds what: id of the VNet -> sorted prefixes. */
  readonly held: ReadonlyMap<string, readonly string[]>;
  readonly allocated: bigint;
  readonly reserved: bigint;
}

interface StateAnswer {
  readonly virtualNetworks: readonly NetworkDocument[];
  readonly pools: readonly {
    readonly id: string;
    readonly allocations: readonly {
      readonly resourceId: string;
      readonly addressPrefixes: readonly string[];
    }[];
    readonly usage: {
      readonly numberOfAllocatedIPAddresses: string;
      readonly numberOfReservedIPAddresses: string;
    };
  }[];
}

export async function readAzure({ control }: { readonly control: Control }): Promise<AzureState> {
  const { virtualNetworks, pools } = (await control.state()) as StateAnswer;
  return {
    networks: new Map(virtualNetworks.map((network) => [network.id.toLowerCase(), network])),
    pools: new Map(
      pools.map(({ id, allocations, usage }) => [
        id.toLowerCase(),
        {
          held: new Map(
            allocations
              .filter(({ addressPrefixes }) => addressPrefixes.length > 0)
              .map(({ resourceId, addressPrefixes }) => [
                resourceId.toLowerCase(),
                addressPrefixes.toSorted(),
              ]),
          ),
          allocated: BigInt(usage.numberOfAllocatedIPAddresses),
          reserved: BigInt(usage.numberOfReservedIPAddresses),
        },
      ]),
    ),
  };
}

/** What the pools hold for a VNet: id of the pool -> prefixes. */
export function holdingsOf({ pools }: AzureState, networkId: string) {
  const found = new Map<string, readonly string[]>();
  for (const [poolId, { held }] of pools) {
    const prefixes = held.get(networkId.toLowerCase());
    if (prefixes) found.set(poolId, prefixes);
  }
  return found;
}

/** A VNet as text, without what every write changes. */
export const exactly = (network: NetworkDocument | undefined): string =>
  network ? JSON.stringify(without(network, movesAlways)) : 'no VNet';

/** The same without associations, and with every subnet in the plural form. */
export const apartFromAssociation = (network: NetworkDocument | undefined): string =>
  network ? JSON.stringify(pluralOf(without(network, associated))) : 'no VNet';

const movesAlways: ReadonlySet<string> = new Set(['etag', 'provisioningState']);
const associated: ReadonlySet<string> = new Set([...movesAlways, 'ipamPoolPrefixAllocations']);

/** A document with its members in order, without some of them. */
function without(value: unknown, members: ReadonlySet<string>): unknown {
  if (Array.isArray(value)) return value.map((item) => without(item, members));
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value)
      .filter(([name]) => !members.has(name))
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([name, member]) => [name, without(member, members)]),
  );
}

function pluralOf(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(pluralOf);
  if (value === null || typeof value !== 'object') return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) =>
      name === 'addressPrefix' ? ['addressPrefixes', [member]] : [name, pluralOf(member)],
    ),
  );
}

/** All prefixes that a VNet shows as associated with a pool, without those of its subnets. */
export function associatedPrefixes(network: NetworkDocument | undefined): readonly string[] {
  const space = network?.properties.addressSpace as
    | { ipamPoolPrefixAllocations?: readonly { allocatedAddressPrefixes: readonly string[] }[] }
    | undefined;
  return (space?.ipamPoolPrefixAllocations ?? [])
    .flatMap(({ allocatedAddressPrefixes }) => allocatedAddressPrefixes)
    .toSorted();
}
