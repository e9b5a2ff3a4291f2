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

/** A VNet as a string: without what every write changes. */
export const exactly = (network: NetworkDocument | undefined): string =>
  JSON.stringify(network, (key, value) => (movesAlways.has(key) ? undefined : value)) ?? 'no VNet';

/** The same without associations, and with every subnet in the plural form. */
export const apartFromAssociation = (network: NetworkDocument | undefined): string =>
  exactly(network)
    .replace(/"ipamPoolPrefixAllocations":\[([^[\]]|\[[^[\]]*\])*\],?/g, '')
    .replace(/,}/g, '}')
    .replace(/"addressPrefix":("[^"]+")/g, '"addressPrefixes":[$1]');

const movesAlways: ReadonlySet<string> = new Set(['etag', 'provisioningState']);

/** All prefixes that a VNet shows as associated with a pool, without those of its subnets. */
export function associatedPrefixes(network: NetworkDocument | undefined): readonly string[] {
  const space = network?.properties.addressSpace as
    | { ipamPoolPrefixAllocations?: readonly { allocatedAddressPrefixes: readonly string[] }[] }
    | undefined;
  return (space?.ipamPoolPrefixAllocations ?? [])
    .flatMap(({ allocatedAddressPrefixes }) => allocatedAddressPrefixes)
    .toSorted();
}
