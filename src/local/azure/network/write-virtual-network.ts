import { randomUUID } from 'node:crypto';
import type { ArmAnswer, ArmContext } from '../contracts.ts';
import { type AddressSpace, planAddressSpace } from './address-space-plan.ts';
import { sameId } from './arm-ids.ts';
import { requireAssociationRules } from './association-rules.ts';
import { locationChanged, refused } from './errors.ts';
import {
  deleteHeaders,
  newEtag,
  type OperationEffect,
  type OperationRecord,
  operationOf,
  startOperation,
  supersede,
} from './long-running-operations.ts';
import { requireNrpName } from './names.ts';
import { durations } from './operation-timing.ts';
import { disconnectPeeringsTo, requireRemoteNotDisconnected } from './peering-state.ts';
import { requirePrefixes } from './prefix-checks.ts';
import {
  collections,
  type JsonObject,
  type PeeringRecord,
  type VirtualNetworkRecord,
} from './records.ts';
import { planSubnets } from './subnet-plan.ts';
import type { WantedPeering, WantedVirtualNetwork } from './virtual-network-body.ts';
import { requireNoPeeredOverlap, virtualNetworkOf } from './virtual-networks.ts';

/** Starts an operation on a VNet; one that hangs is superseded. */
export function startOnVirtualNetwork(
  context: ArmContext,
  network: {
    readonly id: string;
    readonly location: string;
    readonly operationId: string | undefined;
  },
  operation: {
    readonly name: string;
    readonly effect: OperationEffect;
    readonly durationMs: number;
  },
): OperationRecord {
  const id = randomUUID();
  const running = operationOf(context.azure, network.operationId);
  if (running?.status === 'InProgress') {
    supersede(context.azure, running, { id, name: operation.name });
  }
  return startOperation(context, {
    id,
    resourceId: network.id,
    location: network.location,
    ...operation,
  });
}

/** Starts the deletion of a VNet or of a part of it; answers as every deletion does. */
export function startDeletion(
  context: ArmContext,
  network: VirtualNetworkRecord,
  deletion: Parameters<typeof startOnVirtualNetwork>[2],
  provisioningState: 'Updating' | 'Deleting' = 'Updating',
): ArmAnswer {
  const operation = startOnVirtualNetwork(context, network, deletion);
  context.azure.store.put(collections.virtualNetworks, network.id, {
    ...network,
    provisioningState,
    etag: newEtag(),
    operationId: operation.id,
  });
  return { status: 202, headers: deleteHeaders(context, operation) };
}

/** The VNet as it stands, as a PUT would want it: what writes of subnets and peerings start from. */
export function wantedAsIs(network: VirtualNetworkRecord): WantedVirtualNetwork {
  return {
    location: network.location,
    tags: network.tags,
    addressPrefixes: network.addressPrefixes,
    allocations: network.allocations,
    subnets: network.subnets.map((subnet) => ({ ...subnet, hasBothPrefixMembers: false })),
    peerings: network.peerings,
    otherProperties: network.otherProperties,
    otherMembers: network.otherMembers,
  };
}

interface Write {
  readonly id: string;
  readonly wanted: WantedVirtualNetwork;
  readonly current: VirtualNetworkRecord | undefined;
  readonly operationName: string;
  readonly effect?: OperationEffect;
}

/** Writes a VNet with full replacement, and starts the operation that ends its `Updating`. */
export function writeVirtualNetwork(
  context: ArmContext,
  { id, wanted, current, operationName, effect }: Write,
): { network: VirtualNetworkRecord; operation: OperationRecord } {
  if (current !== undefined && current.location !== wanted.location) {
    throw locationChanged(id, current.location, wanted.location);
  }
  for (const { name } of [...wanted.subnets, ...(wanted.peerings ?? [])]) requireNrpName(name);
  requirePrefixes(wanted.addressPrefixes, id);
  for (const subnet of wanted.subnets) {
    requirePrefixes(subnet.addressPrefixes, `${id}/subnets/${subnet.name}`);
  }
  requireAssociationRules(id, wanted, current);
  const space = planAddressSpace(context, id, wanted, current);
  if (space.addressPrefixes.length === 0) {
    throw refused(
      'NetcfgInvalidVirtualNetwork',
      `Virtual network ${id} has no address space: give address prefixes or IPAM pools.`,
    );
  }
  const subnets = planSubnets(context.azure, id, wanted.subnets, space, current);
  const peerings = (wanted.peerings ?? current?.peerings ?? []).map((peering) =>
    peeringRecord(context, id, peering, current),
  );
  requireNoPeeredOverlap(context.azure, { id, addressPrefixes: space.addressPrefixes, peerings });

  const operation = startOnVirtualNetwork(
    context,
    { id, location: wanted.location, operationId: current?.operationId },
    {
      name: operationName,
      effect: effect ?? { kind: 'virtualNetworkWritten' },
      durationMs: durationOf(space, current),
    },
  );
  const hidden = hiddenPrefixes(context, space, operation) ?? current?.hidden;
  const network: VirtualNetworkRecord = {
    id: current?.id ?? id,
    tenantId: context.principal.tenantId,
    location: wanted.location,
    tags: wanted.tags,
    etag: newEtag(),
    resourceGuid: current?.resourceGuid ?? randomUUID(),
    provisioningState: 'Updating',
    operationId: operation.id,
    addressPrefixes: space.addressPrefixes,
    allocations: space.allocations,
    subnets,
    peerings,
    ...(hidden && { hidden }),
    otherProperties: { ...setByAzure(current), ...wanted.otherProperties },
    otherMembers: wanted.otherMembers,
  };
  context.azure.store.put(collections.virtualNetworks, network.id, network);
  for (const { remoteVirtualNetworkId: remoteId } of current?.peerings ?? []) {
    const stays = peerings.some((peering) => sameId(peering.remoteVirtualNetworkId, remoteId));
    if (!stays) disconnectPeeringsTo(context.azure, id, remoteId);
  }
  return { network, operation };
}

function durationOf(space: AddressSpace, current: VirtualNetworkRecord | undefined): number {
  if (current === undefined) return durations.virtualNetworkCreate;
  return space.newPrefixes.length > 0 || space.allocations.length > current.allocations.length
    ? durations.virtualNetworkAssociate
    : durations.virtualNetworkUpdate;
}

/** Whether the new prefixes show later: by a fault, or because a cross-tenant pool answers late (azure-ipam 17.3). */
function hiddenPrefixes(
  context: ArmContext,
  space: AddressSpace,
  operation: OperationRecord,
): VirtualNetworkRecord['hidden'] | undefined {
  if (space.newPrefixes.length === 0) return undefined;
  const { delayAllocationMs } = context.fault;
  if (delayAllocationMs !== undefined) {
    return { prefixes: space.newPrefixes, until: context.azure.clock.now() + delayAllocationMs };
  }
  const late = space.crossTenant && !context.azure.switches.synchronousCrossTenantAllocation;
  return late ? { prefixes: space.newPrefixes, until: operation.endsAt } : undefined;
}

/** Properties of a VNet that only Azure sets stay what they are. */
function setByAzure(current: VirtualNetworkRecord | undefined): JsonObject {
  const { flowLogs, defaultPublicNatGateway } = current?.otherProperties ?? {};
  return {
    ...(flowLogs !== undefined && { flowLogs }),
    ...(defaultPublicNatGateway !== undefined && { defaultPublicNatGateway }),
  };
}

/** A peering of a VNet's body: one that is there already keeps its state, a new one has its checks. */
function peeringRecord(
  context: ArmContext,
  virtualNetworkId: string,
  peering: WantedPeering | PeeringRecord,
  current: VirtualNetworkRecord | undefined,
): PeeringRecord {
  const { name, remoteVirtualNetworkId, otherProperties } = peering;
  const before = current?.peerings.find(
    (known) =>
      sameId(known.name, name) && sameId(known.remoteVirtualNetworkId, remoteVirtualNetworkId),
  );
  if (before !== undefined) return { ...before, otherProperties };
  const remote = virtualNetworkOf(context.azure, remoteVirtualNetworkId);
  requireRemoteNotDisconnected(context.azure, virtualNetworkId, name, remote);
  return {
    name,
    remoteVirtualNetworkId,
    remoteAddressPrefixes: remote?.addressPrefixes ?? [],
    otherProperties,
  };
}
