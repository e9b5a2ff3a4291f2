import { isIPv4 } from 'node:net';
import { containsAll, summarize } from '../../../model/prefixes.ts';
import type { ArmAnswer, ArmContext, ArmOperation } from '../contracts.ts';
import { mayRelease } from './address-space-plan.ts';
import { canonicalLocation } from './arm-ids.ts';
import { locationRequired, refused } from './errors.ts';
import { linkedResources } from './linked-resources.ts';
import {
  deleteHeaders,
  newEtag,
  type OperationRecord,
  operationOf,
  writeHeaders,
} from './long-running-operations.ts';
import { requireNrpName } from './names.ts';
import { durations } from './operation-timing.ts';
import { requireNoPeerings } from './peering-state.ts';
import { allocationsOfResource } from './pool-space.ts';
import { collections, type VirtualNetworkRecord } from './records.ts';
import { bodyOf, parameter, stringAt } from './request-values.ts';
import { requireSubnetUnused } from './subnet-users.ts';
import { readTags, readVirtualNetworkBody } from './virtual-network-body.ts';
import {
  answerOf,
  requireNotBusy,
  requirePreconditions,
  requireVirtualNetwork,
  virtualNetworkIdIn,
  virtualNetworkOf,
} from './virtual-networks.ts';
import { startDeletion, writeVirtualNetwork } from './write-virtual-network.ts';

const collectionPath =
  '/subscriptions/{subscriptionId}/resourceGroups/{resourceGroup}/providers/Microsoft.Network/virtualNetworks';
export const virtualNetworkPath = `${collectionPath}/{virtualNetwork}`;

function put(context: ArmContext): ArmAnswer {
  const body = bodyOf(context);
  const location = stringAt(body, 'location');
  if (location === undefined || location === '') throw locationRequired();
  requireNrpName(parameter(context, 'virtualNetwork'));
  const wanted = readVirtualNetworkBody(body, canonicalLocation(location), context);
  const id = virtualNetworkIdIn(context);
  const current = virtualNetworkOf(context.azure, id);
  requirePreconditions(context, id, current);
  if (current !== undefined) requireNotBusy(context, current);
  const { network, operation } = writeVirtualNetwork(context, {
    id: current?.id ?? id,
    wanted,
    current,
    operationName: 'PutVirtualNetworkOperation',
  });
  return {
    status: current === undefined ? 201 : 200,
    body: answerOf(context.azure, network),
    headers: writeHeaders(context, operation, current === undefined),
    ...(current === undefined && { latencyMs: durations.virtualNetworkCreateAnswer }),
  };
}

function get(context: ArmContext): ArmAnswer {
  const network = requireVirtualNetwork(context);
  return {
    status: 200,
    body: answerOf(context.azure, network),
    headers: { ETag: network.etag },
  };
}

function list(context: ArmContext, keyPrefix: string): ArmAnswer {
  const networks = context.azure.store.list<VirtualNetworkRecord>(
    collections.virtualNetworks,
    keyPrefix,
  );
  return {
    status: 200,
    body: { value: networks.map((network) => answerOf(context.azure, network)) },
  };
}

function updateTags(context: ArmContext): ArmAnswer {
  const tags = readTags(bodyOf(context));
  const current = requireVirtualNetwork(context);
  requirePreconditions(context, current.id, current);
  requireNotBusy(context, current);
  const network = { ...current, tags, etag: newEtag() };
  context.azure.store.put(collections.virtualNetworks, current.id, network);
  return { status: 200, body: answerOf(context.azure, network) };
}

const isRunningDelete = ({ status, effect }: OperationRecord): boolean =>
  status === 'InProgress' && effect.kind === 'virtualNetworkDeleted';

function remove(context: ArmContext): ArmAnswer {
  const { azure, fault } = context;
  const { delayAssociationMs } = fault;
  const current = virtualNetworkOf(azure, virtualNetworkIdIn(context));
  if (current === undefined) return { status: 204 };
  const running = operationOf(azure, current.operationId);
  if (running && isRunningDelete(running) && azure.clock.now() < running.busyUntil) {
    return { status: 202, headers: deleteHeaders(context, running) };
  }
  requirePreconditions(context, current.id, current);
  requireNotBusy(context, current);
  for (const subnet of current.subnets) requireSubnetUnused(current.id, subnet);
  requireNoPeerings(azure, current);
  const freesAllocations = allocationsOfResource(azure, current.id)
    .map(({ poolId }) => poolId)
    .filter((poolId) => mayRelease(context, poolId));
  return startDeletion(
    context,
    current,
    {
      name: 'DeleteVirtualNetworkOperation',
      effect: {
        kind: 'virtualNetworkDeleted',
        freesAllocations,
        ...(delayAssociationMs !== undefined && { releaseDelayMs: delayAssociationMs }),
      },
      durationMs: durations.virtualNetworkDelete,
    },
    'Deleting',
  );
}

/** Azure keeps the first four addresses and the last one of every subnet. */
function checkIpAddress(context: ArmContext): ArmAnswer {
  const network = requireVirtualNetwork(context);
  const address = context.query.get('ipAddress') ?? '';
  if (!isIPv4(address)) {
    throw refused('InvalidIPAddressFormat', `IP address ${address} is not formatted correctly.`);
  }
  const subnets = network.subnets.flatMap((subnet) => subnet.addressPrefixes);
  const subnet = subnets.find((prefix) => containsAll([prefix], summarize([`${address}/32`])));
  const available = subnet !== undefined && !isReserved(subnet, address);
  return { status: 200, body: { available } };
}

function isReserved(subnet: string, address: string): boolean {
  const [network = '', length = '32'] = subnet.split('/');
  const numberOf = (text: string): number =>
    text.split('.').reduce((total, octet) => total * 256 + Number(octet), 0);
  const offset = numberOf(address) - numberOf(network);
  return offset < 4 || offset === 2 ** (32 - Number(length)) - 1;
}

const common = { service: 'nrp' } as const;

export const virtualNetworkOperations: readonly ArmOperation[] = [
  {
    ...common,
    name: 'VirtualNetworks_CreateOrUpdate',
    method: 'PUT',
    path: virtualNetworkPath,
    action: 'Microsoft.Network/virtualNetworks/write',
    linkedScopes: linkedResources,
    handle: put,
  },
  {
    ...common,
    name: 'VirtualNetworks_Get',
    method: 'GET',
    path: virtualNetworkPath,
    action: 'Microsoft.Network/virtualNetworks/read',
    handle: get,
  },
  {
    ...common,
    name: 'VirtualNetworks_Delete',
    method: 'DELETE',
    path: virtualNetworkPath,
    action: 'Microsoft.Network/virtualNetworks/delete',
    handle: remove,
  },
  {
    ...common,
    name: 'VirtualNetworks_UpdateTags',
    method: 'PATCH',
    path: virtualNetworkPath,
    action: 'Microsoft.Network/virtualNetworks/write',
    handle: updateTags,
  },
  {
    ...common,
    name: 'VirtualNetworks_List',
    method: 'GET',
    path: collectionPath,
    action: 'Microsoft.Network/virtualNetworks/read',
    handle: (context) =>
      list(
        context,
        `/subscriptions/${parameter(context, 'subscriptionId')}/resourceGroups/${parameter(context, 'resourceGroup')}/`,
      ),
  },
  {
    ...common,
    name: 'VirtualNetworks_ListAll',
    method: 'GET',
    path: '/subscriptions/{subscriptionId}/providers/Microsoft.Network/virtualNetworks',
    action: 'Microsoft.Network/virtualNetworks/read',
    handle: (context) => list(context, `/subscriptions/${parameter(context, 'subscriptionId')}/`),
  },
  {
    ...common,
    name: 'VirtualNetworks_CheckIPAddressAvailability',
    method: 'GET',
    path: `${virtualNetworkPath}/CheckIPAddressAvailability`,
    action: 'Microsoft.Network/virtualNetworks/checkIpAddressAvailability/read',
    handle: checkIpAddress,
  },
];
