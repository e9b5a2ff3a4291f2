import { containsAll } from '../../../model/prefixes.ts';
import type { AzureServices } from '../contracts.ts';
import { nameOf } from './arm-ids.ts';
import { peeringIdOf } from './peering-state.ts';
import type {
  AllocationEntry,
  JsonObject,
  PeeringRecord,
  SubnetRecord,
  VirtualNetworkRecord,
} from './records.ts';
import { usersView } from './subnet-users.ts';

/** Leaves out prefixes that the answers must not show yet. */
function visible(
  services: AzureServices,
  { hidden }: VirtualNetworkRecord,
  prefixes: readonly string[],
): readonly string[] {
  if (hidden === undefined) return prefixes;
  if (hidden.until !== null && services.clock.now() >= hidden.until) return prefixes;
  return prefixes.filter((prefix) => !containsAll(hidden.prefixes, [prefix]));
}

function allocationsView(
  services: AzureServices,
  network: VirtualNetworkRecord,
  allocations: readonly AllocationEntry[],
): JsonObject {
  if (allocations.length === 0) return {};
  return {
    ipamPoolPrefixAllocations: allocations.map((entry) => ({
      numberOfIpAddresses: entry.numberOfIpAddresses,
      pool: { id: entry.poolId },
      allocatedAddressPrefixes: visible(services, network, entry.prefixes),
    })),
  };
}

/** A subnet as Azure answers it (azure-ipam 6.6); it shares etag and state with its VNet. */
export function subnetView(
  services: AzureServices,
  network: VirtualNetworkRecord,
  subnet: SubnetRecord,
): JsonObject {
  const id = `${network.id}/subnets/${subnet.name}`;
  const prefixes = visible(services, network, subnet.addressPrefixes);
  const {
    delegations,
    privateEndpointNetworkPolicies,
    privateLinkServiceNetworkPolicies,
    ...rest
  } = subnet.otherProperties;
  return {
    name: subnet.name,
    id,
    etag: network.etag,
    properties: {
      provisioningState: network.provisioningState,
      ...(subnet.prefixMember === 'addressPrefix'
        ? { addressPrefix: prefixes[0] }
        : { addressPrefixes: prefixes }),
      ...allocationsView(services, network, subnet.allocations),
      ...usersView(id, network.etag, subnet),
      delegations: delegations ?? [],
      privateEndpointNetworkPolicies: privateEndpointNetworkPolicies ?? 'Disabled',
      privateLinkServiceNetworkPolicies: privateLinkServiceNetworkPolicies ?? 'Enabled',
      ...rest,
    },
    type: 'Microsoft.Network/virtualNetworks/subnets',
    ...subnet.otherMembers,
  };
}

export interface RemoteNetwork {
  readonly addressPrefixes: readonly string[];
  /** Whether the remote VNet has a peering back that is not Disconnected. */
  readonly peersBack: boolean;
}

export function peeringView(
  network: VirtualNetworkRecord,
  peering: PeeringRecord,
  remote: RemoteNetwork | undefined,
): JsonObject {
  const inSync = remote?.addressPrefixes.join() === peering.remoteAddressPrefixes.join();
  const state =
    remote === undefined || peering.disconnected
      ? 'Disconnected'
      : remote.peersBack
        ? 'Connected'
        : 'Initiated';
  return {
    name: peering.name,
    id: peeringIdOf(network.id, peering.name),
    etag: network.etag,
    properties: {
      provisioningState: network.provisioningState,
      resourceGuid: network.resourceGuid,
      peeringState: state,
      peeringSyncLevel: state === 'Connected' && inSync ? 'FullyInSync' : 'RemoteNotInSync',
      remoteVirtualNetwork: { id: peering.remoteVirtualNetworkId },
      allowVirtualNetworkAccess: true,
      allowForwardedTraffic: false,
      allowGatewayTransit: false,
      useRemoteGateways: false,
      ...peering.otherProperties,
      remoteAddressSpace: { addressPrefixes: peering.remoteAddressPrefixes },
      remoteVirtualNetworkAddressSpace: { addressPrefixes: remote?.addressPrefixes ?? [] },
    },
    type: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings',
  };
}

/** A VNet as Azure answers it, members in the recorded order (azure-ipam 6.6). */
export function virtualNetworkView(
  services: AzureServices,
  network: VirtualNetworkRecord,
  remoteOf: (peering: PeeringRecord) => RemoteNetwork | undefined,
): JsonObject {
  const { privateEndpointVNetPolicies, enableDdosProtection, ...rest } = network.otherProperties;
  return {
    name: nameOf(network.id),
    id: network.id,
    etag: network.etag,
    type: 'Microsoft.Network/virtualNetworks',
    location: network.location,
    ...(network.tags && { tags: network.tags }),
    ...network.otherMembers,
    properties: {
      provisioningState: network.provisioningState,
      resourceGuid: network.resourceGuid,
      addressSpace: {
        addressPrefixes: visible(services, network, network.addressPrefixes),
        ...allocationsView(services, network, network.allocations),
      },
      privateEndpointVNetPolicies: privateEndpointVNetPolicies ?? 'Disabled',
      subnets: network.subnets.map((subnet) => subnetView(services, network, subnet)),
      virtualNetworkPeerings: network.peerings.map((peering) =>
        peeringView(network, peering, remoteOf(peering)),
      ),
      enableDdosProtection: enableDdosProtection ?? false,
      ...rest,
    },
  };
}
