import type { AzureServices } from '../contracts.ts';
import { nameOf, sameId } from './arm-ids.ts';
import { refused } from './errors.ts';
import { newEtag } from './long-running-operations.ts';
import { collections, type PeeringRecord, type VirtualNetworkRecord } from './records.ts';

export const peeringIdOf = (virtualNetworkId: string, name: string): string =>
  `${virtualNetworkId}/virtualNetworkPeerings/${name}`;

const pointsTo =
  (virtualNetworkId: string) =>
  ({ remoteVirtualNetworkId }: PeeringRecord): boolean =>
    sameId(remoteVirtualNetworkId, virtualNetworkId);

/**
 * A VNet or its peering is gone: the peerings that point back become Disconnected, and stay so when
 * the VNet or the peering is made again, until they are written themselves.
 *
 * @param remoteId Only that VNet's peerings; of all VNets when it is not given.
 */
export function disconnectPeeringsTo(
  services: AzureServices,
  virtualNetworkId: string,
  remoteId?: string,
): void {
  for (const remote of services.store.list<VirtualNetworkRecord>(collections.virtualNetworks)) {
    if (remoteId !== undefined && !sameId(remote.id, remoteId)) continue;
    const isBack = pointsTo(virtualNetworkId);
    if (!remote.peerings.some((back) => isBack(back) && !back.disconnected)) continue;
    services.store.put(collections.virtualNetworks, remote.id, {
      ...remote,
      etag: newEtag(),
      peerings: remote.peerings.map((back) =>
        isBack(back) ? { ...back, disconnected: true } : back,
      ),
    } satisfies VirtualNetworkRecord);
  }
}

/** Refuses to write a peering whose other side is Disconnected: that one has to be written first. */
export function requireRemoteNotDisconnected(
  services: AzureServices,
  virtualNetworkId: string,
  peeringName: string,
  remote: VirtualNetworkRecord | undefined,
): void {
  if (!services.switches.refusePeeringWithDisconnectedRemote) return;
  const back = remote?.peerings.find(pointsTo(virtualNetworkId));
  if (remote === undefined || !back?.disconnected) return;
  throw refused(
    'RemotePeeringIsDisconnected',
    `Cannot create or update peering ${peeringIdOf(virtualNetworkId, peeringName)} because remote peering ${peeringIdOf(remote.id, back.name)} referencing parent virtual network ${virtualNetworkId} is in Disconnected state. Update or re-create the remote peering to get it back to Initiated state. Peering gets Disconnected when remote vnet or remote peering is deleted and re-created.`,
  );
}

/** Refuses to delete a VNet that has peerings, where the switch says so. */
export function requireNoPeerings(services: AzureServices, network: VirtualNetworkRecord): void {
  const [peering] = network.peerings;
  if (peering === undefined || !services.switches.peeringsBlockDeletion) return;
  const { status, code } = services.switches.virtualNetworkPeered;
  throw refused(
    code,
    `Virtual network ${nameOf(network.id)} is in use by ${peeringIdOf(network.id, peering.name)} and cannot be deleted. Delete its peerings first.`,
    status,
  );
}
