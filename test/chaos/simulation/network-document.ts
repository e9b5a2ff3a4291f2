import type { VirtualNetworkView } from '../../../src/azure/azure.ts';
import type { VirtualNetworkDocument } from '../../../src/model/virtual-network-document.ts';
import type { Allocation, Network, Peering, Subnet } from './world.ts';

type Json = Record<string, unknown>;

const isShown = (network: Network): boolean => network.state !== 'Updating';

/** Another one for each version of each VNet. */
const etagOf = ({ guid, version }: Network): string => `W/"${guid}-${version}"`;

/** A VNet in the form that the workflow reads. */
export const viewOf = (network: Network): VirtualNetworkView => ({
  id: network.id,
  resourceGuid: network.guid,
  location: network.location,
  etag: etagOf(network),
  provisioningState: network.state,
  tags: { ...network.tags },
  addressPrefixes: [...network.prefixes],
  allocations: network.allocations.map(shownAllocation),
  subnets: network.subnets.map((subnet) => ({
    name: subnet.name,
    addressPrefixes: [...subnet.prefixes],
    allocations: subnet.allocations.map(shownAllocation),
    users: [...subnet.users],
  })),
  peerings: network.peerings.map(({ name, properties }) => ({
    name,
    remoteId: remoteOf(properties),
  })),
});

const shownAllocation = ({ poolId, count, prefixes }: Allocation) => ({
  poolId,
  numberOfIpAddresses: count,
  prefixes: [...prefixes],
});

const remoteOf = (properties: Json): string =>
  (properties['remoteVirtualNetwork'] as { id?: string } | undefined)?.id ?? '';

/** A VNet as Azure would write it. */
export const documentOf = (network: Network): VirtualNetworkDocument => ({
  name: network.id.split('/').at(-1),
  id: network.id,
  etag: etagOf(network),
  type: 'Microsoft.Network/virtualNetworks',
  location: network.location,
  tags: { ...network.tags },
  properties: {
    ...structuredClone(network.foreign),
    provisioningState: network.state,
    resourceGuid: network.guid,
    addressSpace: spaceOf(network.prefixes, network.allocations),
    subnets: network.subnets.map((subnet) => ({
      name: subnet.name,
      id: `${network.id}/subnets/${subnet.name}`,
      properties: subnetProperties(subnet, isShown(network)),
    })),
    virtualNetworkPeerings: network.peerings.map(({ name, properties }) => ({
      name,
      id: `${network.id}/virtualNetworkPeerings/${name}`,
      properties: structuredClone(properties),
    })),
  },
});

function subnetProperties(subnet: Subnet, isSettled: boolean): Json {
  const { isSingular, prefixes, allocations, users, foreign } = subnet;
  const space = spaceOf(prefixes, allocations);
  const [only] = prefixes;
  return {
    ...structuredClone(foreign),
    provisioningState: isSettled ? 'Succeeded' : 'Updating',
    ...(isSingular && allocations.length === 0 ? { addressPrefix: only } : space),
    ...(users.length === 0 ? {} : { ipConfigurations: users.map(({ id }) => ({ id })) }),
  };
}

const spaceOf = (prefixes: readonly string[], allocations: readonly Allocation[]): Json => ({
  addressPrefixes: [...prefixes],
  ...(allocations.length === 0
    ? {}
    : {
        ipamPoolPrefixAllocations: allocations.map(({ poolId, count, prefixes: given }) => ({
          pool: { id: poolId },
          numberOfIpAddresses: count,
          allocatedAddressPrefixes: [...given],
        })),
      }),
});

/** What a PUT of a whole VNet asks for. */
export interface NetworkBody {
  readonly tags: Record<string, string>;
  readonly prefixes: readonly string[];
  readonly allocations: readonly { readonly poolId: string; readonly count: string }[];
  readonly subnets: readonly Subnet[];
  readonly peerings: readonly Peering[];
  readonly foreign: Json;
}

export function bodyOf(document: VirtualNetworkDocument): NetworkBody {
  const properties = (document['properties'] ?? {}) as Json;
  const {
    provisioningState: _state,
    resourceGuid: _guid,
    addressSpace,
    subnets,
    virtualNetworkPeerings,
    ...foreign
  } = properties;
  const space = (addressSpace ?? {}) as Json;
  return {
    tags: { ...((document['tags'] ?? {}) as Record<string, string>) },
    prefixes: (space['addressPrefixes'] ?? []) as string[],
    allocations: allocationsIn(space),
    subnets: ((subnets ?? []) as Json[]).map(subnetIn),
    peerings: ((virtualNetworkPeerings ?? []) as Json[]).map((peering) => ({
      name: String(peering['name']),
      properties: (peering['properties'] ?? {}) as Json,
    })),
    foreign,
  };
}

const allocationsIn = (space: Json): Allocation[] =>
  ((space['ipamPoolPrefixAllocations'] ?? []) as Json[]).map((entry) => ({
    poolId: String((entry['pool'] as Json | undefined)?.['id'] ?? entry['id'] ?? ''),
    count: String(entry['numberOfIpAddresses'] ?? ''),
    prefixes: [],
  }));

function subnetIn(subnet: Json): Subnet {
  const {
    addressPrefix,
    addressPrefixes,
    ipamPoolPrefixAllocations: _allocations,
    ipConfigurations,
    provisioningState: _state,
    ...foreign
  } = (subnet['properties'] ?? {}) as Json;
  const isSingular = typeof addressPrefix === 'string';
  return {
    name: String(subnet['name']),
    isSingular,
    prefixes: isSingular ? [addressPrefix] : ((addressPrefixes ?? []) as string[]),
    allocations: allocationsIn((subnet['properties'] ?? {}) as Json),
    users: ((ipConfigurations ?? []) as { id: string }[]).map(({ id }) => ({
      kind: 'ipConfiguration',
      id,
    })),
    foreign,
  };
}
