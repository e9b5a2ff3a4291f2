import type { ArmAnswer, ArmContext, ArmOperation } from '../contracts.ts';
import { sameId } from './arm-ids.ts';
import { networkResourceNotFound, parentResourceNotFound } from './errors.ts';
import { linkedResources } from './linked-resources.ts';
import { writeHeaders } from './long-running-operations.ts';
import { durations } from './operation-timing.ts';
import type { SubnetRecord, VirtualNetworkRecord } from './records.ts';
import { bodyOf, parameter } from './request-values.ts';
import { requireSubnetUnused } from './subnet-users.ts';
import { readSubnetBody } from './virtual-network-body.ts';
import { virtualNetworkPath } from './virtual-network-operations.ts';
import { subnetView } from './virtual-network-view.ts';
import {
  requireNotBusy,
  requirePreconditions,
  requireVirtualNetwork,
  virtualNetworkIdIn,
  virtualNetworkOf,
} from './virtual-networks.ts';
import { startDeletion, wantedAsIs, writeVirtualNetwork } from './write-virtual-network.ts';

const subnetPath = `${virtualNetworkPath}/subnets/{subnet}`;

const subnetIn = (network: VirtualNetworkRecord, name: string): SubnetRecord | undefined =>
  network.subnets.find((subnet) => sameId(subnet.name, name));

function put(context: ArmContext): ArmAnswer {
  const id = virtualNetworkIdIn(context);
  const network = virtualNetworkOf(context.azure, id);
  if (network === undefined) {
    throw parentResourceNotFound('virtualNetworks/subnets', id);
  }
  const before = subnetIn(network, parameter(context, 'subnet'));
  const name = before?.name ?? parameter(context, 'subnet');
  const wanted = readSubnetBody(bodyOf(context), name, context);
  requirePreconditions(context, `${id}/subnets/${name}`, before && network);
  requireNotBusy(context, network);
  const asIs = wantedAsIs(network);
  const subnets = before
    ? asIs.subnets.map((subnet) => (sameId(subnet.name, name) ? wanted : subnet))
    : [...asIs.subnets, wanted];
  const written = writeVirtualNetwork(context, {
    id: network.id,
    wanted: { ...asIs, subnets },
    current: network,
    operationName: 'PutSubnetOperation',
  });
  const subnet = subnetIn(written.network, name);
  if (subnet === undefined) throw new Error(`subnet ${name} was not written`);
  return {
    status: before ? 200 : 201,
    body: subnetView(context.azure, written.network, subnet),
    headers: writeHeaders(context, written.operation, before === undefined),
  };
}

function get(context: ArmContext): ArmAnswer {
  const network = requireVirtualNetwork(context);
  const name = parameter(context, 'subnet');
  const subnet = subnetIn(network, name);
  if (subnet === undefined) throw networkResourceNotFound(`${network.id}/subnets/${name}`);
  return {
    status: 200,
    body: subnetView(context.azure, network, subnet),
    headers: { ETag: network.etag },
  };
}

function list(context: ArmContext): ArmAnswer {
  const network = requireVirtualNetwork(context);
  return {
    status: 200,
    body: { value: network.subnets.map((subnet) => subnetView(context.azure, network, subnet)) },
  };
}

function remove(context: ArmContext): ArmAnswer {
  const network = virtualNetworkOf(context.azure, virtualNetworkIdIn(context));
  const subnet = network && subnetIn(network, parameter(context, 'subnet'));
  if (network === undefined || subnet === undefined) return { status: 204 };
  requirePreconditions(context, `${network.id}/subnets/${subnet.name}`, network);
  requireNotBusy(context, network);
  requireSubnetUnused(network.id, subnet);
  return startDeletion(context, network, {
    name: 'DeleteSubnetOperation',
    effect: { kind: 'subnetDeleted', name: subnet.name },
    durationMs: durations.virtualNetworkUpdate,
  });
}

const read = 'Microsoft.Network/virtualNetworks/subnets/read';

export const subnetOperations: readonly ArmOperation[] = [
  {
    name: 'Subnets_CreateOrUpdate',
    method: 'PUT',
    path: subnetPath,
    action: 'Microsoft.Network/virtualNetworks/subnets/write',
    service: 'nrp',
    linkedScopes: linkedResources,
    handle: put,
  },
  {
    name: 'Subnets_Get',
    method: 'GET',
    path: subnetPath,
    action: read,
    service: 'nrp',
    handle: get,
  },
  {
    name: 'Subnets_Delete',
    method: 'DELETE',
    path: subnetPath,
    action: 'Microsoft.Network/virtualNetworks/subnets/delete',
    service: 'nrp',
    handle: remove,
  },
  {
    name: 'Subnets_List',
    method: 'GET',
    path: `${virtualNetworkPath}/subnets`,
    action: read,
    service: 'nrp',
    handle: list,
  },
];
