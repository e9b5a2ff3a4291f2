import { overlaps } from '../../../model/prefixes.ts';
import type { ArmAnswer, ArmContext, ArmOperation } from '../contracts.ts';
import { nameOf, sameId } from './arm-ids.ts';
import { networkResourceNotFound, parentResourceNotFound, refused } from './errors.ts';
import { newEtag, writeHeaders } from './long-running-operations.ts';
import { requireNrpName } from './names.ts';
import { durations } from './operation-timing.ts';
import { peeringIdOf, requireRemoteNotDisconnected } from './peering-state.ts';
import {
  collections,
  type JsonObject,
  type PeeringRecord,
  type VirtualNetworkRecord,
} from './records.ts';
import { bodyOf, parameter } from './request-values.ts';
import { readPeering, type WantedPeering } from './virtual-network-body.ts';
import { virtualNetworkPath } from './virtual-network-operations.ts';
import { peeringView } from './virtual-network-view.ts';
import {
  remoteOf,
  requireNoPeeredOverlap,
  requireNotBusy,
  requireVirtualNetwork,
  virtualNetworkIdIn,
  virtualNetworkOf,
} from './virtual-networks.ts';
import { startDeletion, startOnVirtualNetwork } from './write-virtual-network.ts';

const peeringPath = `${virtualNetworkPath}/virtualNetworkPeerings/{peering}`;

const peeringIn = (network: VirtualNetworkRecord, name: string): PeeringRecord | undefined =>
  network.peerings.find((peering) => sameId(peering.name, name));

const viewOf = (
  context: ArmContext,
  network: VirtualNetworkRecord,
  peering: PeeringRecord,
): JsonObject => peeringView(network, peering, remoteOf(context.azure, network, peering));

function put(context: ArmContext): ArmAnswer {
  const id = virtualNetworkIdIn(context);
  const network = virtualNetworkOf(context.azure, id);
  if (network === undefined) {
    throw parentResourceNotFound('virtualNetworks/virtualNetworkPeerings', id);
  }
  requireNotBusy(context, network);
  const before = peeringIn(network, parameter(context, 'peering'));
  requireNrpName(parameter(context, 'peering'));
  const wanted = readPeering(bodyOf(context), before?.name ?? parameter(context, 'peering'));
  const remote = requireRemote(context, network, wanted);
  const peering = { ...wanted, remoteAddressPrefixes: remote.addressPrefixes };
  const others = network.peerings.filter(({ name }) => !sameId(name, peering.name));
  const operation = startOnVirtualNetwork(context, network, {
    name: 'PutVirtualNetworkPeeringOperation',
    effect: { kind: 'virtualNetworkWritten' },
    durationMs: durations.virtualNetworkUpdate,
  });
  const written: VirtualNetworkRecord = {
    ...network,
    peerings: [...others, peering],
    provisioningState: 'Updating',
    etag: newEtag(),
    operationId: operation.id,
  };
  context.azure.store.put(collections.virtualNetworks, network.id, written);
  return {
    status: before ? 200 : 201,
    body: viewOf(context, written, peering),
    headers: writeHeaders(context, operation, before === undefined),
  };
}

/** The VNet to peer with; it must exist and overlap neither this VNet nor those peered with it. */
function requireRemote(
  context: ArmContext,
  network: VirtualNetworkRecord,
  { name, remoteVirtualNetworkId: remoteId }: WantedPeering,
): VirtualNetworkRecord {
  const { azure } = context;
  const remote = virtualNetworkOf(azure, remoteId);
  if (remote === undefined) {
    throw refused(
      'InvalidResourceReference',
      `Resource ${remoteId} referenced by resource ${network.id} was not found. Please make sure that the referenced resource exists, and that both resources are in the same region.`,
    );
  }
  if (overlaps(remote.addressPrefixes, network.addressPrefixes)) {
    throw refused(
      'VnetAddressSpacesOverlap',
      `Virtual networks ${nameOf(network.id)} and ${nameOf(remote.id)} cannot be peered because their address spaces overlap.`,
    );
  }
  const others = network.peerings.filter(
    (peering) => !sameId(peering.remoteVirtualNetworkId, remoteId),
  );
  requireNoPeeredOverlap(azure, {
    id: network.id,
    addressPrefixes: remote.addressPrefixes,
    peerings: others,
  });
  requireRemoteNotDisconnected(azure, network.id, name, remote);
  return remote;
}

function get(context: ArmContext): ArmAnswer {
  const network = requireVirtualNetwork(context);
  const name = parameter(context, 'peering');
  const peering = peeringIn(network, name);
  if (peering === undefined) {
    throw networkResourceNotFound(peeringIdOf(network.id, name));
  }
  return {
    status: 200,
    body: viewOf(context, network, peering),
    headers: { ETag: network.etag },
  };
}

function list(context: ArmContext): ArmAnswer {
  const network = requireVirtualNetwork(context);
  return {
    status: 200,
    body: { value: network.peerings.map((peering) => viewOf(context, network, peering)) },
  };
}

function remove(context: ArmContext): ArmAnswer {
  const network = virtualNetworkOf(context.azure, virtualNetworkIdIn(context));
  const peering = network && peeringIn(network, parameter(context, 'peering'));
  if (network === undefined || peering === undefined) return { status: 204 };
  requireNotBusy(context, network);
  return startDeletion(context, network, {
    name: 'DeleteVirtualNetworkPeeringOperation',
    effect: { kind: 'peeringDeleted', name: peering.name },
    durationMs: durations.virtualNetworkUpdate,
  });
}

const read = 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/read';

/** Peering needs this action at the other VNet. */
const linkedScopes = (body: unknown): { resourceId: string; action: string }[] => {
  const { remoteVirtualNetworkId } = readPeering(body, '');
  return [
    { resourceId: remoteVirtualNetworkId, action: 'Microsoft.Network/virtualNetworks/peer/action' },
  ];
};

export const peeringOperations: readonly ArmOperation[] = [
  {
    name: 'VirtualNetworkPeerings_CreateOrUpdate',
    method: 'PUT',
    path: peeringPath,
    action: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/write',
    service: 'nrp',
    linkedScopes,
    handle: put,
  },
  {
    name: 'VirtualNetworkPeerings_Get',
    method: 'GET',
    path: peeringPath,
    action: read,
    service: 'nrp',
    handle: get,
  },
  {
    name: 'VirtualNetworkPeerings_Delete',
    method: 'DELETE',
    path: peeringPath,
    action: 'Microsoft.Network/virtualNetworks/virtualNetworkPeerings/delete',
    service: 'nrp',
    handle: remove,
  },
  {
    name: 'VirtualNetworkPeerings_List',
    method: 'GET',
    path: `${virtualNetworkPath}/virtualNetworkPeerings`,
    action: read,
    service: 'nrp',
    handle: list,
  },
];
